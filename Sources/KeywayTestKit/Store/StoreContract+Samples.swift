package import KeywayModel
import KeywayStore
import Testing

// Two tenants, so that every rule is checked with somebody else's rows beside it.

extension StoreContract {
    static let home = Samples.workspace(1)
    static let otherHome = Samples.workspace(2)
    static let frontDoor = Samples.lock(1, in: home, account: Samples.id(1))
    static let backDoor = Samples.lock(2, in: home, account: Samples.id(1))
    static let otherDoor = Samples.lock(3, in: otherHome, account: Samples.id(2))

    /// Adds both tenants with their doors.
    static func addTenants(to store: any Store) async throws {
        try await store.add(home, accounts: [Samples.account(1, in: home)], devices: [frontDoor, backDoor])
        try await store.add(otherHome, accounts: [Samples.account(2, in: otherHome)], devices: [otherDoor])
    }

    /// A commit of one door's lane.
    static func commit(
        _ changes: [LaneCommit.Change],
        on door: Device = frontDoor,
        state: DeviceState? = nil
    ) -> LaneCommit {
        LaneCommit(deviceID: door.id, workspaceID: door.workspaceID, changes: changes, state: state)
    }

    /// The attempt with an outcome, two seconds after it was accepted.
    static func resolved(
        _ attempt: ActionAttempt,
        _ outcome: Outcome = .success(wasConfirmedByDevice: true)
    ) -> ActionAttempt {
        var attempt = attempt
        attempt.dispatchedAt = attempt.createdAt
        attempt.acknowledgedAt = attempt.createdAt + .seconds(1)
        attempt.resolvedAt = attempt.createdAt + .seconds(2)
        attempt.outcome = outcome
        attempt.timeline += [
            TimelineEntry(.dispatched, at: attempt.createdAt),
            TimelineEntry(.report, at: attempt.createdAt + .seconds(1), detail: "“unlocked” \\ ok"),
            TimelineEntry(.resolved, at: attempt.createdAt + .seconds(2)),
        ]
        return attempt
    }

    /// An event of a kind, with everything that such events say.
    package static func sampleEvent(of type: EventType) -> Event {
        event(1, type, attempt: Samples.id(7), createdAt: Samples.start + .microseconds(123_456))
    }

    /// An event about a door.
    static func event(
        _ number: UInt64,
        _ type: EventType = .lockUnlocked,
        on door: Device = frontDoor,
        attempt: Identifier<ActionAttempt>? = nil,
        createdAt: Timestamp = Samples.start
    ) -> Event {
        let details: Event.Details =
            switch type {
            case .lockDoorSucceeded, .unlockDoorSucceeded: .resolution(actionType: .unlockDoor, status: .success)
            case .lockDoorFailed, .unlockDoorFailed: .resolution(actionType: .unlockDoor, status: .error)
            case .simulateKeypadCodeEntrySucceeded, .simulateManualLockViaKeypadSucceeded:
                .resolution(actionType: .simulateKeypadCodeEntry, status: .success)
            case .simulateKeypadCodeEntryFailed, .simulateManualLockViaKeypadFailed:
                .resolution(actionType: .simulateManualLockViaKeypad, status: .error)
            case .actionAttemptLateReport:
                .lateReport(actionType: .unlockDoor, status: .error, reported: .unlocked)
            case .lockLocked, .lockUnlocked: .bolt(BoltMovement(method: .manual))
            case .lockAccessDenied: .accessDenied(AccessDenial(.unknownCode))
            case .deviceLowBattery: .battery(level: 0.125)
            case .deviceDisconnected, .unmanagedDeviceDisconnected: .disconnection(.device, DeviceHealth(door))
            case .deviceSubscriptionRequired: .health(DeviceHealth(door))
            case .connectedAccountDisconnected:
                .accountHealth(AccountHealth(Samples.account(1, in: home)))
            case .deviceNameChanged, .deviceDeleted: .deviceName(door.displayName)
            case .webhookDisabled:
                .webhookDisabled(WebhookDisablement(Samples.webhook(1, in: home), because: .failing))
            case .deviceConnected, .unmanagedDeviceConnected, .deviceAdded, .deviceRemoved,
                .deviceConvertedToUnmanaged, .deviceConvertedToManaged, .deviceSubscriptionResolved,
                .connectedAccountConnected, .connectedAccountCreated, .connectedAccountSuccessfulLogin,
                .connectedAccountCompletedFirstSync, .connectedAccountDeleted, .connectWebviewLoginSucceeded,
                .connectWebviewLoginFailed, .clientSessionDeleted:
                .none
            }
        return Event(
            id: Samples.id(number),
            type: type,
            workspaceID: door.workspaceID,
            createdAt: createdAt,
            occurredAt: createdAt,
            connectedAccountID: door.connectedAccountID,
            deviceID: door.id,
            deviceCustomMetadata: ["floor": .string("3"), "is_main": .bool(true)],
            actionAttemptID: attempt,
            details: details
        )
    }

    /// Why a change is refused in these rules.
    struct Refusal: Error, Equatable {}

    /// Every event of a workspace.
    static func events(of workspace: Workspace = home, in store: any Store) async throws -> [Event] {
        try await store.events(EventQuery(workspaceID: workspace.id))
    }

    /// Accepts attempts 1, 2, 3 … of a door, each in a commit of its own.
    @discardableResult
    static func accept(
        _ numbers: ClosedRange<UInt64>,
        on door: Device = frontDoor,
        in store: any Store
    ) async throws -> [ActionAttempt] {
        var attempts: [ActionAttempt] = []
        for number in numbers {
            let attempt = Samples.attempt(number, on: door)
            try await store.commit(commit([.accept(attempt)], on: door))
            attempts.append(attempt)
        }
        return attempts
    }

    /// Everything that a door's tenant can read about attempts, events and the door itself.
    static func picture(of door: Device = frontDoor, in store: any Store) async throws -> Picture {
        Picture(
            attempts: try await store.actionAttempts(ActionAttemptQuery(workspaceID: door.workspaceID)).elements,
            events: try await store.events(EventQuery(workspaceID: door.workspaceID)),
            device: try await store.device(door.id, in: door.workspaceID)
        )
    }

    struct Picture: Equatable {
        let attempts: [ActionAttempt]
        let events: [Event]
        let device: Device?
    }

    /// Expects a write to be refused as a conflict, and certainly not to be durable.
    static func expectConflict(
        _ write: () async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = try await #require(throws: StoreError.self, sourceLocation: sourceLocation) { try await write() }
        #expect(error.code == .conflict, sourceLocation: sourceLocation)
        #expect(!error.mayBeDurable, sourceLocation: sourceLocation)
    }
}

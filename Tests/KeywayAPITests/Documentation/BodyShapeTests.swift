import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("What is declared of bodies is what they are")
struct BodyShapeTests {
    /// Checks bodies, and that together they have every key that is declared.
    private static func check(_ bodies: [some Encodable], _ named: NamedSchema) throws {
        var written: Set<String> = []
        for body in bodies {
            guard case .object(let members) = try DeclaredShape.check(body, is: named) else { continue }
            written.formUnion(members.keys)
        }
        guard case .object(let keys) = named.schema else {
            Issue.record("\(named.name) is no object")
            return
        }
        #expect(Set(keys.map(\.name)) == written)
    }

    // MARK: Attempts

    private static let entries = TimelineEntry.Kind.allCases.flatMap { kind in
        [TimelineEntry(kind, at: Samples.start), TimelineEntry(kind, at: Samples.start, detail: "detail")]
    }

    private static let outcomes: [Outcome?] =
        [nil, .success(wasConfirmedByDevice: nil), .success(wasConfirmedByDevice: true)]
        + FailureCause.allCases.map { .failure($0) }

    private static let attempts = outcomes.map { outcome in
        var attempt = Samples.attempt()
        attempt.outcome = outcome
        attempt.timeline = entries
        if outcome != nil {
            attempt.dispatchedAt = Samples.start
            attempt.acknowledgedAt = Samples.start
            attempt.resolvedAt = Samples.start
        }
        return attempt
    }

    @Test("Attempts in every state, with and without their timelines")
    func attemptBodies() throws {
        let bodies = Self.attempts.flatMap { attempt in
            [true, false].map { ActionAttemptBody(attempt: attempt, includesTimeline: $0) }
        }
        try Self.check(bodies, .actionAttempt)
    }

    @Test("An attempt that acts on no device")
    func deviceless() throws {
        let attempt = ActionAttempt(
            id: Samples.id(1),
            workspaceID: Samples.id(1),
            deviceID: nil,
            actionType: .resetSandboxWorkspace,
            requestedBy: .clientSession(Samples.id(1)),
            createdAt: Samples.start,
            deadlineAt: Samples.start
        )
        _ = try DeclaredShape.check(ActionAttemptBody(attempt: attempt, includesTimeline: true), is: .actionAttempt)
    }

    // MARK: Devices

    /// A device of which nothing is known, and one of which everything is, in all states of its bolt.
    private static let devices: [Device] = {
        var rich = Samples.lock(2, capabilities: Set(DeviceCapability.allCases))
        rich.nickname = "Nickname"
        rich.customMetadata = ["floor": .string("2"), "is_main": .bool(true)]
        rich.description.serialNumber = "1"
        rich.description.hasDirectPower = false
        rich.description.hasBuiltInKeypad = true
        rich.description.locationName = "Hall"
        rich.description.timeZone = "Europe/Paris"
        rich.state.isDoorOpen = true
        rich.state.wantedBolt = .locked
        rich.state.movingBolt = .locking
        rich.state.batteryLevel = 0.05
        rich.state.autoLock = AutoLock(isEnabled: true, delaySeconds: 5)
        rich.state.warnings = DeviceWarning.Code.allCases.map { DeviceWarning($0, createdAt: Samples.start) }
        let bolts = BoltState.allCases.map { bolt in
            var device = rich
            device.state.reportedBolt = bolt
            return device
        }
        let offline = ([nil] + OfflineCause.allCases)
            .map { cause in
                var device = rich
                device.state.isOnline = false
                device.state.offlineCause = cause
                device.state.subscriptionExpiredAt = Samples.start
                return device
            }
        let poor = Samples.lock(3, capabilities: [], state: DeviceState())
        return bolts + offline + [poor] + SandboxLocks.all
    }()

    private enum SandboxLocks {
        static let all = APIHarness.locks
    }

    @Test("Devices in every state")
    func deviceBodies() throws {
        try Self.check(Self.devices.map { DeviceBody(device: $0) }, .device)
    }

    @Test("The properties of devices in every state")
    func propertiesBodies() throws {
        try Self.check(Self.devices.map { DevicePropertiesBody(device: $0) }, .deviceProperties)
    }

    @Test("Devices that are not managed, in every state")
    func unmanagedBodies() throws {
        let unmanaged = Self.devices.map { device in
            var device = device
            device.isManaged = false
            return DeviceBody(device: device)
        }
        try Self.check(unmanaged, .unmanagedDevice)
    }

    @Test("Device providers that can do nothing, and everything")
    func providerBodies() throws {
        let providers = [[], DeviceCapability.allCases]
            .map { capabilities in
                DeviceProvider(
                    name: "august",
                    displayName: "August",
                    categories: DeviceProvider.Category.allCases,
                    capabilities: Set(capabilities)
                )
            }
        try Self.check(providers.map { DeviceProviderBody(provider: $0) }, .deviceProvider)
    }

    // MARK: Connected accounts

    @Test("Connected accounts of every provider, connected or not")
    func accountBodies() throws {
        var rich = Samples.account()
        rich.customMetadata = ["floor": .string("2"), "is_main": .bool(true)]
        rich.customerKey = "customer"
        rich.disconnectedAt = Samples.start
        let cloud = ConnectedAccount(
            id: Samples.id(2),
            workspaceID: Samples.id(1),
            provider: .deviceCloud,
            displayName: "Maker",
            createdAt: Samples.start,
            acceptedCapabilities: []
        )
        try Self.check([rich, cloud].map { ConnectedAccountBody(account: $0) }, .connectedAccount)
    }

    // MARK: Events

    /// Something to say for each kind of details, so that every key is written by some event.
    private static let details: [Event.Details] =
        [
            .none, .resolution(actionType: .lockDoor, status: .success),
            .lateReport(actionType: .unlockDoor, status: .error, reported: .jammed),
            .bolt(BoltMovement(method: .manual)),
            .bolt(
                BoltMovement(
                    method: .keycode,
                    accessCodeID: "code",
                    accessCodeIsManaged: true,
                    code: "1234",
                    isViaBluetooth: false,
                    isViaNFC: true
                )
            ),
            .accessDenied(AccessDenial(.unknownCode)), .deviceName("Front Door"), .battery(level: 0.2),
            .webhookDisabled(WebhookDisablement(Samples.webhook(), because: .failing)),
            .health(DeviceHealth(devices[0])), .accountHealth(AccountHealth(Samples.account())),
        ] + devices.map { .disconnection(DisconnectionCause($0.state.offlineCause), DeviceHealth($0)) }

    @Test("Events of every type, with whatever details they can have")
    func events() throws {
        let full = EventType.allCases.flatMap { type in Self.details.map { Self.event(type, $0, isFull: true) } }
        let bare = EventType.allCases.map { Self.event($0, .none, isFull: false) }
        try Self.check(full + bare, .event)
    }

    private static func event(_ type: EventType, _ details: Event.Details, isFull: Bool) -> Event {
        Event(
            id: Samples.id(1),
            type: type,
            workspaceID: Samples.id(1),
            createdAt: Samples.start,
            occurredAt: Samples.start,
            connectedAccountID: isFull ? Samples.id(1) : nil,
            connectedAccountCustomMetadata: isFull ? ["a": .bool(true)] : nil,
            deviceID: isFull ? Samples.id(1) : nil,
            deviceCustomMetadata: isFull ? ["b": .string("c")] : nil,
            customerKey: isFull ? "customer" : nil,
            actionAttemptID: isFull ? Samples.id(1) : nil,
            clientSessionID: isFull ? Samples.id(1) : nil,
            connectWebviewID: isFull ? Samples.id(1) : nil,
            details: details
        )
    }

    // MARK: Webhook deliveries

    @Test("Webhook deliveries that wait, and that are done, with every kind of try")
    func deliveries() throws {
        let event = Self.event(.deviceConnected, .none, isFull: true)
        let bare = Delivery(
            of: Self.event(.deviceConnected, .none, isFull: false),
            at: 1,
            to: Samples.id(1),
            isRefused: false
        )
        var waiting = Delivery(of: event, at: 1, to: Samples.id(1), isRefused: false)
        let answered = DeliveryTry(startedAt: Samples.start, latencyMilliseconds: 1, status: 500, answer: "no")
        let silent = DeliveryTry(startedAt: Samples.start, latencyMilliseconds: 1, trouble: .timedOut)
        for latest in [answered, silent] { waiting.note(latest, .retry(after: .seconds(5)), at: Samples.start) }
        let refused = Delivery(of: event, at: 1, to: Samples.id(1), isRefused: true)
        try Self.check([bare, waiting, refused].map(WebhookDeliveryBody.init), .webhookDelivery)
    }

    // MARK: The rest

    @Test("Pagination, with and without a next page")
    func pagination() throws {
        let next = PaginationBody(nextPageCursor: "cursor", nextPageURL: "http://localhost/devices/list?limit=1")
        try Self.check([next, PaginationBody(nextPageCursor: nil, nextPageURL: nil)], .pagination)
    }

    @Test("Errors, with everything that one can say")
    func errors() throws {
        var error = APIError.notFound("device", ["device_id": "1"])
        error.issues = [InputIssue([], "a"), InputIssue(["b", "0", "c"], "d")]
        let bodies = [APIError.Body(error: error), APIError.Body(error: .unauthorized)]
        try Self.check(bodies, .errorResponse)
    }

    @Test("A key that nobody declared, and one that is missing, are noticed")
    func noticing() {
        let schema = Schema.list(of: .object([.always("a", .object([.always("b", .boolean, "")]), "")]))
        let unexpected = JSONValue.array([.object(["a": .object(["b": .bool(true), "c": .null])])])
        withKnownIssue {
            DeclaredShape.check(unexpected, is: schema, "it")
        } matching: { issue in
            "\(issue.comments)".contains("it[].a.c")
        }
        withKnownIssue { DeclaredShape.check(.array([.object([:])]), is: schema, "it") }
    }
}

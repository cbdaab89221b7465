package import KeywayModel

/// Plausible values for tests that do not care about most of their parts.
package enum Samples {
    /// 2026-01-01T00:00:00Z, where ``ManualTimeSource`` begins.
    package static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    /// A small number as an identity.
    package static func id<Subject>(_ number: UInt64, of _: Subject.Type = Subject.self) -> Identifier<Subject> {
        Identifier(high: 0x8000, low: 1 << 63 | number)
    }

    /// A sandbox workspace.
    package static func workspace(_ number: UInt64 = 1, isSandbox: Bool = true) -> Workspace {
        Workspace(id: id(number), name: "Workspace \(number)", isSandbox: isSandbox, createdAt: start)
    }

    /// A sandbox account of a workspace.
    package static func account(_ number: UInt64 = 1, in workspace: Workspace = workspace()) -> ConnectedAccount {
        ConnectedAccount(
            id: id(number),
            workspaceID: workspace.id,
            provider: .sandbox,
            displayName: "Account \(number)",
            createdAt: start
        )
    }

    /// A locked, online lock of a workspace that can do everything.
    package static func lock(
        _ number: UInt64 = 1,
        in workspace: Workspace = workspace(),
        account: Identifier<ConnectedAccount> = id(1),
        deviceType: String = "august_lock",
        manufacturer: String = "august",
        capabilities: Set<DeviceCapability> = [.canRemotelyLock, .canRemotelyUnlock],
        createdAt: Timestamp = start,
        state: DeviceState = DeviceState(reportedBolt: .locked, reportedAt: start)
    ) -> Device {
        Device(
            id: id(number),
            workspaceID: workspace.id,
            connectedAccountID: account,
            provider: .sandbox,
            nativeID: "lock-\(number)",
            createdAt: createdAt,
            description: DeviceDescription(
                deviceType: deviceType,
                name: "Lock \(number)",
                manufacturer: manufacturer,
                manufacturerDisplayName: manufacturer.capitalized,
                modelDisplayName: "Sample",
                capabilities: capabilities
            ),
            state: state
        )
    }

    /// A webhook of a workspace that gets every event, unless told otherwise.
    package static func webhook(
        _ number: UInt64 = 1,
        in workspace: Workspace = workspace(),
        url: String = "https://example.com/",
        secret: String = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        eventTypes: [String] = [Webhook.everyType]
    ) -> Webhook {
        Webhook(
            id: id(number),
            workspaceID: workspace.id,
            url: url,
            secret: secret,
            eventTypes: eventTypes,
            createdAt: start
        )
    }

    /// A pending attempt on a lock, accepted at `createdAt` and not sent.
    package static func attempt(
        _ number: UInt64 = 1,
        _ actionType: ActionType = .unlockDoor,
        _ parameters: ActionParameters = .none,
        on device: Device = lock(),
        createdAt: Timestamp = start,
        deadlineAfter: Duration = .seconds(30)
    ) -> ActionAttempt {
        ActionAttempt(
            id: id(number),
            workspaceID: device.workspaceID,
            deviceID: device.id,
            actionType: actionType,
            parameters: parameters,
            requestedBy: .apiKey(id(1)),
            createdAt: createdAt,
            deadlineAt: createdAt + deadlineAfter,
            timeline: [TimelineEntry(.accepted, at: createdAt)]
        )
    }
}

extension String {
    /// The text with its first letter in upper case.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

import FoundationEssentials
import KeywayModel

/// A callback's body, read.
struct MakerEvent: Hashable, Sendable {
    /// What happened.
    let kind: Kind
    /// When, on the maker's clock; nil for an event of a type that is not known.
    let timestamp: Timestamp?

    /// The events of the contract.
    enum Kind: Hashable, Sendable {
        case actionCompleted(lockID: String, Action)
        case online(lockID: String)
        case offline(lockID: String)
        case bridgeOffline(bridgeID: String)
        case batteryLow(lockID: String, charge: Double)
        case added(lockID: String)
        case removed(lockID: String)
        case timeWrong(lockID: String)
        /// A type that this version does not know.
        case unknown(String)
    }

    /// A movement of a bolt, or one that failed.
    struct Action: Hashable, Sendable {
        let actionID: String?
        let customID: String?
        let wanted: BoltState
        let method: LockMethod?
        /// Nil: it succeeded.
        let failure: Failure?

        /// Why it failed.
        struct Failure: Hashable, Sendable {
            let cause: FailureCause
            let detail: String?
        }
    }

    /// Why a callback cannot be read.
    struct Malformed: Error, Hashable {
        let reason: String
    }

    /// Reads a body.
    ///
    /// Of an event of an unknown type only the type is looked at: what else it has is not agreed.
    ///
    /// - Throws: ``Malformed`` for a body that is no JSON object, or lacks what its type needs.
    init(_ body: [UInt8]) throws(Malformed) {
        let data = Data(body)
        guard let type = try? JSONDecoder().decode(Header.self, from: data).eventType else {
            throw Malformed(reason: "it is no JSON object with an event_type")
        }
        guard Self.types.contains(type) else {
            (kind, timestamp) = (.unknown(type), nil)
            return
        }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: data) else {
            throw Malformed(reason: "a field is not of the agreed type")
        }
        guard let timestamp = fields.timestamp.flatMap({ Timestamp($0) }) else {
            throw Malformed(reason: "timestamp is missing or no ISO 8601 time")
        }
        self.timestamp = timestamp
        func lockID() throws(Malformed) -> String { try Self.needed(fields.deviceID, "device_id") }
        // As `types` has them.
        switch type {
        case "lock.action_completed": kind = .actionCompleted(lockID: try lockID(), try Self.action(fields))
        case "device.online": kind = .online(lockID: try lockID())
        case "device.offline": kind = .offline(lockID: try lockID())
        case "bridge.offline": kind = .bridgeOffline(bridgeID: try Self.needed(fields.bridgeID, "bridge_id"))
        case "battery.low":
            let level = try Self.needed(fields.batteryLevel, "battery_level")
            kind = .batteryLow(lockID: try lockID(), charge: min(max(level / 100, 0), 1))
        case "device.added": kind = .added(lockID: try lockID())
        case "device.removed": kind = .removed(lockID: try lockID())
        case "device.time_wrong": kind = .timeWrong(lockID: try lockID())
        default: kind = .unknown(type)
        }
    }

    private static let types: Set<String> = [
        "lock.action_completed", "device.online", "device.offline", "bridge.offline", "battery.low", "device.added",
        "device.removed", "device.time_wrong",
    ]

    private static func needed<Value>(_ value: Value?, _ name: String) throws(Malformed) -> Value {
        guard let value else { throw Malformed(reason: "\(name) is missing") }
        return value
    }

    private static func action(_ fields: Fields) throws(Malformed) -> Action {
        let wanted: BoltState
        switch fields.action {
        case "lock": wanted = .locked
        case "unlock": wanted = .unlocked
        default: throw Malformed(reason: "action must be lock or unlock")
        }
        var failure: Action.Failure?
        switch fields.status {
        case "success": break
        case "failed":
            failure = Action.Failure(
                cause: ErrorCode.cause(of: fields.errorCode),
                detail: ErrorCode.detail(code: fields.errorCode, message: fields.message)
            )
        default: throw Malformed(reason: "status must be success or failed")
        }
        return Action(
            actionID: fields.actionID,
            customID: fields.customID,
            wanted: wanted,
            method: fields.performedVia.map(method),
            failure: failure
        )
    }

    /// How the bolt was moved, in the contract's words.
    private static func method(_ performedVia: String) -> LockMethod {
        switch performedVia {
        case "pin_code": .keycode
        case "mobile_app", "remote_api": .remote
        case "fob_card": .card
        case "manual_turn": .manual
        default: .unknown
        }
    }

    private struct Header: Decodable {
        let eventType: String

        private enum CodingKeys: String, CodingKey {
            case eventType = "event_type"
        }
    }

    private struct Fields: Decodable {
        let deviceID: String?
        let timestamp: String?
        let actionID: String?
        let customID: String?
        let action: String?
        let status: String?
        let performedVia: String?
        let errorCode: String?
        let message: String?
        let bridgeID: String?
        let batteryLevel: Double?

        private enum CodingKeys: String, CodingKey {
            case deviceID = "device_id"
            case timestamp
            case actionID = "action_id"
            case customID = "custom_id"
            case action, status
            case performedVia = "performed_via"
            case errorCode = "error_code"
            case message
            case bridgeID = "bridge_id"
            case batteryLevel = "battery_level"
        }
    }
}

extension MakerEvent.Action {
    /// What the event says of its lock.
    ///
    /// - Parameters:
    ///   - deviceID: The lock.
    ///   - attemptID: The attempt that it is the answer to; nil if somebody else moved the bolt, which informs but never
    ///     confirms: with no more than a time of another clock, nobody can tell whether it was before the command (G6).
    ///   - claimedAt: The maker's time.
    /// - Returns: Nil if it says nothing that Keyway keeps.
    func report(
        of deviceID: Identifier<Device>,
        answering attemptID: Identifier<ActionAttempt>?,
        claimedAt: Timestamp?
    ) -> DeviceReport? {
        let content: DeviceReport.Content
        if let failure {
            if attemptID != nil {
                content = .commandFailed(failure.cause, failure.detail)
            } else if failure.cause == .lockJammed {
                content = .bolt(.jammed)
            } else {
                return nil
            }
        } else {
            content = .bolt(wanted)
        }
        return DeviceReport(
            deviceID: deviceID,
            content: content,
            // Somebody's hand or key, even if the maker does not say whose.
            method: method ?? (attemptID == nil ? .unknown : nil),
            attemptID: attemptID,
            isReplay: attemptID == nil,
            claimedAt: claimedAt
        )
    }
}

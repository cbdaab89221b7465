/// What an event says happened: the types that Keyway emits.
///
/// Raw values are the wire contract's (section 3.3), but for `action_attempt.late_report`, which is Keyway's own.
package enum EventType: String, Codable, CaseIterable, Sendable {
    case lockDoorSucceeded = "action_attempt.lock_door.succeeded"
    case lockDoorFailed = "action_attempt.lock_door.failed"
    case unlockDoorSucceeded = "action_attempt.unlock_door.succeeded"
    case unlockDoorFailed = "action_attempt.unlock_door.failed"
    case actionAttemptLateReport = "action_attempt.late_report"
    case lockLocked = "lock.locked"
    case lockUnlocked = "lock.unlocked"
    case deviceConnected = "device.connected"
    case deviceDisconnected = "device.disconnected"
    case deviceAdded = "device.added"
    case deviceRemoved = "device.removed"
    case deviceLowBattery = "device.low_battery"

    /// The type of the event that announces an attempt's outcome.
    package static func resolution(of actionType: ActionType, succeeded: Bool) -> EventType {
        switch actionType {
        case .lockDoor: succeeded ? .lockDoorSucceeded : .lockDoorFailed
        case .unlockDoor: succeeded ? .unlockDoorSucceeded : .unlockDoorFailed
        }
    }

    /// One sentence for a person, shown as `event_description`.
    package var summary: String {
        switch self {
        case .lockDoorSucceeded: "An attempt to lock a door succeeded."
        case .lockDoorFailed: "An attempt to lock a door failed."
        case .unlockDoorSucceeded: "An attempt to unlock a door succeeded."
        case .unlockDoorFailed: "An attempt to unlock a door failed."
        case .actionAttemptLateReport: "A device reported something that contradicts an attempt already resolved."
        case .lockLocked: "A lock was locked."
        case .lockUnlocked: "A lock was unlocked."
        case .deviceConnected: "A device came online."
        case .deviceDisconnected: "A device went offline."
        case .deviceAdded: "A device was added to its connected account."
        case .deviceRemoved: "A device was removed from its connected account."
        case .deviceLowBattery: "The battery of a device is low."
        }
    }
}

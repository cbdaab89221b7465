/// What an action attempt tries to do.
///
/// Raw values are the wire contract's (section 3.1).
package enum ActionType: String, Codable, CaseIterable, Sendable {
    case lockDoor = "LOCK_DOOR"
    case unlockDoor = "UNLOCK_DOOR"

    /// The state of the bolt that the action is after.
    package var wantedState: BoltState {
        switch self {
        case .lockDoor: .locked
        case .unlockDoor: .unlocked
        }
    }

    /// The state a bolt is in while the action is under way.
    package var movingState: BoltState {
        switch self {
        case .lockDoor: .locking
        case .unlockDoor: .unlocking
        }
    }

    /// The capability that a device needs for this action.
    package var requiredCapability: DeviceCapability {
        switch self {
        case .lockDoor: .canRemotelyLock
        case .unlockDoor: .canRemotelyUnlock
        }
    }
}

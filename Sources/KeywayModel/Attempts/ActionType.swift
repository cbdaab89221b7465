/// What an action attempt tries to do.
///
/// Raw values are the wire contract's (section 3.1).
package enum ActionType: String, Codable, CaseIterable, Sendable {
    case lockDoor = "LOCK_DOOR"
    case unlockDoor = "UNLOCK_DOOR"
    case configureAutoLock = "CONFIGURE_AUTO_LOCK"
    case simulateKeypadCodeEntry = "SIMULATE_KEYPAD_CODE_ENTRY"
    case simulateManualLockViaKeypad = "SIMULATE_MANUAL_LOCK_VIA_KEYPAD"
    /// The only one that is about no device.
    case resetSandboxWorkspace = "RESET_SANDBOX_WORKSPACE"

    /// The actions that move a bolt, and are confirmed by where it comes to rest.
    package static let boltMoves: [ActionType] = [.lockDoor, .unlockDoor]

    /// The state of the bolt that the action is after; nil if it is after something else.
    package var wantedState: BoltState? {
        switch self {
        case .lockDoor: .locked
        case .unlockDoor: .unlocked
        case .configureAutoLock, .simulateKeypadCodeEntry, .simulateManualLockViaKeypad, .resetSandboxWorkspace: nil
        }
    }

    /// The state a bolt is in while the action is under way; nil if the action does not move it.
    package var movingState: BoltState? {
        switch self {
        case .lockDoor: .locking
        case .unlockDoor: .unlocking
        case .configureAutoLock, .simulateKeypadCodeEntry, .simulateManualLockViaKeypad, .resetSandboxWorkspace: nil
        }
    }

    /// The capability that a device needs for this action; nil if no device has it.
    package var requiredCapability: DeviceCapability? {
        switch self {
        case .lockDoor: .canRemotelyLock
        case .unlockDoor: .canRemotelyUnlock
        case .configureAutoLock: .canConfigureAutoLock
        case .simulateKeypadCodeEntry, .simulateManualLockViaKeypad: .canUnlockWithCode
        case .resetSandboxWorkspace: nil
        }
    }
}

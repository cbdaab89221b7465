import KeywayModel

/// What a command asks a virtual lock to do, or a person at it.
enum Deed: Hashable, Sendable {
    /// Move the bolt to `state`; on the way there it is in the state `moving`.
    case move(to: BoltState, moving: BoltState)
    /// Lock itself in another way than before.
    case configure(AutoLock)
    /// Somebody enters digits.
    case enter(code: String)
    /// Somebody locks with the keypad's button.
    case lockByHand

    /// What the command asks for; nil if virtual locks cannot do it, or it does not say how.
    init?(_ command: Command) {
        switch (command.actionType, command.parameters) {
        case (.lockDoor, _): self = .move(to: .locked, moving: .locking)
        case (.unlockDoor, _): self = .move(to: .unlocked, moving: .unlocking)
        case (.configureAutoLock, .autoLock(let setting)): self = .configure(setting)
        case (.simulateKeypadCodeEntry, .keypadCode(let code)): self = .enter(code: code)
        case (.simulateManualLockViaKeypad, _): self = .lockByHand
        case (.configureAutoLock, _), (.simulateKeypadCodeEntry, _), (.resetSandboxWorkspace, _): return nil
        }
    }

    /// Whether Keyway moves the bolt, and not a person or nobody.
    ///
    /// Such a command is acknowledged when it is taken and confirmed by where the bolt comes to rest; any other is
    /// answered once, when it is done.
    var isBoltMove: Bool {
        if case .move = self { true } else { false }
    }
}

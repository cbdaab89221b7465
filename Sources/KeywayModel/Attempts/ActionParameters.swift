/// What an action needs to know besides its device.
package enum ActionParameters: Hashable, Codable, Sendable {
    /// Nothing.
    case none
    /// How a lock shall lock itself, for ``ActionType/configureAutoLock``.
    case autoLock(AutoLock)
    /// The digits to enter, for ``ActionType/simulateKeypadCodeEntry``.
    case keypadCode(String)
    /// A device that is offline is waited for until the deadline, for ``ActionType/boltMoves``.
    ///
    /// Without it an attempt ends as soon as its turn comes and the device cannot be reached.
    case waitWhileOffline
}

/// Whether and when a lock locks itself after it was unlocked.
package struct AutoLock: Hashable, Codable, Sendable {
    /// Whether it does.
    package let isEnabled: Bool
    /// How many seconds after; nil if it does not, or does not say.
    ///
    /// Range: 1 to 60 (wire contract, section 4.2).
    package let delaySeconds: Double?

    /// Makes a setting.
    package init(isEnabled: Bool, delaySeconds: Double? = nil) {
        self.isEnabled = isEnabled
        self.delaySeconds = delaySeconds
    }
}

/// What a device says, as its driver passes it on.
package struct DeviceReport: Hashable, Sendable {
    /// Which device says it.
    package let deviceID: Identifier<Device>
    /// What it says.
    package let content: Content
    /// How the bolt was moved, if the device knows; nil lets Keyway work it out.
    package let method: LockMethod?
    /// The attempt that the device says this is the answer to; nil if it does not say.
    package let attemptID: Identifier<ActionAttempt>?
    /// True for a report that may be older than the last command, such as a retained message: it may inform, but never
    /// confirms (G6).
    package let isReplay: Bool

    /// Makes a report.
    package init(
        deviceID: Identifier<Device>,
        content: Content,
        method: LockMethod? = nil,
        attemptID: Identifier<ActionAttempt>? = nil,
        isReplay: Bool = false
    ) {
        self.deviceID = deviceID
        self.content = content
        self.method = method
        self.attemptID = attemptID
        self.isReplay = isReplay
    }

    /// The things a device can say.
    package enum Content: Hashable, Sendable {
        /// Where the bolt is, or on its way to.
        case bolt(BoltState)
        /// The command failed, for this cause; the text is the provider's own.
        case commandFailed(FailureCause, String?)
        /// The device can be reached, or can no longer be.
        case online(Bool)
        /// The battery's charge between 0 and 1.
        case battery(Double)
        /// The door stands open, or is shut.
        case doorOpen(Bool)
    }
}

/// How a bolt was moved.
///
/// Raw values are the wire contract's `lock_method` (section 8).
package enum LockMethod: String, Codable, CaseIterable, Sendable {
    case keycode
    case manual
    case automatic
    case unknown
    case remote
    case card
}

/// What a device says, as its driver passes it on.
package struct DeviceReport: Hashable, Sendable {
    /// Which device says it.
    package let deviceID: Identifier<Device>
    /// What it says.
    package let content: Content
    /// How the bolt was moved, if the device knows; nil lets Keyway work it out.
    package let method: LockMethod?
    /// The digits that were entered, if they moved the bolt and the device tells.
    package let code: String?
    /// The attempt that the device says this is the answer to; nil if it does not say.
    package let attemptID: Identifier<ActionAttempt>?
    /// True for a report that may be older than the last command, such as a retained message: it may inform, but never
    /// confirms (G6).
    package let isReplay: Bool
    /// What the provider's clock showed when the device said it; nil if the provider does not tell, or reports come in
    /// their order anyway.
    ///
    /// Compared only with times of the same device and provider: what is not newer than what was heard before is out of
    /// date. It then changes nothing that is known about the device, but it can still be the answer to `attemptID`.
    package let claimedAt: Timestamp?
    /// When Keyway had it from the provider; nil if that was just now.
    ///
    /// What Keyway had before a command was given to the driver never confirms it, however long it was on its way to the
    /// lane (G6).
    package let receivedAt: MonotonicInstant?

    /// Makes a report.
    package init(
        deviceID: Identifier<Device>,
        content: Content,
        method: LockMethod? = nil,
        code: String? = nil,
        attemptID: Identifier<ActionAttempt>? = nil,
        isReplay: Bool = false,
        claimedAt: Timestamp? = nil,
        receivedAt: MonotonicInstant? = nil
    ) {
        self.deviceID = deviceID
        self.content = content
        self.method = method
        self.code = code
        self.attemptID = attemptID
        self.isReplay = isReplay
        self.claimedAt = claimedAt
        self.receivedAt = receivedAt
    }

    /// The things a device can say.
    package enum Content: Hashable, Sendable {
        /// Where the bolt is, or on its way to.
        case bolt(BoltState)
        /// The command failed, for this cause; the text is the provider's own.
        case commandFailed(FailureCause, String?)
        /// The device can be reached, or can no longer be.
        case online(Bool)
        /// The bridge that the device hangs on can no longer be reached.
        case bridgeOffline
        /// The connection to the provider is gone, and with it all of its devices.
        case accountDisconnected
        /// The provider has the device again.
        case added
        /// The provider no longer has the device.
        case removed
        /// The battery's charge between 0 and 1.
        case battery(Double)
        /// The device finds its battery low, at this charge between 0 and 1.
        case batteryLow(Double)
        /// The door stands open, or is shut.
        case doorOpen(Bool)
        /// Somebody was refused entry.
        case accessDenied(AccessDenial)
        /// The owner's subscription at the maker has run out, or no longer.
        case subscription(isExpired: Bool)
        /// Something is not as it should be, or no longer so.
        case warning(DeviceWarning.Code, isPresent: Bool)
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

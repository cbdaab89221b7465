extension KeywayClient {
    /// Why an action failed.
    public struct FailureCause: OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The device could not be reached.
        public static let deviceOffline = Self(rawValue: "device_offline")
        /// The connected account or the bridge of the device is down.
        public static let deviceDisconnected = Self(rawValue: "device_disconnected")
        /// The device is busy with something else.
        public static let deviceBusy = Self(rawValue: "device_busy")
        /// The bolt moved and got stuck.
        public static let lockJammed = Self(rawValue: "lock_jammed")
        /// Something is in the way of the bolt.
        public static let boltObstructed = Self(rawValue: "bolt_obstructed")
        /// The device or its provider refused.
        public static let rejectedByDevice = Self(rawValue: "rejected_by_device")
        /// The device has no such action.
        public static let notSupported = Self(rawValue: "not_supported")
        /// Remote control is switched off at the device.
        public static let remoteControlDisabled = Self(rawValue: "remote_control_disabled")
        /// The provider takes no more commands for now.
        public static let rateLimitedByProvider = Self(rawValue: "rate_limited_by_provider")
        /// The provider did not take the command; it was not sent.
        public static let providerUnavailable = Self(rawValue: "provider_unavailable")
        /// Sent, not confirmed in time, and the device is known not to be in the wanted state.
        public static let timedOut = Self(rawValue: "timed_out")
        /// Sent, and nothing can be said about what the device did.
        public static let outcomeUnknown = Self(rawValue: "outcome_unknown")
        /// The deadline passed before the command could be sent; it never was.
        public static let actionAttemptExpired = Self(rawValue: "action_attempt_expired")
        /// A caller took the attempt back before it was sent.
        public static let cancelled = Self(rawValue: "cancelled")
        /// A later attempt took its place before it was sent.
        public static let superseded = Self(rawValue: "superseded")
        /// None of the others.
        public static let uncategorizedError = Self(rawValue: "uncategorized_error")
    }
}

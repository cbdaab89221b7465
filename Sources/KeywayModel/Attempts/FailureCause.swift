/// Why an attempt ended without the wanted outcome: the closed list of `error.type`.
///
/// Drivers map every error of their provider to one of these; what the provider said itself goes to the timeline.
package enum FailureCause: String, Codable, CaseIterable, Sendable {
    /// The device could not be reached.
    case deviceOffline = "device_offline"
    /// The connected account or the bridge of the device is down.
    case deviceDisconnected = "device_disconnected"
    /// The device is busy with something else and refused.
    case deviceBusy = "device_busy"
    /// The bolt moved and got stuck.
    case lockJammed = "lock_jammed"
    /// Something is in the way of the bolt.
    case boltObstructed = "bolt_obstructed"
    /// The device or its provider refused the command.
    case rejectedByDevice = "rejected_by_device"
    /// The device has no such action.
    case notSupported = "not_supported"
    /// Somebody switched remote control off at the device.
    case remoteControlDisabled = "remote_control_disabled"
    /// The provider takes no more commands for now.
    case rateLimitedByProvider = "rate_limited_by_provider"
    /// The provider did not take the command; it was not sent.
    case providerUnavailable = "provider_unavailable"
    /// Sent, not confirmed in time, and the device is known not to be in the wanted state.
    case timedOut = "timed_out"
    /// Sent, and nothing can be said about what the device did.
    case outcomeUnknown = "outcome_unknown"
    /// The deadline passed before the command could be sent; it never was.
    case actionAttemptExpired = "action_attempt_expired"
    /// A caller took the attempt back before it was sent.
    case cancelled
    /// A later attempt took its place before it was sent.
    case superseded
    /// None of the above.
    case uncategorizedError = "uncategorized_error"

    /// Whether the same request, made again a little later, has a fair chance.
    ///
    /// False where a person has to do something first, where the caller asked for the end, and where the device may
    /// have acted already, so that repeating must be a decision and not a reflex.
    package var isRetryable: Bool {
        switch self {
        case .deviceOffline, .deviceDisconnected, .deviceBusy, .rateLimitedByProvider, .providerUnavailable,
            .timedOut, .actionAttemptExpired:
            true
        case .lockJammed, .boltObstructed, .rejectedByDevice, .notSupported, .remoteControlDisabled, .outcomeUnknown,
            .cancelled, .superseded, .uncategorizedError:
            false
        }
    }

    /// One sentence for a person, used where nobody has a better one.
    package var defaultMessage: String {
        switch self {
        case .deviceOffline: "The device is offline."
        case .deviceDisconnected: "The connection to the device's account or bridge is down."
        case .deviceBusy: "The device is busy with another command."
        case .lockJammed: "The lock is jammed."
        case .boltObstructed: "Something is in the way of the bolt."
        case .rejectedByDevice: "The device rejected the command."
        case .notSupported: "The device does not support this action."
        case .remoteControlDisabled: "Remote control is disabled on the device."
        case .rateLimitedByProvider: "The provider accepts no more commands for now."
        case .providerUnavailable: "The provider is unavailable. The command was not sent."
        case .timedOut: "The device did not reach the wanted state in time."
        case .outcomeUnknown: "The command was sent, but the device has not said what it did."
        case .actionAttemptExpired: "The deadline passed before the command could be sent."
        case .cancelled: "The attempt was cancelled before the command was sent."
        case .superseded: "A later attempt took the place of this one before its command was sent."
        case .uncategorizedError: "The action failed."
        }
    }
}

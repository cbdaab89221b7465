import KeywayModel

/// The maker's `error_code`, and what it means to Keyway.
enum ErrorCode {
    /// The cause that a code stands for; one that the contract does not name is a refusal by the device.
    static func cause(of code: String?) -> FailureCause {
        switch code {
        case "LOCK_JAMMED": .lockJammed
        case "BOLT_OBSTRUCTED": .boltObstructed
        case "DEVICE_OFFLINE": .deviceOffline
        default: .rejectedByDevice
        }
    }

    /// The longest text of a maker that is kept on a timeline, in characters.
    private static var maximumDetail: Int { 200 }

    /// The maker's own words, for the timeline: the code, and the message if there is one.
    static func detail(code: String?, message: String?) -> String? {
        let parts = [code, message].compactMap(\.self).filter { !$0.isEmpty }
        return parts.isEmpty ? nil : String(parts.joined(separator: ": ").prefix(maximumDetail))
    }
}

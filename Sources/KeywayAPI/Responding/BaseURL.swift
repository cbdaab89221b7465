import Hummingbird

/// Where a client reaches this server, as the beginning of links.
enum BaseURL {
    /// The configured URL, or else what the request's `Host` says.
    ///
    /// A host with characters that no host has is not repeated in an answer.
    static func of(_ request: Request, configured: String?) -> String {
        if let configured { return configured.hasSuffix("/") ? String(configured.dropLast()) : configured }
        guard let host = request.head.authority, !host.isEmpty, host.utf8.allSatisfy(isHostByte) else {
            return "http://localhost"
        }
        return "http://\(host)"
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}

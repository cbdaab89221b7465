/// A range of IP addresses: those that begin with the same bits.
package struct Network: Hashable, Sendable {
    private let bytes: [UInt8]
    private let length: Int

    /// Parses an address and a number of bits, `10.0.0.0/8`, or an address alone; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        bytes = address.bytes
        guard parts.count == 2 else {
            length = bytes.count * 8
            return
        }
        guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
        self.length = length
    }

    fileprivate init(_ bytes: [UInt8], of count: Int, _ length: Int) {
        self.bytes = bytes + [UInt8](repeating: 0, count: count - bytes.count)
        self.length = length
    }

    /// Whether an address is in it; never for an address of the other version.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        let (whole, rest) = length.quotientAndRemainder(dividingBy: 8)
        guard address.bytes[..<whole] == bytes[..<whole] else { return false }
        return rest == 0 || (address.bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }
}

extension Network {
    static let mapped = Network([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], of: 16, 96)
    static let nat64 = Network([0, 0x64, 0xFF, 0x9B], of: 16, 96)
    static let sixToFour = Network([0x20, 0x02], of: 16, 16)

    /// What is in use on the whole Internet, of version 6.
    static let global = Network([0x20], of: 16, 3)

    /// What is not on the whole Internet, by the registries of IANA for special purposes:
    /// https://www.iana.org/assignments/iana-ipv4-special-registry and
    /// https://www.iana.org/assignments/iana-ipv6-special-registry.
    static let special = [
        // This host, private use, shared by providers, loopback, link-local (cloud metadata is there), private use.
        Network([0], of: 4, 8), Network([10], of: 4, 8), Network([100, 64], of: 4, 10), Network([127], of: 4, 8),
        Network([169, 254], of: 4, 16), Network([172, 16], of: 4, 12),
        // Protocol assignments, documentation, old relays, private use, benchmarks, documentation twice.
        Network([192, 0, 0], of: 4, 24), Network([192, 0, 2], of: 4, 24), Network([192, 88, 99], of: 4, 24),
        Network([192, 168], of: 4, 16), Network([198, 18], of: 4, 15), Network([198, 51, 100], of: 4, 24),
        Network([203, 0, 113], of: 4, 24),
        // Multicast, and reserved with broadcast.
        Network([224], of: 4, 4), Network([240], of: 4, 4),
        // Protocol assignments with Teredo, documentation twice. The rest of version 6 is not in ``global``.
        Network([0x20, 0x01, 0], of: 16, 23), Network([0x20, 0x01, 0x0D, 0xB8], of: 16, 32),
        Network([0x3F, 0xFF, 0], of: 16, 20),
    ]
}

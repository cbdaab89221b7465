/// An IP address as its bytes.
package struct IPAddress: Hashable, Sendable {
    /// 4 bytes, or 16.
    package let bytes: [UInt8]

    /// Makes an address of 4 or 16 bytes; nil for another number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Parses the usual text forms, `192.0.2.1` and `2001:db8::1` or `::ffff:192.0.2.1`; nil for anything else.
    ///
    /// Forms that only some programs take, such as `127.1`, are none.
    package init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.parseVersion6(String(text)) : Self.parseVersion4(String(text))
        else { return nil }
        self.bytes = bytes
    }

    private static func parseVersion4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // No leading zero, which some read as octal.
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part == "0" || !part.hasPrefix("0"), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func parseVersion6(_ text: String) -> [UInt8]? {
        var halves: [[UInt8]] = []
        let parts = text.split(separator: "::", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        for (index, part) in parts.enumerated() {
            guard let half = groups(part, isLast: index == parts.count - 1) else { return nil }
            halves.append(half)
        }
        guard halves.count == 2 else { return halves[0].count == 16 ? halves[0] : nil }
        let missing = 16 - halves[0].count - halves[1].count
        guard missing >= 2 else { return nil }
        return halves[0] + [UInt8](repeating: 0, count: missing) + halves[1]
    }

    /// The bytes of groups of hexadecimal digits; the last two of an address may be in the form of version 4.
    private static func groups(_ text: Substring, isLast: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, group) in groups.enumerated() {
            if isLast, index == groups.count - 1, group.contains(".") {
                guard let tail = parseVersion4(String(group)) else { return nil }
                bytes += tail
            } else {
                guard (1...4).contains(group.utf8.count), group.allSatisfy(\.isHexDigit),
                    let value = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }

    /// The address that a gateway or the own machine would take this one for; itself in most cases.
    ///
    /// These forms carry an address of version 4: mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`) and 6to4
    /// (`2002::/16`).
    var meant: IPAddress {
        let carried: ArraySlice<UInt8>? =
            if Network.mapped.contains(self) || Network.nat64.contains(self) {
                bytes[12...]
            } else if Network.sixToFour.contains(self) {
                bytes[2..<6]
            } else {
                nil
            }
        return carried.flatMap { IPAddress(bytes: Array($0)) } ?? self
    }
}

extension IPAddress: CustomStringConvertible {
    /// The text form, version 6 without any abbreviation.
    package var description: String {
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

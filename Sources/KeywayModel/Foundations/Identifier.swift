/// The identity of one `Subject`, a UUID, so that a device's id cannot be passed where an attempt's is wanted.
///
/// The wire form is the lower-case hyphenated text of RFC 9562, section 4; parsing accepts either case.
package struct Identifier<Subject>: Hashable, Comparable, Sendable {
    /// The first eight bytes, most significant first.
    package let high: UInt64
    /// The last eight bytes, most significant first.
    package let low: UInt64

    /// Makes an identifier from its sixteen bytes.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Takes the sixteen bytes of an identifier source.
    package init(_ raw: RawIdentifier) {
        self.init(high: raw.high, low: raw.low)
    }

    /// Parses `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var position = 0
        for byte in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let nibble = hexadecimalValue(of: byte), position < 36 else { return nil }
                if position < 19 { high = high << 4 | nibble } else { low = low << 4 | nibble }
            }
            position += 1
        }
        guard position == 36 else { return nil }
        self.init(high: high, low: low)
    }

    /// Orders by bytes, so identifiers of version 7 sort by their time of creation.
    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// Sixteen bytes from an ``IdentifierSource``, not yet the identity of anything.
package struct RawIdentifier: Hashable, Sendable {
    /// The first eight bytes, most significant first.
    package let high: UInt64
    /// The last eight bytes, most significant first.
    package let low: UInt64

    /// Makes a raw identifier from its sixteen bytes.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// Where new identifiers come from: random in production, counted in tests and in simulation.
package protocol IdentifierSource: Sendable {
    /// Returns sixteen bytes never returned before by this source.
    func next() -> RawIdentifier
}

extension IdentifierSource {
    /// Returns a new identity for a subject.
    package func next<Subject>(_: Subject.Type = Subject.self) -> Identifier<Subject> {
        Identifier(next() as RawIdentifier)
    }
}

extension Identifier: CustomStringConvertible, LosslessStringConvertible {
    /// The lower-case hyphenated text, written byte by byte: `UUID.uuidString.lowercased()` takes five times as long.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            func write(_ word: UInt64, nibbles range: Range<Int>) {
                for index in range {
                    let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * index)) & 0x0F
                    buffer[position] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
                    position += 1
                }
            }
            func hyphen() {
                buffer[position] = UInt8(ascii: "-")
                position += 1
            }
            write(high, nibbles: 0..<8)
            hyphen()
            write(high, nibbles: 8..<12)
            hyphen()
            write(high, nibbles: 12..<16)
            hyphen()
            write(low, nibbles: 0..<4)
            hyphen()
            write(low, nibbles: 4..<16)
            return 36
        }
    }
}

extension Identifier: Codable {
    /// Reads the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` for a text that is not a UUID.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID")
        }
        self = value
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

private func hexadecimalValue(of byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}

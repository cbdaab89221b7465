/// The `application/x-www-form-urlencoded` text of a query: what the SDKs send and what links in answers contain.
enum FormText {
    /// Splits a query into its pairs, decoded, in order; a name without `=` has an empty value.
    static func pairs(of query: String) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&"))
            .map { pair in
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return (decode(pair), "") }
                return (decode(pair[..<equals]), decode(pair[pair.index(after: equals)...]))
            }
    }

    /// Decodes a name or a value: `+` is a space, a `%` that begins no escape stands for itself, and bytes that are no
    /// UTF-8 become U+FFFD, as in the WHATWG URL standard, section 5.1.
    private static func decode(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let value = escapedByte(rest) {
                rest.removeFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escapedByte(_ text: Substring.UTF8View) -> UInt8? {
        let digits = text.prefix(2)
        guard digits.count == 2, digits.allSatisfy(isHexadecimal) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// Encodes a name or a value as the SDKs do: letters, digits and `*-._` stand for themselves, a space is `+`.
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                result.append(byte)
            case UInt8(ascii: " "): result.append(UInt8(ascii: "+"))
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

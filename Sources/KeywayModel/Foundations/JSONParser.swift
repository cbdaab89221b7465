/// Reads a JSON document (RFC 8259) with a bound on its depth and on the number of its values, so that a small body
/// cannot cost much (G12).
///
/// Both for requests and for what devices and bridges send. Of two members with one name the last counts, as in JavaScript.
package struct JSONParser {
    /// How deep arrays and objects may be nested.
    package static let maximumDepth = 32
    /// How many values, those inside others included, one document may have if its reader does not say otherwise.
    package static let maximumValueCount = 20_000

    /// What is wrong with a document, and where.
    package struct Fault: Error, Hashable {
        /// What is wrong, for the caller.
        package let reason: String
        /// The offset of the byte at which it showed.
        package let offset: Int
    }

    private let bytes: [UInt8]
    private let valueLimit: Int
    private var position = 0
    private var valueCount = 0

    private init(_ bytes: [UInt8], valueLimit: Int) {
        self.bytes = bytes
        self.valueLimit = valueLimit
    }

    /// Reads one document and nothing after it.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - valueLimit: How many values it may have, at least 1.
    /// - Returns: The value.
    /// - Throws: ``Fault`` for anything that is not exactly one JSON value within the bounds.
    package static func parse(
        _ bytes: [UInt8],
        valueLimit: Int = maximumValueCount
    ) throws(Fault) -> JSONValue {
        var parser = JSONParser(bytes, valueLimit: valueLimit)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.fault("there is more after the end of the document") }
        return value
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        skipSpace()
        valueCount += 1
        guard valueCount <= valueLimit else { throw fault("there are more than \(valueLimit) values") }
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case nil: throw fault("the document ends too early")
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        try checkDepth(depth)
        position += 1
        var members: [String: JSONValue] = [:]
        if takeAfterSpace("}") { return .object(members) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault("a name in double quotes is missing") }
            let name = try string()
            guard takeAfterSpace(":") else { throw fault("a colon is missing") }
            members[name] = try value(depth: depth)
        } while takeAfterSpace(",")
        guard takeAfterSpace("}") else { throw fault("a comma or a closing brace is missing") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        try checkDepth(depth)
        position += 1
        var elements: [JSONValue] = []
        if takeAfterSpace("]") { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth))
        } while takeAfterSpace(",")
        guard takeAfterSpace("]") else { throw fault("a comma or a closing bracket is missing") }
        return .array(elements)
    }

    private func checkDepth(_ depth: Int) throws(Fault) {
        guard depth <= Self.maximumDepth else { throw fault("it is nested deeper than \(Self.maximumDepth) levels") }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let matches = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw fault("this is no JSON value") }
        position += text.utf8CodeUnitCount
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(Fault) -> Double {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw fault("a number is too large") }
        return number
    }

    private mutating func digits() throws(Fault) {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw fault("this is no JSON value") }
    }

    // MARK: Strings

    private mutating func string() throws(Fault) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw fault("a string is not valid UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw fault("a string holds a bare control character")
            default: text.append(byte)
            }
        }
        throw fault("a string does not end")
    }

    private mutating func escape() throws(Fault) -> [UInt8] {
        guard let byte = peek else { throw fault("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try unicodeEscape()).utf8)
        default: throw fault("a string has an unknown escape")
        }
    }

    /// Reads the digits after `\u`, and the second half of a surrogate pair; half a pair becomes U+FFFD.
    private mutating func unicodeEscape() throws(Fault) -> Character {
        let first = try hexadecimalUnit()
        guard (0xD800..<0xDC00).contains(first) else { return Character(Unicode.Scalar(first) ?? "\u{FFFD}") }
        let start = position
        if take("\\"), take("u") {
            let second = try hexadecimalUnit()
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return Character(scalar)
            }
        }
        position = start
        return "\u{FFFD}"
    }

    private mutating func hexadecimalUnit() throws(Fault) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("a string has a broken escape") }
        position += 4
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func takeAfterSpace(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        return take(scalar)
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func fault(_ reason: String) -> Fault {
        Fault(reason: reason, offset: position)
    }
}

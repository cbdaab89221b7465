/// Writes values as JSON (RFC 8259), with the keys of every object in the order of their UTF-8 bytes, so that equal
/// values give equal texts.
///
/// It writes what Foundation's `JSONEncoder` writes with sorted keys and slashes left as they are, for everything that
/// encodes itself with keyed, unkeyed and single-value containers; the tests compare the two. It is there because that
/// one builds a tree of objects first: writing JSON was a seventh of the processor time that an unlock costs the server,
/// and now takes half as long.
package enum JSONWriter {
    /// Returns the bytes of a value.
    ///
    /// - Throws: `EncodingError.invalidValue` for a number that JSON cannot say, such as an infinite one; whatever the
    ///   value's own `encode(to:)` throws.
    package static func bytes(of value: some Encodable) throws -> [UInt8] {
        let document = JSONDocument()
        try document.write(value)
        return document.buffer.bytes
    }

    /// Returns the text of a value.
    ///
    /// - Throws: As ``bytes(of:)``.
    package static func text(of value: some Encodable) throws -> String {
        String(decoding: try bytes(of: value), as: UTF8.self)
    }
}

/// The text so far, with the values that are being written, from the outermost to the innermost.
private struct JSONBuffer {
    private(set) var bytes: [UInt8] = []
    /// One for each level that was ever reached; kept, so that their room is used again.
    private var levels: [Level] = []
    private var depth = 0

    /// A value that is being written.
    private struct Level {
        var kind = Kind.unknown
        /// Where it begins.
        var start = 0
        /// Its members, if it is an object.
        var members: [Member] = []
        /// Whether its text has to be put together anew at its end: its members came in another order than that of their
        /// keys, or one of them is nested.
        var needsAssembly = false
    }

    private enum Kind { case unknown, single, array, object }

    /// A member of an object: its key, and where it is in the document, without a comma.
    private struct Member {
        let key: String
        let start: Int
        var end = 0
        /// What follows, if it was asked for as a nested container, which may be written to until the object ends.
        var nested: JSONDocument?
    }

    init() { bytes.reserveCapacity(512) }

    // MARK: Values

    /// Begins a value, and returns its level.
    mutating func open() -> Int {
        let level = depth
        if level == levels.count { levels.append(Level()) }
        levels[level].kind = .unknown
        levels[level].start = bytes.count
        levels[level].members.removeAll(keepingCapacity: true)
        levels[level].needsAssembly = false
        depth += 1
        return level
    }

    /// Ends the innermost value.
    mutating func close() {
        depth -= 1
        switch levels[depth].kind {
        case .single: break
        case .array: bytes.append(UInt8(ascii: "]"))
        case .object:
            if levels[depth].needsAssembly { assemble(depth) }
            bytes.append(UInt8(ascii: "}"))
        case .unknown: append("{}")
        }
    }

    /// Puts the members in the order of their keys; of two with one key the last counts.
    private mutating func assemble(_ level: Int) {
        let (start, members) = (levels[level].start, levels[level].members)
        let unsorted = Array(bytes[start...])
        bytes.removeSubrange((start + 1)...)
        let order = members.indices.sorted { left, right in
            members[left].key == members[right].key ? left < right : members[left].key.precedes(members[right].key)
        }
        for (index, place) in order.enumerated() {
            let member = members[place]
            if index + 1 < order.count, members[order[index + 1]].key == member.key { continue }
            if bytes.count > start + 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += unsorted[(member.start - start)..<(member.end - start)]
            if let nested = member.nested { bytes += nested.finished() }
        }
    }

    // MARK: Containers

    /// Makes a value an object, unless it is one already: a value may ask for its container more than once.
    mutating func beginObject(_ level: Int) {
        if begin(level, as: .object) { bytes.append(UInt8(ascii: "{")) }
    }

    /// Makes a value an array, unless it is one already.
    mutating func beginArray(_ level: Int) {
        if begin(level, as: .array) { bytes.append(UInt8(ascii: "[")) }
    }

    /// Makes a value one that has no parts.
    mutating func beginSingle(_ level: Int) {
        _ = begin(level, as: .single)
    }

    private mutating func begin(_ level: Int, as kind: Kind) -> Bool {
        if levels[level].kind == kind { return false }
        precondition(levels[level].kind == .unknown, "a value encodes itself in one kind of container")
        levels[level].kind = kind
        return true
    }

    /// Writes the key of a member, whose value follows.
    mutating func beginMember(_ key: String, of level: Int, nested: JSONDocument? = nil) {
        if let last = levels[level].members.last {
            bytes.append(UInt8(ascii: ","))
            if !last.key.precedes(key) { levels[level].needsAssembly = true }
        }
        if nested != nil { levels[level].needsAssembly = true }
        levels[level].members.append(Member(key: key, start: bytes.count, nested: nested))
        append(string: key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Ends the latest member of an object.
    mutating func endMember(of level: Int) {
        levels[level].members[levels[level].members.count - 1].end = bytes.count
    }

    /// Begins an element of an array, whose value follows.
    mutating func beginElement(of level: Int) {
        if bytes.count > levels[level].start + 1 { bytes.append(UInt8(ascii: ",")) }
    }

    // MARK: Values without parts

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ flag: Bool) {
        append(flag ? "true" : "false")
    }

    mutating func append(_ number: some FixedWidthInteger) {
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func append<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ number: Number) throws {
        guard number.isFinite else {
            let context = EncodingError.Context(codingPath: [], debugDescription: "JSON cannot say \(number).")
            throw EncodingError.invalidValue(number, context)
        }
        let text = String(number)
        bytes.append(contentsOf: text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8)
    }

    mutating func append(string text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if utf8.allSatisfy(\.isPlainInJSON) {
                bytes.append(contentsOf: utf8)
            } else {
                for byte in utf8 { append(escaping: byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case 0..<0x20:
            append("\\u00")
            for nibble in [byte >> 4, byte & 0x0F] {
                bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            }
        default: bytes.append(byte)
        }
    }
}

extension UInt8 {
    /// Whether the byte stands for itself in a JSON string.
    fileprivate var isPlainInJSON: Bool { self >= 0x20 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\") }
}

extension String {
    /// Whether this comes before another text in the order of their UTF-8 bytes.
    fileprivate func precedes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}

/// The buffer that all containers of a document share.
///
/// Everything that is done to the buffer is one call: each access to a class's property is checked for exclusivity, which
/// would otherwise be a fifth of the work.
private final class JSONDocument {
    var buffer = JSONBuffer()

    /// Writes a value and what is in it.
    ///
    /// After an error nothing can be made of the document any more.
    func write<Value: Encodable>(_ value: Value) throws {
        let level = buffer.open()
        try value.encode(to: ValueEncoder(document: self, level: level))
        buffer.close()
    }

    /// Writes a member of an object.
    func member(_ key: some CodingKey, of level: Int, _ write: (JSONDocument) throws -> Void) rethrows {
        buffer.beginMember(key.stringValue, of: level)
        try write(self)
        buffer.endMember(of: level)
    }

    /// Begins an object that is a member of another; it can be written to until that one ends.
    func nestedObject(_ key: some CodingKey, of level: Int) -> (document: JSONDocument, level: Int) {
        let nested = JSONDocument()
        let nestedLevel = nested.buffer.open()
        nested.buffer.beginObject(nestedLevel)
        buffer.beginMember(key.stringValue, of: level, nested: nested)
        buffer.endMember(of: level)
        return (nested, nestedLevel)
    }

    /// The bytes of a document that was begun as a nested object, which ends now.
    func finished() -> [UInt8] {
        buffer.close()
        return buffer.bytes
    }
}

// MARK: What a value sees

/// A place in the document for one value, small enough to be passed without an allocation.
private struct ValueEncoder: Encoder {
    let document: JSONDocument
    let level: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        document.buffer.beginObject(level)
        return KeyedEncodingContainer(ObjectContainer(document: document, level: level))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        document.buffer.beginArray(level)
        return ArrayContainer(document: document, level: level)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleContainer(document: document, level: level)
    }
}

/// What nothing here asks for: the compiler's own `encode(to:)` nests objects in objects only, for enumerations, and what
/// is written by hand has a type of its own for each value inside another.
private func unsupported() -> Never {
    preconditionFailure("only objects in objects can be nested by hand; give the value a type of its own")
}

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let document: JSONDocument
    let level: Int

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { document.member(key, of: level) { $0.buffer.append("null") } }
    func encode(_ value: Bool, forKey key: Key) { document.member(key, of: level) { $0.buffer.append(value) } }
    func encode(_ value: String, forKey key: Key) {
        document.member(key, of: level) { $0.buffer.append(string: value) }
    }
    func encode(_ value: Int, forKey key: Key) { document.member(key, of: level) { $0.buffer.append(value) } }
    func encode(_ value: Int64, forKey key: Key) { document.member(key, of: level) { $0.buffer.append(value) } }
    func encode(_ value: Double, forKey key: Key) throws {
        try document.member(key, of: level) { try $0.buffer.append(value) }
    }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try document.member(key, of: level) { try $0.write(value) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy _: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        let nested = document.nestedObject(key, of: level)
        return KeyedEncodingContainer(ObjectContainer<NestedKey>(document: nested.document, level: nested.level))
    }
    func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedEncodingContainer { unsupported() }
    func superEncoder() -> any Encoder { unsupported() }
    func superEncoder(forKey _: Key) -> any Encoder { unsupported() }
}

private struct ArrayContainer: UnkeyedEncodingContainer {
    let document: JSONDocument
    let level: Int
    private(set) var count = 0

    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {
        document.buffer.beginElement(of: level)
        document.buffer.append("null")
        count += 1
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        document.buffer.beginElement(of: level)
        try document.write(value)
        count += 1
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy _: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        unsupported()
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { unsupported() }
    func superEncoder() -> any Encoder { unsupported() }
}

private struct SingleContainer: SingleValueEncodingContainer {
    let document: JSONDocument
    let level: Int

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { write { $0.buffer.append("null") } }
    func encode(_ value: Bool) { write { $0.buffer.append(value) } }
    func encode(_ value: String) { write { $0.buffer.append(string: value) } }
    func encode(_ value: Double) throws { try write { try $0.buffer.append(value) } }
    func encode(_ value: Float) throws { try write { try $0.buffer.append(value) } }
    func encode(_ value: Int) { write { $0.buffer.append(value) } }
    func encode(_ value: Int8) { write { $0.buffer.append(value) } }
    func encode(_ value: Int16) { write { $0.buffer.append(value) } }
    func encode(_ value: Int32) { write { $0.buffer.append(value) } }
    func encode(_ value: Int64) { write { $0.buffer.append(value) } }
    func encode(_ value: UInt) { write { $0.buffer.append(value) } }
    func encode(_ value: UInt8) { write { $0.buffer.append(value) } }
    func encode(_ value: UInt16) { write { $0.buffer.append(value) } }
    func encode(_ value: UInt32) { write { $0.buffer.append(value) } }
    func encode(_ value: UInt64) { write { $0.buffer.append(value) } }

    func encode<Value: Encodable>(_ value: Value) throws {
        try value.encode(to: ValueEncoder(document: document, level: level))
    }

    private func write(_ write: (JSONDocument) throws -> Void) rethrows {
        document.buffer.beginSingle(level)
        try write(document)
    }
}

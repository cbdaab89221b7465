import FoundationEssentials
import KeywayModel
import KeywayTestKit
import Testing

@Suite("Written JSON")
struct JSONWriterTests {
    /// What it has to equal, byte for byte: texts in the database are compared with each other.
    private func reference(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test(
        "Values without parts are written as Foundation writes them",
        arguments: [
            JSONValue.null, .bool(true), .bool(false), .number(0), .number(-7), .number(0.1), .number(1e21),
            .number(-1.5e-9), .number(9_007_199_254_740_992), .number(.greatestFiniteMagnitude), .string(""),
            .string("a/b"), .string("\"\\\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}"), .string("é😀\u{2028}"),
        ]
    )
    func scalars(value: JSONValue) throws {
        #expect(try JSONWriter.text(of: value) == reference(value))
        #expect(try JSONWriter.text(of: [value]) == reference([value]))
        #expect(try JSONWriter.text(of: ["key": value]) == reference(["key": value]))
    }

    @Test("Whatever is inside what, the text is Foundation's")
    func nesting() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let value = Self.document(depth: 4, &random)
            #expect(try JSONWriter.text(of: value) == reference(value))
        }
    }

    private static func document(depth: Int, _ random: inout some RandomNumberGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .number(.random(in: -1e6...1e6, using: &random))
        case 3: .number(Double(Int.random(in: -1_000_000...1_000_000, using: &random)))
        case 4: .string(text(&random))
        case 5: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in document(depth: depth - 1, &random) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...6, using: &random))
                        .map { _ in
                            (text(&random), document(depth: depth - 1, &random))
                        },
                    uniquingKeysWith: { $1 }
                )
            )
        }
    }

    private static func text(_ random: inout some RandomNumberGenerator) -> String {
        let letters: [Unicode.Scalar] = ["a", "b", "Z", "_", "0", "\"", "\\", "\n", "\u{1}", "/", "é", "😀", "\u{FFFF}"]
        var text = ""
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            text.unicodeScalars.append(letters.randomElement(using: &random) ?? "a")
        }
        return text
    }

    /// Asks for its container twice and writes keys out of order, optional ones and one of them twice.
    private struct Odd: Encodable {
        private enum Key: String, CodingKey { case b, a, c, d }

        func encode(to encoder: any Encoder) throws {
            var first = encoder.container(keyedBy: Key.self)
            try first.encode(1, forKey: .b)
            try first.encodeNil(forKey: .d)
            var second = encoder.container(keyedBy: Key.self)
            try second.encodeIfPresent(String?.none, forKey: .c)
            try second.encode([Int?.some(1), nil], forKey: .a)
            try second.encode("again", forKey: .b)
        }
    }

    private struct Empty: Encodable {}

    private struct Unsorted: Encodable {
        let b = 1
        let a = Double.infinity
    }

    private enum Choice: Encodable {
        case none
        case one(Odd?, name: String)
        case several([Int])
    }

    @Test("Enumerations are written as the compiler has them write themselves")
    func enumerations() throws {
        let choices = [Choice.one(Odd(), name: "a"), .none, .several([1, 2]), .one(nil, name: "b")]
        #expect(try JSONWriter.text(of: choices) == reference(choices))
        #expect(
            try JSONWriter.text(of: [choices[0]])
                == #"[{"one":{"_0":{"a":[1,null],"b":"again","d":null},"name":"a"}}]"#
        )
    }

    @Test("Keys are sorted, and of two with one name the last counts")
    func order() throws {
        #expect(try JSONWriter.text(of: Odd()) == #"{"a":[1,null],"b":"again","d":null}"#)
        #expect(try JSONWriter.text(of: [Odd()]) == #"[{"a":[1,null],"b":"again","d":null}]"#)
        #expect(try JSONWriter.text(of: [Empty(), Empty()]) == "[{},{}]")
        #expect(try JSONWriter.text(of: [[String]]()) == "[]")
    }

    @Test("Every kind of number is written")
    func numbers() throws {
        #expect(try JSONWriter.text(of: [Int8.min]) == "[-128]")
        #expect(try JSONWriter.text(of: [UInt64.max]) == "[18446744073709551615]")
        #expect(try JSONWriter.text(of: ["a": UInt16.max]) == #"{"a":65535}"#)
        #expect(try JSONWriter.text(of: ["a": Float(0.5)]) == #"{"a":0.5}"#)
    }

    @Test("What JSON cannot say is an error")
    func refusing() {
        #expect(throws: EncodingError.self) { try JSONWriter.text(of: ["a": Double.infinity]) }
        #expect(throws: EncodingError.self) { try JSONWriter.text(of: [Double.nan]) }
        #expect(throws: EncodingError.self) { try JSONWriter.text(of: [Unsorted()]) }
    }
}

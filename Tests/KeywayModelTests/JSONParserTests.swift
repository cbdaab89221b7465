import KeywayModel
import Testing

@Suite("JSON documents")
struct JSONParserTests {
    @Test(
        "Documents are read",
        arguments: [
            ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
            ("0", .number(0)), ("-0.5e-1", .number(-0.05)), ("12E2", .number(1200)),
            (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{C}\n\r\t")),
            (#""\u00e9\uD83D\uDE00""#, .string("é😀")), (#""\ud800x""#, .string("\u{FFFD}x")),
            (#""\ud800\u0041""#, .string("\u{FFFD}A")), ("\"é😀\"", .string("é😀")),
            ("[]", .array([])), ("[1, [2]]", .array([.number(1), .array([.number(2)])])),
            ("{}", .object([:])), (#"{"a":{"b":[]}}"#, .object(["a": .object(["b": .array([])])])),
            (#"{"a":1,"a":2}"#, .object(["a": .number(2)])),
        ]
    )
    func reading(text: String, expected: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == expected)
    }

    @Test(
        "Everything else is refused",
        arguments: [
            "", " ", "nul", "True", "01", "1.", ".5", "+1", "1e", "-", "NaN", "1e999", "[1,]", "[1 2]", "[", "{",
            "{a:1}",
            #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "\"", "\"\n\"", #""\x""#, #""\u12""#, "1 2", "{} {}", "'a'",
            "\u{FEFF}1",
        ]
    )
    func refusing(text: String) {
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("Bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test("G12 depth is bounded: the last level passes, one more does not")
    func depth() throws {
        let fits = JSONParser.maximumDepth
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONParser.parse(nested(fits))
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(nested(fits + 1)) }
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(nested(500_000)) }
    }

    @Test("G12 the number of values is bounded: the last one passes, one more does not")
    func count() throws {
        // The list itself is a value too.
        func list(_ count: Int) -> [UInt8] {
            Array(("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]").utf8)
        }
        _ = try JSONParser.parse(list(JSONParser.maximumValueCount - 1))
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(list(JSONParser.maximumValueCount)) }
        _ = try JSONParser.parse(list(9), valueLimit: 10)
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(list(10), valueLimit: 10) }
    }
}

import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Schemas in the words of JSON Schema 2020-12")
struct SchemaInJSONTests {
    private static let pattern = TextPattern("[0-9]+", fault: "Digits only", sample: "1")

    @Test(
        "Each type has its words",
        arguments: [
            (Schema.uuid, #"{"type":"string","format":"uuid"}"#),
            (.text, #"{"type":"string"}"#),
            (.string(length: 1...40), #"{"type":"string","minLength":1,"maxLength":40}"#),
            (.email, #"{"type":"string","format":"email"}"#),
            (.boolean, #"{"type":"boolean"}"#),
            (.integer(1 ... .max), #"{"type":"integer","minimum":1}"#),
            (.integer(.min...5), #"{"type":"integer","maximum":5}"#),
            (.number(0...1), #"{"type":"number","minimum":0,"maximum":1}"#),
            (.dateTime, #"{"type":"string","format":"date-time"}"#),
            (.enumeration(["a", "b"]), #"{"type":"string","enum":["a","b"]}"#),
            (.literal(false), #"{"type":"boolean","const":false}"#),
            (
                .array(of: .boolean, count: 2...2),
                #"{"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":2}"#
            ),
            (.record(of: .boolean), #"{"type":"object","additionalProperties":{"type":"boolean"}}"#),
            (.anyOf([.boolean, .text]), #"{"anyOf":[{"type":"boolean"},{"type":"string"}]}"#),
            (
                .pattern(pattern, length: 0...4),
                #"{"type":"string","maxLength":4,"pattern":"^([0-9]+)$"}"#
            ), (.word(of: ["a"]), #"{"type":"string","enum":["a"]}"#),
            (
                .record(of: .boolean, keys: pattern, count: 0...50),
                #"""
                {"type":"object","additionalProperties":{"type":"boolean"},"propertyNames":{"pattern":"^([0-9]+)$"},
                "maxProperties":50}
                """#
            ),
            (.named(.pagination), ##"{"$ref":"#/components/schemas/pagination"}"##),
            (.anything, "{}"),
            (.nullable(.text), #"{"type":["string","null"]}"#),
            (.nullable(.enumeration(["a"])), #"{"type":["string","null"],"enum":["a",null]}"#),
            (.nullable(.uuid), #"{"anyOf":[{"type":"string","format":"uuid"},{"type":"null"}]}"#),
            (.nullable(.anyOf([.text])), #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#),
            (
                .nullable(.named(.pagination)),
                ##"{"anyOf":[{"$ref":"#/components/schemas/pagination"},{"type":"null"}]}"##
            ),
            (.nullable(.anything), "{}"),
        ]
    )
    func types(schema: Schema, expected: String) throws {
        #expect(JSONValue.object(schema.jsonSchema) == (try JSONValue(expected)))
    }

    @Test("An object names its keys, those that are always there, and what they mean; it is open for others")
    func objects() throws {
        let schema = Schema.object([.always("a", .boolean, "First."), .sometimes("b", .text, "Second.")])
        let expected = try JSONValue(
            """
            {"type":"object","required":["a"],"properties":{"a":{"type":"boolean","description":"First."},
            "b":{"type":"string","description":"Second."}}}
            """
        )
        #expect(JSONValue.object(schema.jsonSchema) == expected)
    }

    @Test("A default is told")
    func defaults() {
        let parameter = Parameter.defaulted("limit", .integer(1...9), .number(5), "How many.")
        #expect(parameter.declaration.jsonSchema["default"] == .number(5))
    }

    @Test("A named schema is found wherever it occurs, and those in it too")
    func names() {
        let inner = NamedSchema("inner", .boolean, "")
        let outer = NamedSchema("outer", .object([.always("a", .nullable(.list(of: .named(inner))), "")]), "")
        #expect(Schema.anyOf([.record(of: .named(outer)), .text]).namedSchemas == [outer, inner])
    }
}

import KeywayModel
import NIOCore
import Testing

@testable import KeywayAPI

@Suite("Validation, wire contract 1.5")
struct ValidatorTests {
    private static func declared(
        _ name: String,
        _ schema: Schema,
        isRequired: Bool = false,
        default value: JSONValue? = nil
    ) -> ParameterDeclaration {
        ParameterDeclaration(
            name: name,
            schema: schema,
            isRequired: isRequired,
            defaultValue: value,
            documentation: ""
        )
    }

    private static let pattern = TextPattern("[0-9]+", fault: "Digits only", sample: "1")
    private static let digits = Schema.pattern(pattern, length: 0...4)

    /// What is wrong with one value of a schema.
    private static func issues(_ schema: Schema, _ value: String) throws -> [InputIssue] {
        let input = JSONValue.object(["p": try JSONValue(value)])
        do {
            _ = try Validator.validate(input, [declared("p", schema)])
            return []
        } catch {
            return error.issues
        }
    }

    @Test(
        "Each type says what zod says",
        arguments: [
            (Schema.uuid, "4", "Expected string, received number"),
            (.uuid, #""x""#, "Invalid uuid"),
            (.uuid, "null", "Expected string, received null"),
            (.string(length: 1 ... .max), #""""#, "String must contain at least 1 character(s)"),
            (.text, "[]", "Expected string, received array"),
            (.boolean, #""yes""#, "Expected boolean, received string"),
            (.integer(1...Int.max), "0", "Number must be greater than 0"),
            (.integer(1...Int.max), "1.5", "Expected integer, received float"),
            (.integer(0...10), "-1", "Number must be greater than or equal to 0"),
            (.integer(0...10), "11", "Number must be less than or equal to 10"),
            (.integer(0...10), "{}", "Expected number, received object"),
            (.number(1...86400), "0.5", "Number must be greater than or equal to 1"),
            (.number(1...86400), "86400.5", "Number must be less than or equal to 86400"),
            (.number(1...86400), "true", "Expected number, received boolean"),
            (.dateTime, #""tomorrow""#, "Invalid datetime"),
            (.enumeration(["a", "b"]), #""c""#, "Invalid enum value. Expected 'a' | 'b', received 'c'"),
            (.enumeration(["a", "b"]), "1", "Expected 'a' | 'b', received number"),
            (.array(of: .uuid, count: 0 ... .max), "4242", "Expected array, received number"),
            (.array(of: .boolean, count: 2...2), "[true]", "Array must contain exactly 2 element(s)"),
            (.array(of: .boolean, count: 1...2), "[]", "Array must contain at least 1 element(s)"),
            (.array(of: .boolean, count: 0...1), "[true,true]", "Array must contain at most 1 element(s)"),
            (.record(of: .boolean), "4", "Expected object, received number"),
            (.object([]), "null", "Expected object, received null"),
            (.nullable(.boolean), "1", "Expected boolean, received number"),
            (digits, #""12a""#, "Digits only"), (digits, #""12\n""#, "Digits only"),
            (digits, #""12345""#, "String must contain at most 4 character(s)"),
            (digits, "1", "Expected string, received number"),
            (.word(of: ["a"]), "1", "Expected string, received number"),
            (.record(of: .boolean, count: 0...1), #"{"a":true,"b":true}"#, "Record must contain at most 1 pair(s)"),
            (.record(of: .boolean, keys: pattern), #"{"1":true,"b":true}"#, "Digits only"),
        ]
    )
    func texts(schema: Schema, value: String, expected: String) throws {
        #expect(try Self.issues(schema, value) == [InputIssue(["p"], expected)])
    }

    @Test(
        "What fits passes",
        arguments: [
            (Schema.uuid, #""00000000-0000-8000-8000-000000000001""#),
            (.uuid, #""ABCDEFAB-0000-8000-8000-000000000001""#),
            (.string(length: 1 ... .max), #""é""#), (.boolean, "false"), (.integer(1...Int.max), "1"),
            (.integer(1...Int.max), "1e15"), (.integer(0...10), "10"), (.number(1...86400), "1"),
            (.number(1...86400), "86400"), (.dateTime, #""2026-01-01""#), (.dateTime, #""2026-01-01T00:00:00+01:00""#),
            (.enumeration(["a"]), #""a""#), (.array(of: .boolean, count: 0...2), "[true,false]"),
            (.record(of: .nullable(.anyOf([.text, .boolean]))), #"{"a":"x","b":true,"c":null}"#),
            (.nullable(.boolean), "null"), (digits, #""1234""#), (.word(of: ["a"]), #""b""#),
            (.record(of: .boolean, keys: pattern, count: 1...2), #"{"1":true,"2":true}"#),
            // Taken as the largest number there is.
            (.integer(1...Int.max), "1e30"),
        ]
    )
    func valid(schema: Schema, value: String) throws {
        #expect(try Self.issues(schema, value).isEmpty)
    }

    @Test("Unknown names are dropped, inside objects too, and defaults are filled in")
    func result() throws {
        let parameters = [
            Self.declared("a", .object([Self.declared("b", .boolean)])),
            Self.declared("limit", .integer(1...10), default: .number(5)),
            Self.declared("absent", .boolean),
        ]
        let values = try Validator.validate(JSONValue(#"{"a":{"b":true,"x":1},"y":2}"#), parameters)
        #expect(values == ["a": .object(["b": .bool(true)]), "limit": .number(5)])
    }

    /// The error of a request with these parameters.
    private static func refusal(
        _ input: String,
        _ parameters: [ParameterDeclaration],
        needsOneOf names: [String] = []
    ) throws -> (message: String?, tree: JSONValue) {
        let input = try JSONValue(input)
        let error = #expect(throws: APIError.self) {
            try Validator.validate(input, parameters, needsOneOf: names)
        }
        #expect(error?.type == "invalid_input")
        let bytes = try JSONOutput.bytes(of: IssueTree(error?.issues ?? []))
        return (error?.message, try JSONParser.parse(Array(bytes.readableBytesView)))
    }

    @Test("The message of one missing value says that it is required")
    func requiredMessage() throws {
        let (message, tree) = try Self.refusal("{}", [Self.declared("device_id", .uuid, isRequired: true)])
        #expect(message == "device_id is required")
        #expect(try tree == JSONValue(#"{"_errors":[],"device_id":{"_errors":["Required"]}}"#))
    }

    @Test("The message of one wrong value names it")
    func oneMessage() throws {
        let (message, tree) = try Self.refusal(#"{"device_id":"x"}"#, [Self.declared("device_id", .uuid)])
        #expect(message == #"Invalid uuid for "device_id""#)
        #expect(try tree == JSONValue(#"{"_errors":[],"device_id":{"_errors":["Invalid uuid"]}}"#))
    }

    @Test("The message of several counts and lists them")
    func severalMessages() throws {
        let parameters = [Self.declared("a", .uuid, isRequired: true), Self.declared("b", .boolean)]
        let (message, tree) = try Self.refusal(#"{"b":1}"#, parameters)
        #expect(message == #"2 Input Errors: a is required, Expected boolean, received number for "b""#)
        #expect(
            try tree
                == JSONValue(
                    #"{"_errors":[],"a":{"_errors":["Required"]},"b":{"_errors":["Expected boolean, received number"]}}"#
                )
        )
    }

    @Test("Elements are keyed by index and nested objects by name")
    func nested() throws {
        let parameters = [
            Self.declared("ids", .array(of: .uuid, count: 0 ... .max)),
            Self.declared(
                "o",
                .object([Self.declared("x", .object([Self.declared("y", .boolean, isRequired: true)]))])
            ),
        ]
        let (message, tree) = try Self.refusal(#"{"ids":[1,"x"],"o":{"x":{}}}"#, parameters)
        #expect(
            message
                == #"3 Input Errors: Expected string, received number for "ids.0", Invalid uuid for "ids.1", o.x.y is required"#
        )
        #expect(
            try tree
                == JSONValue(
                    #"""
                    {"_errors":[],
                     "ids":{"_errors":[],"0":{"_errors":["Expected string, received number"]},"1":{"_errors":["Invalid uuid"]}},
                     "o":{"_errors":[],"x":{"_errors":[],"y":{"_errors":["Required"]}}}}
                    """#
                )
        )
    }

    @Test("A value that fits no alternative shows what each of them says")
    func alternatives() throws {
        let parameters = [Self.declared("m", .record(of: .nullable(.anyOf([.text, .boolean]))))]
        let (message, tree) = try Self.refusal(#"{"m":{"k":4}}"#, parameters)
        #expect(message == #"Invalid input for "m.k""#)
        #expect(
            try tree
                == JSONValue(
                    #"""
                    {"_errors":[],"m":{"_errors":[],
                     "k":{"_errors":["Expected string, received number","Expected boolean, received number"]}}}
                    """#
                )
        )
    }

    @Test("A fault of the whole request is at the root of the tree", arguments: ["[]", #""text""#, "null"])
    func root(input: String) throws {
        let (message, tree) = try Self.refusal(input, [])
        let kind = try JSONValue(input).kindName
        #expect(message == "Expected object, received \(kind)")
        #expect(try tree == JSONValue(#"{"_errors":["Expected object, received \#(kind)"]}"#))
    }

    @Test("Where one of several is needed, none is a fault of the whole request")
    func needsOneOf() throws {
        let parameters = [Self.declared("a", .boolean), Self.declared("b", .boolean)]
        let (message, tree) = try Self.refusal("{}", parameters, needsOneOf: ["a", "b"])
        #expect(message == "At least one of a, b is required")
        #expect(try tree == JSONValue(#"{"_errors":["At least one of a, b is required"]}"#))
        _ = try Validator.validate(JSONValue(#"{"b":true}"#), parameters, needsOneOf: ["a", "b"])
    }
}

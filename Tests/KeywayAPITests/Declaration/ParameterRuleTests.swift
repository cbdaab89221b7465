import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Rules by which parameters depend on each other")
struct ParameterRuleTests {
    private enum Mode: String, CaseIterable {
        case fast
        case slow
    }

    private static let mode = Parameter.defaulted("mode", .oneOf(Mode.self), .string("fast"), ".")
    private static let speed = Parameter.optional("speed", .integer(1...9), ".")
    private static let isTimed = Parameter.defaulted("is_timed", .boolean(), .bool(false), ".")
    private static let time = Parameter.optional("time", .integer(1...9), ".")
    private static let rules: [ParameterRule] = [
        .only(speed, with: mode, .fast), .needed(time, with: mode, .slow), .needed(time, withTrue: isTimed),
        .notBoth(speed, time),
    ]

    @Test(
        "A parameter may or must be given only with the value it depends on, a default counting as given",
        arguments: [
            ("{}", nil), (#"{"speed":1}"#, nil), (#"{"mode":"slow","time":1}"#, nil),
            (#"{"mode":"slow","time":1,"speed":1}"#, "Only allowed if mode is fast for \"speed\""),
            (#"{"mode":"slow"}"#, "time is required"), (#"{"is_timed":true}"#, "time is required"),
            (#"{"is_timed":false}"#, nil), (#"{"speed":1,"time":1}"#, "Give speed or time, not both"),
        ]
    )
    func faults(input: String, expected: String?) throws {
        let declarations = [
            Self.mode.declaration, Self.speed.declaration, Self.isTimed.declaration, Self.time.declaration,
        ]
        var message: String?
        do {
            _ = try Validator.validate(try JSONValue(input), declarations, rules: Self.rules)
        } catch let error as APIError {
            message = error.message
        }
        #expect(message == expected)
    }

    @Test("A rule is told in JSON Schema and in words")
    func telling() throws {
        let declarations = [Self.mode.declaration, Self.speed.declaration]
        let expected = [
            #"{"dependentSchemas":{"speed":{"properties":{"mode":{"const":"fast"}}}}}"#,
            #"{"if":{"properties":{"mode":{"const":"slow"}},"required":["mode"]},"then":{"required":["time"]}}"#,
            #"{"if":{"properties":{"is_timed":{"const":true}},"required":["is_timed"]},"then":{"required":["time"]}}"#,
            #"{"not":{"required":["speed","time"]}}"#,
        ]
        for (rule, text) in zip(Self.rules, expected) {
            #expect(JSONValue.object(rule.jsonSchema(among: declarations)) == (try JSONValue(text)))
        }
        #expect(Self.rules[3].sentence == "`speed` and `time` exclude each other.")
        #expect(Self.rules[0].sentence == "`speed` is allowed only if mode is fast.")
        #expect(Self.rules[2].sentence == "`time` is needed if is_timed is true.")
    }
}

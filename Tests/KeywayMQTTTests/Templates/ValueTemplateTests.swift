import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Value templates")
struct ValueTemplateTests {
    private static func render(_ source: String, _ payload: String) throws -> String? {
        let template = try ValueTemplate(source, variables: ["value", "value_json"])
        return Message(topic: "t", payload: Array(payload.utf8)).value(template)
    }

    @Test(
        "The usual forms are understood",
        arguments: [
            ("{{ value }}", "LOCKED", "LOCKED"), ("{{value|lower}}", "LOCKED", "locked"),
            ("{{ value_json.state }}", #"{"state":"LOCK"}"#, "LOCK"),
            ("{{ value_json.a.b }}", #"{"a":{"b":"x"}}"#, "x"),
            ("{{ value_json['a'] }}", #"{"a":"x"}"#, "x"), (#"{{ value_json["a b"].c }}"#, #"{"a b":{"c":"x"}}"#, "x"),
            ("{{ value_json[1] }}", #"["x","y"]"#, "y"), ("{{ value_json[-1] }}", #"["x","y"]"#, "y"),
            ("{{ value_json.a | upper | trim }}", #"{"a":" x "}"#, "X"),
            ("{{ value_json.a | int }}", #"{"a":"45.9"}"#, "45"), ("{{ value_json.a|int(7) }}", #"{"a":"x"}"#, "7"),
            ("{{ value_json.a | float }}", #"{"a":"45"}"#, "45.0"), ("{{ value | float(0) }}", "x", "0"),
            ("{{ value_json.a | string }}", #"{"a":5}"#, "5"), ("{{ value_json.a | round(1) }}", #"{"a":2.25}"#, "2.2"),
            ("{{ value_json.a | round }}", #"{"a":"2.5"}"#, "2"),
            ("{{ value_json.a | default('none') }}", "{}", "none"),
            ("{{ value_json.a | default('none', true) }}", #"{"a":""}"#, "none"),
            ("{{ value_json.a | d('x') | upper }}", "{}", "X"),
            ("{{ 'A' if value_json.x == 'y' else 'B' }}", #"{"x":"y"}"#, "A"),
            ("{{ 'A' if value_json.x == 'y' else 'B' }}", #"{"x":"z"}"#, "B"),
            ("{{'true' if value_json.value else 'false'}}", #"{"value":true}"#, "true"),
            ("{{'true' if value_json.value else 'false'}}", #"{"value":0}"#, "false"),
            ("{{ 'A' if value in ['1', '2'] else 'B' if value == '3' else 'C' }}", "3", "B"),
            ("{{ 'A' if value not in ('1', '2') and not value == '3' else 'B' }}", "4", "A"),
            ("{{ 'A' if value_json.x is defined else 'B' }}", "{}", "B"),
            ("{{ 'A' if value_json.x is not none else 'B' }}", #"{"x":null}"#, "B"),
            ("{{ 'A' if value_json.x > 5 or value_json.y < -1 else 'B' }}", #"{"x":5,"y":-2}"#, "A"),
            ("{% if value == '1' %}on{% elif value == '2' %}off{% else %}other{% endif %}", "2", "off"),
            ("{% if value == '1' -%}  on {%- else %} off {% endif %}", "1", "on"),
            ("{%- if value_json.a %}{% if value_json.b %}both{% endif %}{% endif -%}", #"{"a":1,"b":1}"#, "both"),
            ("< {{- value -}} >", "x", "<x>"), ("a {# not this }} #}b", "", "a b"),
            ("{{ '}}' }}{{ \"{{\" }}", "", "}}{{"), ("plain", "", "plain"), ("{ {{ value }} }", "x", "{ x }"),
            (#"{{ 'it\'s' }}"#, "", "it's"), ("{{ (value) }}", "x", "x"),
        ]
    )
    func understood(source: String, payload: String, expected: String) throws {
        #expect(try Self.render(source, payload) == expected)
    }

    @Test(
        "Values become text as Python writes them",
        arguments: [
            ("255", "255"), ("255.5", "255.5"), ("true", "True"), ("false", "False"), ("null", "None"),
            ("-0.5", "-0.5"),
            ("1e30", "1e+30"), (#""é""#, "é"),
        ]
    )
    func text(json: String, expected: String) throws {
        #expect(try Self.render("{{ value_json }}", json) == expected)
    }

    @Test(
        "Values are compared as in Python",
        arguments: [
            ("value_json.a == 255", #"{"a":255}"#, true), ("value_json.a == 255", #"{"a":"255"}"#, false),
            ("value_json.a == '255'", #"{"a":255}"#, false), ("value_json.a == 1", #"{"a":true}"#, true),
            ("value_json.a == 1.0", #"{"a":1}"#, true), ("value_json.a == none", #"{"a":null}"#, true),
            ("value_json.a != 'x'", "{}", true), ("value_json.a == [1, 'b']", #"{"a":[true,"b"]}"#, true),
            ("'a' in value_json", #"{"a":null}"#, true), ("'bc' in value", "abcd", true),
            ("'a' in value_json.x", "{}", false),
            ("value_json.a is string", #"{"a":"1"}"#, true), ("value_json.a is number", #"{"a":"1"}"#, false),
            ("value_json.a is boolean", #"{"a":true}"#, true), ("value_json.a is undefined", "{}", true),
        ]
    )
    func comparison(condition: String, payload: String, expected: Bool) throws {
        #expect(try Self.render("{{ \(condition) }}", payload) == (expected ? "True" : "False"))
    }

    @Test(
        "Whatever else Jinja can do is refused",
        arguments: [
            "{{ states('lock.front') }}", "{{ now() }}", "{{ value_json.get('a') }}", "{{ value_json.items }}",
            "{{ value_json[value] }}", "{{ value | regex_replace('a', 'b') }}", "{{ value | default }}",
            "{{ value | upper('x') }}", "{{ value_json.a + 1 }}", "{{ value ~ 'x' }}", "{{ 1 < value < 3 }}",
            "{% set a = 1 %}{{ a }}", "{% for a in value %}x{% endfor %}", "{% if value %}x", "{% endif %}",
            "{% if value %}a{% else %}b{% else %}c{% endif %}", "{{ value", "{{ 'x }}", "{{ }}", "{{ value value }}",
            "{{ value. }}", "{{ (value }}", "{{ ['a' 'b'] }}", "{{ if }}", "{{ value | }}", "{{ - 'x' }}",
            "{{ code }}", "{{ value is odd }}", #"{{ '\x41' }}"#, "{{ 99999999999999999999 }}",
            "{{ value | round(9) }}",
        ]
    )
    func refused(source: String) {
        #expect(throws: TemplateFault.self) { try ValueTemplate(source, variables: ["value", "value_json"]) }
    }

    @Test("G12 templates are bounded in length and in depth")
    func bounds() throws {
        let variables: Set<String> = ["value"]
        let longest = String(repeating: "x", count: ValueTemplate.maximumLength)
        _ = try ValueTemplate(longest, variables: variables)
        #expect(throws: TemplateFault.self) { try ValueTemplate(longest + "x", variables: variables) }
        func nested(_ depth: Int) -> String {
            "{{ \(String(repeating: "(", count: depth))value\(String(repeating: ")", count: depth)) }}"
        }
        _ = try ValueTemplate(nested(10), variables: variables)
        #expect(throws: TemplateFault.self) { try ValueTemplate(nested(900), variables: variables) }
        let conditions = String(repeating: "{% if value %}", count: 50) + String(repeating: "{% endif %}", count: 50)
        #expect(throws: TemplateFault.self) { try ValueTemplate(conditions, variables: variables) }
    }

    @Test(
        "A message that a template cannot say anything about is ignored",
        arguments: [
            ("{{ value_json.state }}", "LOCKED"), ("{{ value_json.a.b }}", "{}"), ("{{ value_json.state }}", "{}"),
            ("{{ value_json }}", "[1]"), ("{{ value_json.a }}", #"{"a":{}}"#), ("{{ value | int }}", "x"),
            ("{{ value | float }}", "nan"), ("{{ value_json.a > 1 }}", #"{"a":"2"}"#),
            ("{{ value_json.a | is_defined }}", "{}"), ("{{ value_json.a[0] }}", "{}"), ("{{ value }}", "  "),
            ("{{ 'x' if value == 'y' }}", "n"), ("{{ value_json.a | round }}", #"{"a":"b"}"#),
        ]
    )
    func silent(source: String, payload: String) throws {
        #expect(try Self.render(source, payload) == nil)
    }
}

import HTTPTypes
import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Query notation, wire contract 1.2")
struct QueryParserTests {
    private static let parameters: [ParameterDeclaration] = [
        declared("list", .array(of: .text, count: 0 ... .max)),
        declared("numbers", .array(of: .number(-1e300...1e300), count: 0 ... .max)),
        declared("text", .text),
        declared("maybe", .nullable(.text)),
        declared("flag", .boolean),
        declared("number", .number(-1e300...1e300)),
        declared("date", .dateTime),
        declared("meta", .record(of: .nullable(.anyOf([.text, .boolean])))),
        declared(
            "object",
            .object([
                declared("inner", .number(-1e300...1e300)), declared("deep", .object([declared("flag", .boolean)])),
            ])
        ),
    ]

    private static func declared(_ name: String, _ schema: Schema) -> ParameterDeclaration {
        ParameterDeclaration(name: name, schema: schema, isRequired: false, defaultValue: nil, documentation: "")
    }

    private static func parse(_ query: String) throws -> JSONValue {
        .object(try QueryParser(query).parse(parameters))
    }

    @Test(
        "Strict: a text means one thing only",
        arguments: [
            // Arrays: repeated only, commas literal, k[] another name.
            ("list=a&list=b", #"{"list":["a","b"]}"#),
            ("list=a", #"{"list":["a"]}"#),
            ("list=a,b", #"{"list":["a,b"]}"#),
            ("list[]=a&list[]=b", "{}"),
            ("list[0]=a", "{}"),
            ("list=", #"{"list":[]}"#),
            ("list=+", #"{"list":[" "]}"#),
            ("numbers=1&numbers=2.5", #"{"numbers":[1,2.5]}"#),
            // Empty values are null, of an array empty.
            ("text=", #"{"text":null}"#), ("text", #"{"text":null}"#),
            ("maybe=", #"{"maybe":null}"#),
            ("flag=", #"{"flag":null}"#), ("number=", #"{"number":null}"#), ("date=", #"{"date":null}"#),
            ("meta=", #"{"meta":null}"#), ("object=", #"{"object":null}"#),
            // Booleans: two words, never trimmed.
            ("flag=true", #"{"flag":true}"#), ("flag=false", #"{"flag":false}"#),
            ("flag=yes", #"{"flag":"yes"}"#), ("flag=1", #"{"flag":"1"}"#), ("flag=TRUE", #"{"flag":"TRUE"}"#),
            ("flag=+true", #"{"flag":" true"}"#),
            // Numbers; what does not parse stays a text.
            ("number=20", #"{"number":20}"#), ("number=0.5", #"{"number":0.5}"#),
            ("number=1e%2B21", #"{"number":1e21}"#),
            ("number=-3", #"{"number":-3}"#), ("number=+3", #"{"number":" 3"}"#), ("number=abc", #"{"number":"abc"}"#),
            ("number=Infinity", #"{"number":"Infinity"}"#), ("number=0x10", #"{"number":"0x10"}"#),
            ("number=nan", #"{"number":"nan"}"#), ("number=1e999", #"{"number":"1e999"}"#),
            ("date=2026-03-01T09:30:00.000Z", #"{"date":"2026-03-01T09:30:00.000Z"}"#),
            // Records and objects are dotted; a record's values stay texts.
            ("meta.floor=2&meta.paid=true", #"{"meta":{"floor":"2","paid":"true"}}"#),
            ("meta.floor=", #"{"meta":{"floor":null}}"#),
            ("object.inner=4&object.deep.flag=true", #"{"object":{"inner":4,"deep":{"flag":true}}}"#),
            ("object.other=4", #"{"object":{}}"#), ("object=x", #"{"object":"x"}"#), ("meta=x", #"{"meta":"x"}"#),
            // Unknown names are ignored, and names under a plain parameter are unknown.
            ("other=1&text.x=2", "{}"),
            // Decoding.
            ("text=a+b%20c%2Bd", #"{"text":"a b c+d"}"#), ("text=100%", #"{"text":"100%"}"#),
            ("text=%zz", #"{"text":"%zz"}"#), ("te%78t=ok", #"{"text":"ok"}"#), ("text=%C3%A9", #"{"text":"é"}"#),
            ("text=%FF", #"{"text":"\uFFFD"}"#), ("text=a=b", #"{"text":"a=b"}"#), ("&&text=x&", #"{"text":"x"}"#),
        ]
    )
    func strict(query: String, expected: String) throws {
        #expect(try Self.parse(query + "&_strict=true") == JSONValue(expected))
    }

    @Test(
        "Generous: people and old clients are understood",
        arguments: [
            ("list=a&list=b", #"{"list":["a","b"]}"#),
            ("list[]=a&list[]=b", #"{"list":["a","b"]}"#),
            ("list%5B%5D=a", #"{"list":["a"]}"#),
            ("list=a,b", #"{"list":["a","b"]}"#),
            ("list=a", #"{"list":["a"]}"#),
            ("list=", #"{"list":[]}"#), ("list=+", #"{"list":[]}"#), ("list[]=", #"{"list":[]}"#),
            ("numbers=1,+2", #"{"numbers":[1,2]}"#),
            ("list[0]=a", "{}"),
            ("text=", #"{"text":""}"#), ("text=+", #"{"text":" "}"#), ("maybe=", #"{"maybe":null}"#),
            ("flag=", #"{"flag":null}"#), ("flag=+", #"{"flag":null}"#), ("number=+", #"{"number":null}"#),
            ("date=+", #"{"date":null}"#), ("meta=+", #"{"meta":null}"#), ("object=", #"{"object":null}"#),
            ("flag=true", #"{"flag":true}"#), ("flag=True", #"{"flag":true}"#), ("flag=TRUE", #"{"flag":true}"#),
            ("flag=yes", #"{"flag":true}"#), ("flag=Yes", #"{"flag":true}"#), ("flag=YES", #"{"flag":true}"#),
            ("flag=1", #"{"flag":true}"#), ("flag=0", #"{"flag":false}"#), ("flag=no", #"{"flag":false}"#),
            ("flag=No", #"{"flag":false}"#), ("flag=NO", #"{"flag":false}"#), ("flag=False", #"{"flag":false}"#),
            ("flag=FALSE", #"{"flag":false}"#), ("flag=+true+", #"{"flag":true}"#), ("flag=tRue", #"{"flag":"tRue"}"#),
            ("number=+20+", #"{"number":20}"#), ("number=abc", #"{"number":"abc"}"#),
            ("date=+2026-01-01+", #"{"date":"2026-01-01"}"#),
            ("meta.floor=2", #"{"meta":{"floor":"2"}}"#), ("meta.floor=", #"{"meta":{"floor":null}}"#),
            ("object.inner=+4", #"{"object":{"inner":4}}"#),
            // Only the literal "true" switches to strict; `_strict` itself is no parameter.
            ("flag=yes&_strict=1", #"{"flag":true}"#), ("flag=yes&_strict=", #"{"flag":true}"#),
        ]
    )
    func generous(query: String, expected: String) throws {
        #expect(try Self.parse(query) == JSONValue(expected))
    }

    @Test(
        "A query that can be read in more than one way is refused",
        arguments: [
            "text=a&text=b", "flag=true&flag=true", "text=a&text=b&_strict=true",
            "list=a&list=", "list=&list=&_strict=true", "list=a&list=&_strict=true", "list=a,,b", "list=a,",
            "list=a&list[]=b", "list=a,b&list=c", "list[]=a,b", "list[]=a&list[]=",
            "meta=&meta.x=1", "object=&object.inner=1", "meta.a.b=1", "meta.=1", "meta.x=1&meta.x=2",
            "object.inner=1&object.inner=2",
        ]
    )
    func ambiguous(query: String) throws {
        let error = #expect(throws: APIError.self) { try Self.parse(query) }
        #expect(error?.type == "invalid_query_params")
        #expect(error?.status.code == 400)
    }

    @Test("What the writer writes, the parser reads back")
    func roundTrip() throws {
        let value = try JSONValue(
            #"{"list":["a,b","é+ ~"],"numbers":[1,2.5,1e21],"text":"x y&=","flag":false,"meta":{"a":"1","b":null}}"#
        )
        guard case .object(let members) = value else { return }
        let query = QueryWriter.query(members)
        #expect(query.hasSuffix("&_strict=true"))
        #expect(try Self.parse(query) == value)
    }

    @Test("The writer sorts names, repeats lists, and says nothing for nothing")
    func writing() throws {
        #expect(QueryWriter.query([:]) == "")
        #expect(
            QueryWriter.query([
                "b": .array([.string("x"), .string("y")]), "a": .string("t~ *"), "c": .array([]), "d": .null,
                "e": .string(""),
            ])
                == "a=t%7E+*&b=x&b=y&c=&d=&_strict=true"
        )
    }
}

import HTTPTypes
import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("The description of the API for programs")
struct OpenAPIDocumentTests {
    private static let document = OpenAPIDocument(table: .all, baseURL: "https://locks.example.com").json

    /// The value at a path of keys.
    private static func value(_ path: String...) -> JSONValue? {
        path.reduce(Optional(document)) { value, key in value?[key] }
    }

    private static func operation(_ endpoint: Endpoint, _ method: HTTPRequest.Method) -> JSONValue? {
        value("paths", endpoint.path, method.rawValue.lowercased())
    }

    private static func keys(_ value: JSONValue?) -> Set<String> {
        if case .object(let members)? = value { Set(members.keys) } else { [] }
    }

    private static func elements(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let elements)? = value { elements } else { [] }
    }

    private static func properties(_ operation: JSONValue?) -> JSONValue? {
        operation?["requestBody"]?["content"]?["application/json"]?["schema"]
    }

    @Test("It has the paths of the table and their methods, and no others")
    func paths() {
        #expect(Self.keys(Self.value("paths")) == Set(EndpointTable.all.endpoints.map(\.path)))
        for endpoint in EndpointTable.all.endpoints {
            let methods = Set(endpoint.kind.methods.map { $0.rawValue.lowercased() })
            #expect(Self.keys(Self.value("paths", endpoint.path)) == methods)
        }
    }

    @Test("Every parameter is there, in the query or in the body", arguments: EndpointTable.all.endpoints.map(\.path))
    func parameters(path: String) throws {
        let endpoint = try #require(EndpointTable.all[path])
        for method in endpoint.kind.methods {
            let operation = Self.operation(endpoint, method)
            let isInQuery = method == .get || method == .delete
            let inQuery = Self.elements(operation?["parameters"]).compactMap { $0["name"]?.stringValue }
            let body = Self.properties(operation)
            for parameter in endpoint.parameters {
                let isTold =
                    if !isInQuery {
                        body?["properties"]?[parameter.name] == .object(parameter.jsonSchema)
                    } else if parameter.schema.fitsQueryParameter {
                        inQuery.contains(parameter.name)
                    } else {
                        operation?["description"]?.stringValue?.contains("`\(parameter.name)`") ?? false
                    }
                #expect(isTold, "\(method) \(parameter.name)")
            }
            if !isInQuery {
                let required = Self.elements(body?["required"]).compactMap(\.stringValue)
                #expect(required == endpoint.parameters.filter(\.isRequired).map(\.name))
            }
        }
    }

    @Test("Every key of an answer is there, and always", arguments: EndpointTable.all.endpoints.map(\.path))
    func answers(path: String) throws {
        let endpoint = try #require(EndpointTable.all[path])
        for method in endpoint.kind.methods {
            let answer = Self.operation(endpoint, method)?["responses"]?["200"]
            guard !endpoint.isStream else {
                #expect(Self.keys(answer?["content"]) == ["text/event-stream"])
                #expect(Self.keys(answer?["headers"]) == ["seam-request-id"])
                continue
            }
            let schema = answer?["content"]?["application/json"]?["schema"]
            let names = ["ok"] + endpoint.answer.map(\.name)
            #expect(Self.keys(schema?["properties"]) == Set(names))
            #expect(Self.elements(schema?["required"]).compactMap(\.stringValue) == names)
            let headers: Set = endpoint.isHeld ? ["seam-request-id", "preference-applied"] : ["seam-request-id"]
            #expect(Self.keys(answer?["headers"]) == headers)
        }
    }

    @Test("Whoever may call an endpoint is told, and that nobody need say who they are")
    func security() throws {
        for endpoint in EndpointTable.all.endpoints {
            let told = Self.elements(Self.operation(endpoint, .post)?["security"]).map { Self.keys($0) }
            let expected = (endpoint.accepts ?? []).flatMap(\.schemes).map { Set($0.map(\.name)) }
            #expect(told == expected)
            #expect(told.isEmpty == (endpoint.accepts == nil))
        }
        let together = CredentialKind.personalAccessToken.schemes.map { $0.map(\.name) }
        #expect(together == [["personal_access_token", "seam_workspace"]])
    }

    @Test("Every reference leads somewhere")
    func references() {
        func check(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if let reference = members["$ref"]?.stringValue {
                    let path = reference.split(separator: "/").dropFirst().map { String($0) }
                    #expect(path.reduce(Optional(Self.document)) { $0?[$1] } != nil, "\(reference)")
                }
                for member in members.values { check(member) }
            case .array(let elements): for element in elements { check(element) }
            case .null, .bool, .number, .string: break
            }
        }
        check(Self.document)
    }

    @Test("A rule about several parameters is a rule of the body, and told in words for the query")
    func needs() throws {
        let endpoint = try #require(EndpointTable.all["/devices/get"])
        let alternatives = Self.elements(Self.properties(Self.operation(endpoint, .post))?["anyOf"])
        #expect(
            alternatives == [try JSONValue(#"{"required":["device_id"]}"#), try JSONValue(#"{"required":["name"]}"#)]
        )
        let query = Self.operation(endpoint, .get)
        #expect(query?["x-needs-one-of"] == .array([.string("device_id"), .string("name")]))
        #expect(query?["description"]?.stringValue?.contains("At least one of `device_id`, `name`") == true)
    }

    @Test("Actions take an idempotency key and can be refused for it, reads do not and cannot")
    func idempotency() throws {
        let reference = JSONValue.object(["$ref": .string("#/components/parameters/idempotency_key")])
        for endpoint in EndpointTable.all.endpoints {
            for method in endpoint.kind.methods {
                let operation = Self.operation(endpoint, method)
                let isTaken = Self.elements(operation?["parameters"]).contains(reference)
                #expect(isTaken == (endpoint.kind == .action))
                #expect(Self.keys(operation?["responses"]).contains("422") == isTaken)
            }
        }
    }

    @Test("A stream takes the position to resume from, and nothing else does")
    func resuming() {
        let reference = JSONValue.object(["$ref": .string("#/components/parameters/last_event_id")])
        #expect(EndpointTable.all.endpoints.filter(\.isStream).map(\.path) == ["/events/stream"])
        for endpoint in EndpointTable.all.endpoints {
            for method in endpoint.kind.methods {
                let operation = Self.operation(endpoint, method)
                #expect(Self.elements(operation?["parameters"]).contains(reference) == endpoint.isStream)
            }
            let refusals = Self.keys(Self.operation(endpoint, .post)?["responses"])
            if endpoint.isStream { #expect(refusals.isSuperset(of: ["400", "401", "429", "503"])) }
        }
    }

    @Test("Answers that can be held say so, and no others")
    func holding() {
        let reference = JSONValue.object(["$ref": .string("#/components/parameters/prefer")])
        for endpoint in EndpointTable.all.endpoints {
            let isTaken = Self.elements(Self.operation(endpoint, .post)?["parameters"]).contains(reference)
            #expect(isTaken == endpoint.isHeld)
        }
        let held = Set(EndpointTable.all.endpoints.filter(\.isHeld).map(\.path))
        #expect(held.isSuperset(of: ["/locks/lock_door", "/locks/unlock_door", "/action_attempts/get"]))
    }

    @Test("What cannot be found can be missed: one thing, but not a list or what needs no credential")
    func misses() throws {
        for (path, canMiss) in [("/devices/get", true), ("/devices/list", false), ("/health", false)] {
            let endpoint = try #require(EndpointTable.all[path])
            #expect(Self.keys(Self.operation(endpoint, .post)?["responses"]).contains("404") == canMiss)
        }
    }

    @Test("A server that cannot do its work gives the same answer with 503 where an endpoint says so")
    func otherStatuses() throws {
        let endpoint = try #require(EndpointTable.all["/health"])
        let answer = Self.operation(endpoint, .get)?["responses"]?["503"]
        let schema = answer?["content"]?["application/json"]?["schema"]
        #expect(schema?["properties"]?["ok"]?["const"] == .bool(false))
        #expect(Self.keys(answer?["headers"]) == ["seam-request-id", "retry-after"])
    }

    @Test(
        "Anybody gets it, with links to where they reached the server",
        arguments: [nil, "https://locks.example.com/"]
    )
    func route(publicBaseURL: String?) async throws {
        var configuration = APIConfiguration(port: 0)
        configuration.publicBaseURL = publicBaseURL
        let harness = try await APIHarness(configuration: configuration)
        try await harness.run { client in
            let answer = try await client.presenting(nil).get("/openapi.json")
            #expect(answer.status == 200)
            #expect(answer["openapi"] == .string("3.1.0"))
            #expect(answer["info", "version"] == .string(Release.version))
            let url = publicBaseURL == nil ? "http://localhost" : "https://locks.example.com"
            #expect(answer["servers", "0", "url"] == .string(url))
            #expect(answer.header("seam-request-id") != nil)
            #expect(try await client.post("/openapi.json").status == 405)
        }
    }
}

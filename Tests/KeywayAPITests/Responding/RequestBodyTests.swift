import HTTPTypes
import KeywayModel
import NIOCore
import Testing

@testable import KeywayAPI

@Suite("Bodies, wire contract 1.1 and 1.3")
struct RequestBodyTests {
    private static let limit = APIConfiguration().maximumBodyBytes

    /// A JSON object of exactly so many bytes.
    private static func body(ofLength length: Int) -> ByteBuffer {
        ByteBuffer(string: #"{"x":""# + String(repeating: "a", count: length - 8) + #""}"#)
    }

    @Test("G12 a body of exactly the limit passes, one byte more is 413")
    func limit() async throws {
        try await APIHarness.run { _, client in
            let client = client.with("content-type", "application/json")
            let fits = try await client.send(.post, "/devices/list", bytes: Self.body(ofLength: Self.limit))
            #expect(fits.status == 200)
            let large = try await client.send(.post, "/devices/list", bytes: Self.body(ofLength: Self.limit + 1))
            #expect((large.status, large.errorType) == (413, "payload_too_large"))
            #expect(large["ok"] == .bool(false))
        }
    }

    @Test("A stranger's body is not read, whatever its size")
    func stranger() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.presenting(nil).with("content-type", "application/json")
                .send(.post, "/devices/list", bytes: Self.body(ofLength: Self.limit + 1))
            #expect(answer.status == 401)
        }
    }

    @Test(
        "A body that is no JSON is a 400 with a JSON error that says where",
        arguments: ["{", "{]", "{\"a\":}", "nope", "{} x", String(repeating: "[", count: 100_000)]
    )
    func malformed(body: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post("/locks/unlock_door", body)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer.errorMessage?.contains("at byte") == true)
            #expect(answer.header("seam-request-id") != nil)
        }
    }

    @Test("A body that is JSON but no object is refused", arguments: ["[]", "4", "null", #""text""#])
    func notAnObject(body: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post("/devices/list", body)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer.errorMessage?.hasPrefix("Expected object, received") == true)
        }
    }

    @Test("A POST with a body needs the JSON content type, where parameters are expected")
    func contentType() async throws {
        try await APIHarness.run { _, client in
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
                let answer = try await client.with("content-type", type).send(.post, "/devices/list", body: "{}")
                #expect((answer.status, answer.errorType) == (400, "invalid_content_type"))
            }
            let untyped = try await client.send(.post, "/devices/list", body: "{}")
            #expect(untyped.errorType == "invalid_content_type")
            for type in ["application/json; charset=utf-8", "Application/JSON"] {
                #expect(
                    try await client.with("content-type", type).send(.post, "/devices/list", body: "{}").status == 200
                )
            }
            // No parameters, or no body: nothing to check.
            #expect(try await client.send(.post, "/workspaces/get", body: "hello").status == 200)
            #expect(try await client.send(.post, "/devices/list").status == 200)
            #expect(
                try await client.with("content-type", "application/json").send(.post, "/devices/list").status == 200
            )
        }
    }

    @Test("GET takes a JSON body, and its keys win over the query's")
    func merging() async throws {
        try await APIHarness.run { _, client in
            let (front, lobby) = (APIHarness.lock("front-door").id, APIHarness.lock("lobby").id)
            let json = client.with("content-type", "application/json")
            let fromBody = try await json.send(.get, "/devices/get", body: #"{"device_id":"\#(front)"}"#)
            #expect(fromBody.text("device", "device_id") == front.description)
            for method in [.get, .post] as [HTTPRequest.Method] {
                let both = try await json.send(
                    method,
                    "/devices/get?device_id=\(lobby)",
                    body: #"{"device_id":"\#(front)"}"#
                )
                #expect(both.text("device", "device_id") == front.description)
                let joined = try await json.send(method, "/devices/get?name=Lobby", body: #"{"device_id":"\#(front)"}"#)
                #expect(joined.status == 404)
            }
            let ignored = try await client.with("content-type", "text/plain")
                .send(.get, "/devices/get?device_id=\(lobby)", body: "whatever")
            #expect(ignored.text("device", "device_id") == lobby.description)
        }
    }

    @Test("An action takes its parameters from the body alone")
    func actionQuery() async throws {
        try await APIHarness.run { _, client in
            let id = APIHarness.lock("lobby").id
            let answer = try await client.post("/locks/unlock_door?device_id=\(id)&_strict=true")
            #expect((answer.status, answer.errorMessage) == (400, "device_id is required"))
        }
    }

    @Test("Query faults and validation faults of a GET reach the caller")
    func queryFaults() async throws {
        try await APIHarness.run { _, client in
            let twice = try await client.get("/devices/list?limit=1&limit=2&_strict=true")
            #expect((twice.status, twice.errorType) == (400, "invalid_query_params"))
            let null = try await client.get("/devices/list?limit=&_strict=true")
            #expect((null.status, null.errorMessage) == (400, #"Expected number, received null for "limit""#))
            #expect(try await client.get("/devices/list?page_cursor=&_strict=true").status == 200)
            let infinite = try await client.get("/devices/list?limit=Infinity&_strict=true")
            #expect(infinite.errorMessage == #"Expected number, received string for "limit""#)
        }
    }
}

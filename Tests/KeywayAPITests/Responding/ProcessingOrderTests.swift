import HTTPTypes
import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Which error wins, wire contract 1.3")
struct ProcessingOrderTests {
    private static let unknownID = "00000000-0000-8000-8000-0000000000ff"

    @Test("401 before 405 before 400 before 404")
    func order() async throws {
        try await APIHarness.run { _, client in
            let stranger = client.presenting(nil)
            let wrongVerb = try await stranger.send(.delete, "/devices/get?device_id=x")
            #expect((wrongVerb.status, wrongVerb.errorType) == (401, "unauthorized"))
            let authenticated = try await client.send(.delete, "/devices/get?device_id=x")
            #expect((authenticated.status, authenticated.errorType) == (405, "method_not_allowed"))
            let invalid = try await client.get("/devices/get?device_id=x")
            #expect((invalid.status, invalid.errorType) == (400, "invalid_input"))
            let missing = try await client.get("/devices/get?device_id=\(Self.unknownID)")
            #expect((missing.status, missing.errorType) == (404, "device_not_found"))
        }
    }

    @Test(
        "An unknown route is 404 whoever asks",
        arguments: ["/", "/devices", "/devices/get/", "/Devices/get", "/nope?x=1"]
    )
    func unknownRoute(path: String) async throws {
        try await APIHarness.run { _, client in
            for client in [client, client.presenting(nil)] {
                let answer = try await client.get(path)
                #expect((answer.status, answer.errorType) == (404, "not_found"))
                #expect(answer["ok"] == .bool(false))
            }
        }
    }

    @Test("405 names the verbs, in the message and in Allow")
    func methods() async throws {
        try await APIHarness.run { _, client in
            let read = try await client.send(.put, "/devices/list")
            #expect(read.status == 405)
            #expect(read.errorMessage?.contains("GET, POST") == true)
            #expect(read.header("allow") == "GET, POST")
            let action = try await client.get("/locks/unlock_door")
            #expect(action.status == 405)
            #expect(action.header("allow") == "POST")
        }
    }

    @Test("HEAD is 405 without a body, with a request id")
    func head() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.send(.head, "/devices/list")
            #expect(answer.status == 405)
            #expect(answer.text.isEmpty)
            #expect(answer.header("seam-request-id") != nil)
        }
    }

    @Test("Every answer has a request id of its own and the CORS headers")
    func requestIDs() async throws {
        try await APIHarness.run { _, client in
            let answers = [
                try await client.get("/nope"), try await client.get("/health"), try await client.get("/devices/list"),
                try await client.presenting(nil).get("/devices/list"), try await client.send(.options, "/devices/list"),
                try await client.send(.put, "/devices/list"), try await client.get("/devices/get"),
                try await client.post("/locks/unlock_door", "{"),
            ]
            let ids = answers.compactMap { $0.header("seam-request-id") }
            #expect(Set(ids).count == answers.count)
            #expect(ids.allSatisfy { Identifier<RequestMark>($0) != nil })
            for answer in answers {
                #expect(answer.header("access-control-allow-origin") == "*")
                #expect(answer.header("access-control-expose-headers")?.contains("seam-request-id") == true)
                #expect(answer.header("server") == nil)
                #expect(answer.text.isEmpty || answer.header("content-type")?.hasPrefix("application/json") == true)
            }
        }
    }

    @Test("A preflight is answered without a credential, and the origin is echoed")
    func preflight() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.presenting(nil).with("origin", "https://app.example")
                .send(.options, "/locks/unlock_door")
            #expect(answer.status == 200)
            #expect(answer.text.isEmpty)
            #expect(answer.header("access-control-allow-origin") == "https://app.example")
            #expect(answer.header("access-control-allow-credentials") == "true")
            #expect(answer.header("access-control-allow-methods") == "GET, POST, PUT, PATCH, DELETE, OPTIONS")
            let allowed = answer.header("access-control-allow-headers") ?? ""
            for name in ["authorization", "content-type", "seam-workspace", "client-session-token", "seam-sdk-name"] {
                #expect(allowed.contains(name))
            }
            #expect(answer.header("vary")?.contains("origin") == true)
        }
    }
}

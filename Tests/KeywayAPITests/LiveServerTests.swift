import HTTPTypes
import HummingbirdTesting
import KeywayModel
import NIOCore
import Testing

@testable import KeywayAPI

@Suite("Over a real socket")
struct LiveServerTests {
    @Test("A door is unlocked, and its attempt and events are read back")
    func unlock() async throws {
        try await APIHarness.run(.live) { _, client in
            let body = #"{"device_id":"\#(APIHarness.lock("fast-lock-1").id)","sync":true}"#
            let answer = try await client.post("/locks/unlock_door", body)
            #expect(answer.text("action_attempt", "status") == "success")
            let id = try #require(answer.text("action_attempt", "action_attempt_id"))
            let read = try await client.get("/action_attempts/get?action_attempt_id=\(id)&_strict=true")
            #expect(read["action_attempt"] == answer["action_attempt"])
            #expect(try await client.get("/events/list").list("events").count == 2)
            #expect(answer.header("server") == nil)
            #expect(answer.header("date") != nil)
            #expect(answer.header("content-length").flatMap { Int($0) } == answer.text.utf8.count)
        }
    }

    @Test("One connection survives refused requests: too large, unauthorised, HEAD")
    func oneConnection() async throws {
        try await APIHarness.run(.live) { _, client in
            let json = client.with("content-type", "application/json")
            let large = ByteBuffer(repeating: UInt8(ascii: "a"), count: (1 << 20) + 1)
            #expect(try await json.send(.post, "/devices/list", bytes: large).status == 413)
            #expect(try await json.presenting(nil).send(.post, "/devices/list", bytes: large).status == 401)
            let unknown = try await client.get("/nope")
            #expect(unknown.errorType == "not_found")
            #expect(try await client.send(.options, "/devices/list").status == 200)
            #expect(try await client.get("/devices/list").status == 200)
        }
    }
}

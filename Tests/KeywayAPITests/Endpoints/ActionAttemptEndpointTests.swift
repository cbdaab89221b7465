import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Action attempts, wire contract 3.1 and 4.1")
struct ActionAttemptEndpointTests {
    /// Makes a pending attempt at the lock that holds; returns its id.
    private static func hold(_ client: APIClient, _ slug: String = "vault") async throws -> String {
        let body = #"{"device_id":"\#(APIHarness.lock(slug).id)"}"#
        return try #require(
            try await client.post("/locks/unlock_door", body).text("action_attempt", "action_attempt_id")
        )
    }

    @Test("get returns the attempt, and its timeline only on request")
    func get() async throws {
        try await APIHarness.run { _, client in
            let id = try await Self.hold(client)
            for answer in [
                try await client.get("/action_attempts/get?action_attempt_id=\(id)&_strict=true"),
                try await client.post("/action_attempts/get", #"{"action_attempt_id":"\#(id)"}"#),
            ] {
                #expect(answer.text("action_attempt", "action_attempt_id") == id)
                #expect(answer["action_attempt", "timeline"] == nil)
            }
            for query in ["include=timeline", "include[]=timeline"] {
                let answer = try await client.get("/action_attempts/get?action_attempt_id=\(id)&\(query)")
                #expect(answer["action_attempt", "timeline", "0", "kind"] == .string("accepted"))
            }
            let wrong = try await client.get("/action_attempts/get?action_attempt_id=\(id)&include=everything")
            #expect(
                wrong.errorMessage == #"Invalid enum value. Expected 'timeline', received 'everything' for "include.0""#
            )
        }
    }

    @Test("G11 an attempt that is unknown or another workspace's is 404 with its id")
    func unknown() async throws {
        try await APIHarness.run { harness, client in
            let id = try await Self.hold(client)
            let stranger = client.presenting(harness.foreignToken.text)
            for (client, id) in [(client, "00000000-0000-8000-8000-0000000000ff"), (stranger, id)] {
                let answer = try await client.get("/action_attempts/get?action_attempt_id=\(id)")
                #expect((answer.status, answer.errorType) == (404, "action_attempt_not_found"))
                #expect(answer["error", "data", "action_attempt_id"] == .string(id))
            }
            #expect(
                try await stranger.get("/action_attempts/list?action_attempt_ids=\(id)").list("action_attempts").isEmpty
            )
            #expect(try await client.get("/action_attempts/get").errorMessage == "action_attempt_id is required")
        }
    }

    @Test("list filters by ids and device, and comes in pages, the latest first")
    func list() async throws {
        try await APIHarness.run { harness, client in
            var ids: [String] = []
            for _ in 0..<5 {
                ids.append(try await Self.hold(client))
                harness.clock.advance(by: .milliseconds(1))
            }
            let other = try await Self.hold(client, "guest-house")
            let vault = APIHarness.lock("vault").id
            let all = try await client.get("/action_attempts/list").column("action_attempts", "action_attempt_id")
            #expect(all == [other] + ids.reversed())
            let ofDevice = try await client.get("/action_attempts/list?device_id=\(vault)&_strict=true")
            #expect(ofDevice.column("action_attempts", "action_attempt_id") == ids.reversed())
            #expect(try await client.get("/action_attempts/list?action_attempt_ids=").list("action_attempts").isEmpty)
            let two = try await client.get("/action_attempts/list?action_attempt_ids=\(ids[0]),\(ids[3])")
            #expect(two.list("action_attempts").count == 2)
            #expect(two["pagination", "has_next_page"] == .bool(false))
            let page = try await client.get("/action_attempts/list?limit=4&_strict=true")
            let cursor = FormText.encode(try #require(page.text("pagination", "next_page_cursor")))
            let next = try await client.get("/action_attempts/list?limit=4&page_cursor=\(cursor)&_strict=true")
            #expect(next.column("action_attempts", "action_attempt_id") == Array(all.suffix(2)))
            let detailed = try await client.get("/action_attempts/list?include=timeline&limit=1")
            #expect(detailed["action_attempts", "0", "timeline", "0", "kind"] == .string("accepted"))
        }
    }

    // MARK: Simulation

    @Test("A tester ends a held attempt as a success, and the bolt goes there")
    func success() async throws {
        try await APIHarness.run { _, client in
            let id = try await Self.hold(client)
            let body = #"{"action_attempt_id":"\#(id)","status":"success","result":{"was_confirmed_by_device":true}}"#
            let answer = try await client.post("/action_attempts/simulate/resolve", body)
            #expect(answer.status == 200)
            #expect(answer.text("action_attempt", "status") == "success")
            #expect(answer["action_attempt", "result", "was_confirmed_by_device"] == .bool(true))
            let again = try await client.post("/action_attempts/simulate/resolve", body)
            #expect((again.status, again.errorType) == (409, "action_attempt_already_resolved"))
            let events = try await client.get("/events/list?event_type=action_attempt.unlock_door.succeeded")
            #expect(events.column("events", "action_attempt_id") == [id])
        }
    }

    @Test(
        "A tester ends a held attempt as a failure",
        arguments: [
            (#","error":{"type":"lock_jammed"}"#, "lock_jammed", "The lock is jammed."),
            (#","error":{"type":"device_busy","message":"Later."}"#, "device_busy", "Later."),
            ("", "uncategorized_error", "The action failed."),
        ]
    )
    func failure(error: String, type: String, message: String) async throws {
        try await APIHarness.run { _, client in
            let id = try await Self.hold(client)
            let answer = try await client.post(
                "/action_attempts/simulate/resolve",
                #"{"action_attempt_id":"\#(id)","status":"error"\#(error)}"#
            )
            #expect(answer.text("action_attempt", "error", "type") == type)
            #expect(answer.text("action_attempt", "error", "message") == message)
            #expect(answer["action_attempt", "result"] == .null)
        }
    }

    @Test(
        "What a tester must not say is refused by name",
        arguments: [
            (
                #""status":"pending""#,
                "Invalid enum value. Expected 'success' | 'error', received 'pending' for \"status\""
            ),
            (#""status":"success","error":{"type":"lock_jammed"}"#, "Only allowed if status is error for \"error\""),
            (#""status":"error","result":{}"#, "Only allowed if status is success for \"result\""),
            (#""status":"error","error":{}"#, "error.type is required"),
            (
                #""status":"success","result":{"was_confirmed_by_device":1}"#,
                "Expected boolean, received number for \"result.was_confirmed_by_device\""
            ),
        ]
    )
    func badResolution(members: String, message: String) async throws {
        try await APIHarness.run { _, client in
            let id = try await Self.hold(client)
            let answer = try await client.post(
                "/action_attempts/simulate/resolve",
                #"{"action_attempt_id":"\#(id)",\#(members)}"#
            )
            #expect((answer.status, answer.errorMessage) == (400, message))
        }
    }

    @Test("Only a sandbox is simulated, and only what is in it")
    func notSandbox() async throws {
        try await APIHarness.run { harness, client in
            let id = try await Self.hold(client)
            let body = #"{"action_attempt_id":"\#(id)","status":"success"}"#
            let stranger = try await client.presenting(harness.foreignToken.text)
                .post("/action_attempts/simulate/resolve", body)
            #expect((stranger.status, stranger.errorType) == (400, "workspace_not_sandbox"))
            let unknown = try await client.post(
                "/action_attempts/simulate/resolve",
                #"{"action_attempt_id":"00000000-0000-8000-8000-0000000000ff","status":"success"}"#
            )
            #expect((unknown.status, unknown.errorType) == (404, "action_attempt_not_found"))
        }
    }
}

import KeywayEngine
import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Overlap, cancelling and idempotency keys", .timeLimit(.minutes(1)))
struct OverlapEndpointTests {
    /// A lock that takes its command and waits until told how it ends.
    let vault = APIHarness.lock("vault").id

    func unlock(_ client: APIClient, _ more: String = "") async throws -> Answer {
        try await client.post("/locks/unlock_door", "{\"device_id\": \"\(vault)\"\(more)}")
    }

    func id(_ answer: Answer) -> String { answer.text("action_attempt", "action_attempt_id") ?? "none" }

    @Test("G5 reject: 409 names the attempt in the way")
    func reject() async throws {
        try await APIHarness.run { _, client in
            let first = try await unlock(client)
            let refused = try await unlock(client, #", "overlap": "reject""#)
            #expect(refused.status == 409)
            #expect(refused.errorType == "action_attempt_in_progress")
            #expect(refused.text("error", "data", "action_attempt_id") == id(first))
        }
    }

    @Test("G5 join: the answer is the attempt that is under way")
    func join() async throws {
        try await APIHarness.run { _, client in
            let first = try await unlock(client)
            let joined = try await unlock(client, #", "overlap": "join""#)
            #expect(joined.status == 200)
            #expect(id(joined) == id(first))
        }
    }

    @Test("G5 supersede: what was not sent ends as superseded")
    func supersede() async throws {
        try await APIHarness.run { _, client in
            _ = try await unlock(client)
            let second = try await unlock(client)
            let third = try await unlock(client, #", "overlap": "supersede""#)
            #expect(third.status == 200)
            let ended = try await client.get("/action_attempts/get?action_attempt_id=\(id(second))")
            #expect(ended.text("action_attempt", "error", "type") == "superseded")
        }
    }

    @Test("an overlap rule that does not exist is invalid input")
    func unknownRule() async throws {
        try await APIHarness.run { _, client in
            let answer = try await unlock(client, #", "overlap": "barge""#)
            #expect(answer.status == 400)
            #expect(answer["error", "validation_errors", "overlap"] != nil)
        }
    }

    @Test("an attempt is cancelled before it is sent, and cancelling again changes nothing")
    func cancel() async throws {
        try await APIHarness.run { _, client in
            _ = try await unlock(client)
            let waiting = id(try await unlock(client))
            for _ in 1...2 {
                let answer = try await client.post("/action_attempts/cancel", "{\"action_attempt_id\": \"\(waiting)\"}")
                #expect(answer.status == 200)
                #expect(answer.text("action_attempt", "error", "type") == "cancelled")
            }
        }
    }

    @Test("an attempt that was sent, or has its outcome, cannot be cancelled")
    func cancelTooLate() async throws {
        try await APIHarness.run { harness, client in
            let door = APIHarness.lock("front-door").id
            let first = id(try await client.post("/locks/unlock_door", "{\"device_id\": \"\(door)\"}"))
            // That it moves shows that it has the command; it moves until the clock does.
            while try await harness.engine.device(door, in: APIHarness.workspace.id)?.state.movingBolt == nil {
                await Task.yield()
            }
            let body = "{\"action_attempt_id\": \"\(first)\"}"
            let sent = try await client.post("/action_attempts/cancel", body)
            #expect(sent.status == 409)
            #expect(sent.errorType == "action_attempt_already_sent")
            let end = "{\"action_attempt_id\": \"\(first)\", \"status\": \"success\"}"
            _ = try await client.post("/action_attempts/simulate/resolve", end)
            let resolved = try await client.post("/action_attempts/cancel", body)
            #expect(resolved.status == 409)
            #expect(resolved.errorType == "action_attempt_already_resolved")
        }
    }

    @Test("G9 the same key and body give the same attempt; another body is refused")
    func idempotency() async throws {
        try await APIHarness.run { _, client in
            let client = client.with("idempotency-key", "a key")
            let first = try await unlock(client)
            let again = try await unlock(client, #", "sync": false"#)
            #expect(again.status == 200)
            #expect(id(again) == id(first), "a default that is spelt out is the same request")
            let other = try await unlock(client, #", "deadline_seconds": 5"#)
            #expect(other.status == 422)
            #expect(other.errorType == "idempotency_key_reused")
            let elsewhere = try await client.post("/locks/lock_door", "{\"device_id\": \"\(vault)\"}")
            #expect(elsewhere.status == 422)
        }
    }

    @Test("G9 a key that is no key is invalid input", arguments: ["", String(repeating: "k", count: 256)])
    func badKey(key: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await unlock(client.with("idempotency-key", key))
            #expect(answer.status == 400)
            #expect(answer.errorType == "invalid_input")
        }
    }

    @Test("G11 another workspace's attempt cannot be cancelled")
    func foreign() async throws {
        try await APIHarness.run { harness, client in
            let waiting = id(try await unlock(client))
            let stranger = client.presenting(harness.foreignToken.text)
            let answer = try await stranger.post("/action_attempts/cancel", "{\"action_attempt_id\": \"\(waiting)\"}")
            #expect(answer.status == 404)
        }
    }

    @Test("G9 every request that acts takes a key: a retry changes nothing, another body is refused")
    func everyAction() async throws {
        try await APIHarness.run { _, client in
            let held = id(try await unlock(client))
            let requests: [(String, String)] = [
                ("/action_attempts/simulate/resolve", "{\"action_attempt_id\": \"\(held)\", \"status\": \"success\"}"),
                ("/locks/simulate/set_behavior", "{\"device_id\": \"\(vault)\", \"behavior\": \"jam\", \"times\": 1}"),
                ("/devices/simulate/disconnect", "{\"device_id\": \"\(vault)\"}"),
                ("/devices/simulate/connect", "{\"device_id\": \"\(vault)\"}"),
            ]
            for (path, body) in requests {
                let keyed = client.with("idempotency-key", path)
                let first = try await keyed.post(path, body)
                #expect(first.status == 200, "\(path)")
                let again = try await keyed.post(path, body)
                #expect(again.status == 200, "\(path)")
                #expect(again.body == first.body, "\(path)")
                let other = try await keyed.post("/locks/lock_door", "{\"device_id\": \"\(vault)\"}")
                #expect(other.status == 422, "\(path)")
            }
        }
    }

    @Test("G9 a cancel that is retried with its key gets the cancelled attempt; a refused one leaves the key free")
    func cancelWithKey() async throws {
        try await APIHarness.run { _, client in
            let first = id(try await unlock(client))
            let second = id(try await unlock(client))
            let keyed = client.with("idempotency-key", "cancel")
            let unknown = "{\"action_attempt_id\": \"00000000-0000-0000-0000-00000000abcd\"}"
            #expect(try await keyed.post("/action_attempts/cancel", unknown).status == 404)
            for _ in 1...2 {
                let answer = try await keyed.post("/action_attempts/cancel", "{\"action_attempt_id\": \"\(second)\"}")
                #expect(answer.text("action_attempt", "error", "type") == "cancelled")
            }
            let other = try await keyed.post("/action_attempts/cancel", "{\"action_attempt_id\": \"\(first)\"}")
            #expect(other.status == 422)
        }
    }
}

import HTTPTypes
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Kept answers")
struct KeptAnswerTests {
    private static let lock = APIHarness.lock("fast-lock-1")

    /// What lists say of the lock; nil if they do not show it.
    private static func shown(_ client: APIClient) async throws -> JSONValue? {
        let devices = try await client.get("/devices/list").list("devices")
        let locks = try await client.post("/locks/list").list("locks")
        let found = [devices, locks].map { $0.first { $0["device_id"] == .string(lock.id.description) } }
        #expect(found[0] == found[1])
        return found[0]
    }

    @Test(
        "A list shows every change that was answered before",
        arguments: [
            ("/devices/update", #""name":"Another""#), ("/devices/update", #""custom_metadata":{"floor":"2"}"#),
            ("/devices/simulate/disconnect", nil), ("/devices/simulate/remove", nil), ("/devices/delete", nil),
            ("/devices/update", #""is_managed":false"#),
            ("/locks/configure_auto_lock", #""auto_lock_enabled":true,"auto_lock_delay_seconds":7,"sync":true"#),
            ("/locks/unlock_door", #""sync":true"#),
        ] as [(String, String?)]
    )
    func changes(path: String, members: String?) async throws {
        try await APIHarness.run { _, client in
            let before = try await Self.shown(client)
            #expect(before != nil)
            #expect(try await Self.shown(client) == before)
            let rest = members.map { ",\($0)" } ?? ""
            let change = try await client.post(path, #"{"device_id":"\#(Self.lock.id)"\#(rest)}"#)
            #expect(change.status == 200, "\(change.text)")
            #expect(try await Self.shown(client) != before)
        }
    }

    @Test("A list shows what a reset and a removed account change")
    func wholesale() async throws {
        try await APIHarness.run { _, client in
            let before = try await Self.shown(client)
            _ = try await client.post("/devices/update", #"{"device_id":"\#(Self.lock.id)","name":"Another"}"#)
            #expect(try await client.post("/workspaces/reset_sandbox").status == 200)
            #expect(try await Self.shown(client) == before)
            let account = #"{"connected_account_id":"\#(APIHarness.account.id)"}"#
            #expect(try await client.post("/connected_accounts/delete", account).status == 200)
            #expect(try await client.get("/devices/list").list("devices").isEmpty)
        }
    }

    @Test("G2 a resolved attempt is the same answer every time; a pending one and a timeline are looked up")
    func attempts() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"device_id":"\#(Self.lock.id)","sync":true}"#
            let done = try await client.post("/locks/unlock_door", body)
            let id = done.text("action_attempt", "action_attempt_id") ?? ""
            let first = try await client.get("/action_attempts/get?action_attempt_id=\(id)")
            #expect(first["action_attempt", "status"] == .string("success"))
            let second = try await client.get("/action_attempts/get?action_attempt_id=\(id)")
            #expect(second.text == first.text)
            #expect(second.header("seam-request-id") != first.header("seam-request-id"))
            #expect(second.header("content-type") == first.header("content-type"))
            let timeline = try await client.get("/action_attempts/get?action_attempt_id=\(id)&include=timeline")
            #expect(timeline["action_attempt", "timeline"] != nil)
            let waiting = try await client.with("prefer", "wait=1").get("/action_attempts/get?action_attempt_id=\(id)")
            #expect(waiting.header("preference-applied") == "wait=1")
        }
    }

    @Test("G11 a kept answer is for its caller alone, and for no revoked key")
    func callers() async throws {
        try await APIHarness.run { harness, client in
            let body = #"{"device_id":"\#(Self.lock.id)","sync":true}"#
            let done = try await client.post("/locks/unlock_door", body)
            let path =
                "/action_attempts/get?action_attempt_id=\(done.text("action_attempt", "action_attempt_id") ?? "")"
            #expect(try await client.get(path).status == 200)
            #expect(try await !client.get("/devices/list").list("devices").isEmpty)
            let foreign = client.presenting(harness.foreignToken.text)
            #expect(try await foreign.get(path).status == 404)
            let theirs = try await foreign.get("/devices/list").column("devices", "device_id")
            #expect(theirs == [APIHarness.foreignLock.id.description])
            _ = try await harness.addSecondAccount()
            let session = try await harness.addSession(accounts: [APIHarness.secondAccountID]).token
            #expect(try await client.presenting(session).get(path).status == 404)
            #expect(try await client.presenting(nil).get(path).status == 401)
            _ = try await harness.store.revokeAPIKey(APIHarness.keyID, at: Samples.start)
            harness.clock.advance(by: .seconds(1))
            #expect(try await client.get(path).status == 401)
            #expect(try await client.get("/devices/list").status == 401)
        }
    }

    @Test("The same question put otherwise has an answer of its own")
    func questions() async throws {
        try await APIHarness.run { _, client in
            let all = try await client.get("/devices/list").list("devices").count
            #expect(try await client.get("/devices/list?limit=1").list("devices").count == 1)
            #expect(try await client.post("/devices/list", #"{"limit":2}"#).list("devices").count == 2)
            #expect(try await client.get("/devices/list").list("devices").count == all)
            #expect(try await client.get("/devices/list?limit=x").status == 400)
            #expect(try await client.post("/devices/list?limit=1", "[]").status == 400)
            let text = try await client.with("content-type", "text/plain")
                .send(.post, "/devices/list", body: #"{"limit":2}"#)
            #expect(text.status == 400)
            // With GET a body counts only if it says that it is JSON.
            for (type, count) in [("application/json", 2), ("text/plain", all)] {
                let answer = try await client.with("content-type", type)
                    .send(.get, "/devices/list", body: #"{"limit":2}"#)
                #expect(answer.list("devices").count == count)
            }
            let long = String(repeating: "x", count: 5000)
            for _ in 0..<2 { #expect(try await client.get("/devices/list?search=\(long)").status == 200) }
        }
    }
}

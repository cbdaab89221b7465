import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("What client sessions see, wire contract 2.3")
struct ClientSessionScopeTests {
    /// Runs a harness with a second account of two locks, and a client session that sees these alone.
    private static func run(
        _ body:
            @escaping @Sendable (
                _ harness: APIHarness, _ owner: APIClient, _ visitor: APIClient, _ theirs: [Device]
            ) async throws -> Void
    ) async throws {
        try await APIHarness.run { harness, client in
            let theirs = try await harness.addSecondAccount()
            let token = try await harness.addSession(accounts: [APIHarness.secondAccountID]).token
            try await body(harness, client, client.presenting(token), theirs)
        }
    }

    private static let hidden = APIHarness.lock("fast-lock-1")

    @Test("G11 lists show the devices of the session's accounts alone, whatever is asked for")
    func lists() async throws {
        try await Self.run { _, _, visitor, theirs in
            let ids = Set(theirs.map(\.id.description))
            for query in ["", "?device_ids=\(Self.hidden.id),\(theirs[0].id),\(theirs[1].id)", "?search=door"] {
                let devices = try await visitor.get("/devices/list\(query)")
                #expect(Set(devices.column("devices", "device_id")) == ids)
            }
            let locks = try await visitor.get("/locks/list")
            #expect(Set(locks.column("locks", "device_id")) == ids)
            for name in ["connected_account_id", "connected_account_ids"] {
                let hidden = try await visitor.get("/devices/list?\(name)=\(APIHarness.account.id)")
                #expect(hidden.status == 200)
                #expect(hidden.list("devices").isEmpty)
            }
        }
    }

    @Test("G11 a device of another account is not found, by whatever way")
    func devices() async throws {
        try await Self.run { _, owner, visitor, theirs in
            let body = #"{"device_id":"\#(Self.hidden.id)","name":"Mine","auto_lock_enabled":false}"#
            for path in [
                "/devices/get", "/devices/update", "/locks/get", "/locks/lock_door", "/locks/unlock_door",
                "/locks/configure_auto_lock",
            ] {
                let answer = try await visitor.post(path, body)
                #expect((answer.status, answer.errorType) == (404, "device_not_found"))
            }
            #expect(try await visitor.get("/devices/get?name=Fast+Lock+1").status == 404)
            #expect(try await owner.get("/action_attempts/list").list("action_attempts").isEmpty)
            // The name of both, but each sees their own.
            let front = try await visitor.get("/locks/get?name=Front+Door")
            #expect(front.text("device", "device_id") == theirs[0].id.description)
            let renamed = try await visitor.post(
                "/devices/update",
                #"{"device_id":"\#(theirs[0].id)","name":"Ours"}"#
            )
            #expect(renamed.status == 200)
        }
    }

    @Test("G11 attempts are seen by those who see their device, also once it is deleted")
    func attempts() async throws {
        try await Self.run { _, owner, visitor, theirs in
            let hidden = try await owner.post("/locks/unlock_door", #"{"device_id":"\#(Self.hidden.id)"}"#)
            let own = try await visitor.post("/locks/unlock_door", #"{"device_id":"\#(theirs[0].id)"}"#)
            let hiddenID = try #require(hidden.text("action_attempt", "action_attempt_id"))
            let ownID = try #require(own.text("action_attempt", "action_attempt_id"))
            #expect(
                own.text("action_attempt", "requested_by") == "client_session:\(Samples.id(1, of: ClientSession.self))"
            )
            #expect(try await visitor.get("/action_attempts/get?action_attempt_id=\(ownID)").status == 200)
            for path in ["get", "cancel"] {
                let answer = try await visitor.post(
                    "/action_attempts/\(path)",
                    #"{"action_attempt_id":"\#(hiddenID)"}"#
                )
                #expect((answer.status, answer.errorType) == (404, "action_attempt_not_found"))
            }
            #expect(try await visitor.get("/action_attempts/list").errorType == "unauthorized")
            #expect(try await owner.post("/devices/delete", #"{"device_id":"\#(theirs[0].id)"}"#).status == 200)
            #expect(try await visitor.get("/action_attempts/get?action_attempt_id=\(ownID)").status == 200)
        }
    }

    @Test("G11 an attempt that is about no device is for the owner alone")
    func wholeWorkspace() async throws {
        try await Self.run { harness, owner, visitor, _ in
            let attempt = ActionAttempt(
                id: Samples.id(70),
                workspaceID: APIHarness.workspace.id,
                deviceID: nil,
                actionType: .resetSandboxWorkspace,
                requestedBy: .apiKey(APIHarness.keyID),
                createdAt: Samples.start,
                deadlineAt: Samples.start + .seconds(30),
                resolvedAt: Samples.start,
                outcome: .success(wasConfirmedByDevice: nil)
            )
            try await harness.store.reset(
                APIHarness.workspace.id,
                to: [APIHarness.account],
                attempt: attempt,
                idempotency: nil
            )
            let uri = "/action_attempts/get?action_attempt_id=\(attempt.id)"
            let answer = try await owner.get(uri)
            #expect(answer["action_attempt", "device_id"] == .null)
            #expect(answer["action_attempt", "result"] == .object([:]))
            // The reset has taken the session too, so there is a new one.
            let token = try await harness.addSession(2, accounts: [APIHarness.account.id]).token
            #expect(try await visitor.presenting(token).get(uri).status == 404)
        }
    }

    @Test("G11 events are seen by those who see their account")
    func events() async throws {
        try await Self.run { _, owner, visitor, theirs in
            for id in [Self.hidden.id, theirs[0].id] {
                let body = #"{"device_id":"\#(id)","name":"Renamed"}"#
                #expect(try await owner.post("/devices/update", body).status == 200)
            }
            #expect(try await owner.get("/events/list").list("events").count == 2)
            for query in ["", "?device_ids=\(Self.hidden.id),\(theirs[0].id)", "?event_type=device.name_changed"] {
                let answer = try await visitor.get("/events/list\(query)")
                #expect(answer.column("events", "device_id") == [theirs[0].id.description])
            }
            #expect(
                try await visitor.get("/events/list?connected_account_id=\(APIHarness.account.id)").list("events")
                    .isEmpty
            )
            let hidden = try await owner.get("/events/list?device_id=\(Self.hidden.id)").column("events", "event_id")
            for query in ["event_id=\(hidden[0])", "device_id=\(Self.hidden.id)"] {
                #expect(try await visitor.get("/events/get?\(query)").errorType == "event_not_found")
            }
            let latest = try await visitor.get("/events/get?event_type=device.name_changed")
            #expect(latest.text("event", "device_id") == theirs[0].id.description)
        }
    }

    @Test("G11 a session sees its own accounts, and lists and changes none")
    func accounts() async throws {
        try await Self.run { _, owner, visitor, _ in
            let (own, other) = (APIHarness.secondAccountID, APIHarness.account.id)
            #expect(try await visitor.get("/connected_accounts/get?connected_account_id=\(own)").status == 200)
            #expect(try await owner.get("/connected_accounts/get?connected_account_id=\(other)").status == 200)
            let hidden = try await visitor.get("/connected_accounts/get?connected_account_id=\(other)")
            #expect((hidden.status, hidden.errorType) == (404, "connected_account_not_found"))
            let body = #"{"connected_account_id":"\#(own)"}"#
            for path in ["list", "update", "delete", "sync", "simulate/disconnect"] {
                #expect(try await visitor.post("/connected_accounts/\(path)", body).errorType == "unauthorized")
            }
        }
    }
}

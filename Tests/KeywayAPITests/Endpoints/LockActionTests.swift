import KeywayEngine
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Other actions at locks, wire contract 4.2")
struct LockActionTests {
    private static let fast = APIHarness.lock("fast-lock-1")

    // MARK: Auto-lock

    @Test("A configured auto-lock is shown once the attempt has succeeded")
    func autoLock() async throws {
        try await APIHarness.run { _, client in
            let id = #""device_id":"\#(Self.fast.id)","sync":true"#
            let pending = try await client.post(
                "/locks/configure_auto_lock",
                #"{"device_id":"\#(APIHarness.lock("vault").id)","auto_lock_enabled":false}"#
            )
            #expect(pending.text("action_attempt", "status") == "pending")
            #expect(pending.text("action_attempt", "action_type") == "CONFIGURE_AUTO_LOCK")
            for (members, isEnabled, delay) in [
                (#""auto_lock_enabled":true,"auto_lock_delay_seconds":30"#, true, JSONValue.number(30)),
                (#""auto_lock_enabled":false,"auto_lock_delay_seconds":5"#, false, nil),
            ] {
                let answer = try await client.post("/locks/configure_auto_lock", "{\(id),\(members)}")
                #expect(answer.text("action_attempt", "status") == "success")
                let lock = try await client.get("/locks/get?device_id=\(Self.fast.id)")
                #expect(lock["device", "properties", "auto_lock_enabled"] == .bool(isEnabled))
                #expect(lock["device", "properties", "auto_lock_delay_seconds"] == delay)
            }
        }
    }

    @Test(
        "An auto-lock that makes no sense is refused by name",
        arguments: [
            (#""auto_lock_enabled":true"#, "auto_lock_delay_seconds is required"),
            (#""auto_lock_delay_seconds":5"#, "auto_lock_enabled is required"),
            (
                #""auto_lock_enabled":true,"auto_lock_delay_seconds":0.9"#,
                #"Number must be greater than or equal to 1 for "auto_lock_delay_seconds""#
            ),
            (
                #""auto_lock_enabled":false,"auto_lock_delay_seconds":61"#,
                #"Number must be less than or equal to 60 for "auto_lock_delay_seconds""#
            ),
        ]
    )
    func badAutoLock(members: String, message: String) async throws {
        try await APIHarness.run { _, client in
            // Even of a lock that is not there: what is wrong with the parameters comes first.
            for id in [Self.fast.id, APIHarness.foreignLock.id] {
                let answer = try await client.post("/locks/configure_auto_lock", #"{"device_id":"\#(id)",\#(members)}"#)
                #expect((answer.status, answer.errorType, answer.errorMessage) == (400, "invalid_input", message))
            }
        }
    }

    // MARK: The keypad

    @Test(
        "A code is entered, and either moves the bolt or is denied entry",
        arguments: [("1234", "lock.unlocked"), ("4321", "lock.access_denied")]
    )
    func code(code: String, event: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(
                "/locks/simulate/keypad_code_entry",
                #"{"device_id":"\#(Self.fast.id)","code":"\#(code)","sync":true}"#
            )
            #expect(answer.text("action_attempt", "action_type") == "SIMULATE_KEYPAD_CODE_ENTRY")
            #expect(answer.text("action_attempt", "status") == "success")
            let types = try await client.get("/events/list?device_id=\(Self.fast.id)").column("events", "event_type")
            #expect(Set(types) == ["action_attempt.simulate_keypad_code_entry.succeeded", event])
        }
    }

    @Test("A lock is locked at its keypad")
    func manualLock() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"device_id":"\#(Self.fast.id)","sync":true}"#
            #expect(try await client.post("/locks/unlock_door", body).status == 200)
            let answer = try await client.post("/locks/simulate/manual_lock_via_keypad", body)
            #expect(answer.text("action_attempt", "action_type") == "SIMULATE_MANUAL_LOCK_VIA_KEYPAD")
            #expect(answer.text("action_attempt", "status") == "success")
            let lock = try await client.get("/locks/get?device_id=\(Self.fast.id)")
            #expect(lock["device", "properties", "locked"] == .bool(true))
        }
    }

    @Test(
        "A code that no keypad takes is refused by name",
        arguments: ["", "12a4", "１２", " 1", String(repeating: "1", count: 33)]
    )
    func badCode(code: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(
                "/locks/simulate/keypad_code_entry",
                #"{"device_id":"\#(Self.fast.id)","code":"\#(code)"}"#
            )
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", "code"] != nil)
            #expect(try await client.get("/action_attempts/list").list("action_attempts").isEmpty)
        }
    }

    @Test(
        "Only virtual locks with a keypad have one to simulate",
        arguments: ["/locks/simulate/keypad_code_entry", "/locks/simulate/manual_lock_via_keypad"]
    )
    func keypads(path: String) async throws {
        try await APIHarness.run { harness, client in
            let vault = try await client.post(path, #"{"device_id":"\#(APIHarness.lock("vault").id)","code":"1"}"#)
            #expect((vault.status, vault.errorType) == (400, "device_type_not_supported"))
            let owner = client.presenting(harness.foreignToken.text)
            let live = try await owner.post(path, #"{"device_id":"\#(APIHarness.foreignLock.id)","code":"1"}"#)
            #expect((live.status, live.errorType) == (400, "workspace_not_sandbox"))
            let foreign = try await client.post(path, #"{"device_id":"\#(APIHarness.foreignLock.id)","code":"1"}"#)
            #expect((foreign.status, foreign.errorType) == (404, "device_not_found"))
            let visitor = client.presenting(try await harness.addSession(accounts: [APIHarness.account.id]).token)
            let session = try await visitor.post(path, #"{"device_id":"\#(Self.fast.id)","code":"1"}"#)
            #expect(session.errorType == "unauthorized")
            #expect(try await client.get("/action_attempts/list").list("action_attempts").isEmpty)
        }
    }

    @Test(
        "G9 every action takes a deadline, an overlap and an idempotency key",
        arguments: [
            ("configure_auto_lock", #""auto_lock_enabled":false"#), ("simulate/keypad_code_entry", #""code":"1""#),
            ("simulate/manual_lock_via_keypad", #""overlap":"queue""#),
        ]
    )
    func options(verb: String, members: String) async throws {
        try await APIHarness.run { _, client in
            // A lock that has something to do for as long as the test wants.
            let id = APIHarness.lock("fast-lock-2").id
            let held = try await client.post(
                "/locks/simulate/set_behavior",
                #"{"device_id":"\#(id)","behavior":"hold","latency_ms":0}"#
            )
            #expect(held.status == 200)
            #expect(try await client.post("/locks/unlock_door", #"{"device_id":"\#(id)"}"#).status == 200)
            let body = #"{"device_id":"\#(id)","deadline_seconds":90,\#(members)}"#
            let retrying = client.with("idempotency-key", "k1")
            let first = try await retrying.post("/locks/\(verb)", body)
            #expect(first.text("action_attempt", "deadline_at") == "2026-01-01T00:01:30.000Z")
            let again = try await retrying.post("/locks/\(verb)", body)
            #expect(
                again.text("action_attempt", "action_attempt_id") == first.text("action_attempt", "action_attempt_id")
            )
            guard verb != "simulate/manual_lock_via_keypad" else { return }
            let refused = try await client.post(
                "/locks/\(verb)",
                #"{"device_id":"\#(id)","overlap":"reject",\#(members)}"#
            )
            #expect((refused.status, refused.errorType) == (409, "action_attempt_in_progress"))
        }
    }

    // MARK: Too often

    @Test("G12 a device that is asked too often is 429 with Retry-After, and a retry with its key is not counted")
    func rateLimit() async throws {
        let limit = RateLimit(perMinute: 2, includesSandbox: true)
        let harness = try await APIHarness(engine: EngineConfiguration(rateLimit: limit))
        try await harness.run { client in
            let body = #"{"device_id":"\#(Self.fast.id)","sync":true}"#
            let first = try await client.with("idempotency-key", "k1").post("/locks/unlock_door", body)
            harness.clock.advance(by: .seconds(10))
            for _ in 1...3 {
                let again = try await client.with("idempotency-key", "k1").post("/locks/unlock_door", body)
                #expect(again["action_attempt", "action_attempt_id"] == first["action_attempt", "action_attempt_id"])
            }
            #expect(try await client.post("/locks/unlock_door", body).status == 200)
            let refused = try await client.post("/locks/unlock_door", body)
            #expect((refused.status, refused.errorType) == (429, "too_many_requests"))
            #expect(refused.header("retry-after") == "50")
            // Each lock and each action has its own count, and what moves no bolt has none.
            #expect(try await client.post("/locks/lock_door", body).status == 200)
            let other = #"{"device_id":"\#(APIHarness.lock("fast-lock-2").id)","sync":true}"#
            #expect(try await client.post("/locks/unlock_door", other).status == 200)
            // What was asked before may be asked again, whatever the count.
            #expect(try await client.with("idempotency-key", "k1").post("/locks/unlock_door", body).status == 200)
            harness.clock.advance(by: .seconds(50))
            #expect(try await client.post("/locks/unlock_door", body).status == 200)
        }
    }

    @Test("Virtual locks are asked as often as anybody likes, unless the server says otherwise")
    func noRateLimit() async throws {
        let harness = try await APIHarness(engine: EngineConfiguration(rateLimit: RateLimit(perMinute: 1)))
        try await harness.run { client in
            for _ in 1...3 {
                let body = #"{"device_id":"\#(Self.fast.id)","sync":true}"#
                let answer = try await client.post("/locks/unlock_door", body)
                #expect(answer.status == 200)
            }
        }
    }
}

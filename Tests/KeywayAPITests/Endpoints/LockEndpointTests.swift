import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Locks, wire contract 4.2")
struct LockEndpointTests {
    private static let fast = APIHarness.lock("fast-lock-1")

    @Test("An unlock is answered with a pending attempt, with every key of the contract and our own")
    func pending() async throws {
        try await APIHarness.run { _, client in
            let lock = APIHarness.lock("vault")
            let answer = try await client.post("/locks/unlock_door", #"{"device_id":"\#(lock.id)"}"#)
            #expect(answer.status == 200)
            let id = try #require(answer.text("action_attempt", "action_attempt_id"))
            #expect(Identifier<ActionAttempt>(id) != nil)
            let attempt = try #require(answer["action_attempt"])
            #expect(
                try attempt
                    == JSONValue(
                        #"""
                        {"action_attempt_id":"\#(id)","action_type":"UNLOCK_DOOR","status":"pending","result":null,"error":null,
                         "device_id":"\#(lock.id)","created_at":"2026-01-01T00:00:00.000Z",
                         "deadline_at":"2026-01-01T00:00:30.000Z","dispatched_at":"2026-01-01T00:00:00.000Z",
                         "acknowledged_at":null,"resolved_at":null,"requested_by":"api_key:\#(APIHarness.keyID)"}
                        """#
                    )
            )
            #expect(answer["ok"] == .bool(true))
        }
    }

    @Test(
        "With sync the answer holds the outcome",
        arguments: [("lock_door", "LOCK_DOOR"), ("unlock_door", "UNLOCK_DOOR")]
    )
    func sync(verb: String, type: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post("/locks/\(verb)", #"{"device_id":"\#(Self.fast.id)","sync":true}"#)
            #expect(answer.text("action_attempt", "action_type") == type)
            #expect(answer.text("action_attempt", "status") == "success")
            #expect(answer["action_attempt", "result", "was_confirmed_by_device"] == .bool(true))
            #expect(answer["action_attempt", "error"] == .null)
            #expect(answer["action_attempt", "resolved_at"] != .null)
            let lock = try await client.get("/locks/get?device_id=\(Self.fast.id)")
            #expect(lock["device", "properties", "locked"] == .bool(verb == "lock_door"))
        }
    }

    @Test("A failed attempt is still 200, with its cause, its message and whether to try again")
    func failure() async throws {
        try await APIHarness.run { _, client in
            let offline = APIHarness.lock("guest-house")
            let answer = try await client.post("/locks/unlock_door", #"{"device_id":"\#(offline.id)","sync":true}"#)
            #expect(answer.status == 200)
            #expect(answer.text("action_attempt", "status") == "error")
            #expect(answer["action_attempt", "result"] == .null)
            #expect(
                try answer["action_attempt", "error"]
                    == JSONValue(#"{"type":"device_offline","message":"The device is offline.","is_retryable":true}"#)
            )
        }
    }

    @Test("sync waits until the clock says so and then answers pending")
    func syncTimeout() async throws {
        let harness = try await APIHarness(configuration: APIConfiguration(port: 0, maximumSyncWait: .seconds(7)))
        try await harness.run { client in
            let lock = APIHarness.lock("vault")
            async let answer = client.post("/locks/unlock_door", #"{"device_id":"\#(lock.id)","sync":true}"#)
            await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(7))
            harness.clock.advance(by: .seconds(7))
            let status = try await answer.text("action_attempt", "status")
            #expect(status == "pending")
        }
    }

    @Test("deadline_seconds sets the deadline")
    func deadline() async throws {
        try await APIHarness.run { _, client in
            let id = APIHarness.lock("vault").id
            let answer = try await client.post("/locks/lock_door", #"{"device_id":"\#(id)","deadline_seconds":90.5}"#)
            #expect(answer.text("action_attempt", "deadline_at") == "2026-01-01T00:01:30.500Z")
            for (value, text) in [("0.5", "greater than or equal to 1"), ("86401", "less than or equal to 86400")] {
                let refused = try await client.post(
                    "/locks/lock_door",
                    #"{"device_id":"\#(id)","deadline_seconds":\#(value)}"#
                )
                #expect(refused.errorMessage == #"Number must be \#(text) for "deadline_seconds""#)
            }
        }
    }

    @Test(
        "Bad input names the field",
        arguments: [
            ("{}", "device_id is required"),
            (#"{"device_id":null}"#, #"Expected string, received null for "device_id""#),
            (#"{"device_id":"unknown-device"}"#, #"Invalid uuid for "device_id""#),
            (
                #"{"device_id":"00000000-0000-8000-8000-000000000001","sync":"yes"}"#,
                #"Expected boolean, received string for "sync""#
            ),
        ]
    )
    func badInput(body: String, message: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post("/locks/unlock_door", body)
            #expect((answer.status, answer.errorType, answer.errorMessage) == (400, "invalid_input", message))
            #expect(answer["error", "validation_errors", "_errors"] == .array([]))
        }
    }

    @Test("G11 a lock of another workspace is not found, by whatever way")
    func foreign() async throws {
        try await APIHarness.run { harness, client in
            let id = APIHarness.foreignLock.id
            for answer in [
                try await client.post("/locks/unlock_door", #"{"device_id":"\#(id)"}"#),
                try await client.post("/locks/lock_door", #"{"device_id":"\#(id)"}"#),
                try await client.get("/locks/get?device_id=\(id)"),
                try await client.get("/devices/get?device_id=\(id)"),
            ] {
                #expect((answer.status, answer.errorType) == (404, "device_not_found"))
                #expect(answer["error", "data", "device_id"] == .string(id.description))
            }
            let owner = client.presenting(harness.foreignToken.text)
            #expect(try await owner.get("/locks/get?device_id=\(id)").status == 200)
            #expect(try await owner.get("/locks/list").list("devices").count == 1)
            // Nothing was done to it, and nothing of the attempts shows on the other side.
            #expect(try await owner.get("/action_attempts/list").list("action_attempts").isEmpty)
        }
    }

    @Test("G12 a full lane is 429 with Retry-After")
    func laneFull() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"device_id":"\#(APIHarness.lock("vault").id)"}"#
            for _ in 0..<LaneLimits().maximumLength {
                #expect(try await client.post("/locks/unlock_door", body).status == 200)
            }
            let answer = try await client.post("/locks/unlock_door", body)
            #expect((answer.status, answer.errorType) == (429, "too_many_requests"))
            #expect(answer.header("retry-after").flatMap { Int($0) } ?? 0 >= 1)
        }
    }

    @Test("A store that cannot write makes it 503 with Retry-After")
    func storeDown() async throws {
        try await APIHarness.run { harness, client in
            harness.store.become(.failing)
            let answer = try await client.post("/locks/unlock_door", #"{"device_id":"\#(Self.fast.id)"}"#)
            #expect((answer.status, answer.errorType) == (503, "service_unavailable"))
            #expect(answer.header("retry-after").flatMap { Int($0) } ?? 0 >= 1)
            #expect(answer["ok"] == .bool(false))
        }
    }

    @Test("list and get send the same data under two keys")
    func twoKeys() async throws {
        try await APIHarness.run { _, client in
            let list = try await client.get("/locks/list")
            #expect(list.list("devices").count == APIHarness.locks.count)
            #expect(list["devices"] == list["locks"])
            #expect(list["pagination"] == nil)
            let get = try await client.get("/locks/get?name=Front+Door&_strict=true")
            #expect(get["device"] == get["lock"])
            #expect(get.text("device", "device_id") == APIHarness.lock("front-door").id.description)
        }
    }

    @Test(
        "list filters by type, manufacturer and account",
        arguments: [
            ("device_type=tedee_lock", 1), ("device_types=tedee_lock&device_types=wyze_lock", 2),
            ("device_type=tedee_lock&device_types=wyze_lock", 0), ("device_types=", 0), ("manufacturer=august", 1),
            ("manufacturer=unheard_of", 0), ("customer_key=x", 0),
            ("connect_webview_id=00000000-0000-8000-8000-000000000001", 0),
            ("connected_account_id=00000000-0000-8000-8000-0000000000ff", 0),
        ]
    )
    func filters(query: String, count: Int) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get("/locks/list?\(query)&_strict=true")
            #expect(answer.status == 200)
            #expect(answer.list("devices").count == count)
        }
    }

    @Test("G12 a list without pages is bounded, over several pages of the store")
    func unpaged() async throws {
        let count = APIHarness.locks.count
        for (limit, status) in [(count, 200), (count - 1, 400)] {
            let harness = try await APIHarness(
                configuration: APIConfiguration(port: 0, maximumPageSize: 2, maximumUnpagedRows: limit)
            )
            try await harness.run { client in
                let answer = try await client.get("/locks/list")
                #expect(answer.status == status)
                #expect(answer.list("devices").count == (status == 200 ? count : 0))
                if status == 400 { #expect(answer.errorType == "too_many_results") }
            }
        }
    }

    @Test("get needs an id or a name")
    func needsOne() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get("/locks/get")
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer.errorMessage == "At least one of device_id, name is required")
        }
    }
}

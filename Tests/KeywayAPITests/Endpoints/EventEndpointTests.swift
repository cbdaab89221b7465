import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Events, wire contract 3.3 and 4.4")
struct EventEndpointTests {
    private static let (first, second) = (APIHarness.lock("fast-lock-1"), APIHarness.lock("fast-lock-2"))

    /// Three unlocks a minute apart: two events each.
    private static func withEvents(_ body: @escaping @Sendable (APIHarness, APIClient) async throws -> Void)
        async throws
    {
        try await APIHarness.run { harness, client in
            for lock in [first, second, first] {
                let answer = try await client.post("/locks/unlock_door", #"{"device_id":"\#(lock.id)","sync":true}"#)
                #expect(answer.text("action_attempt", "status") == "success")
                harness.clock.advance(by: .seconds(60))
            }
            try await body(harness, client)
        }
    }

    @Test("An unlock makes two events that point to the attempt")
    func pair() async throws {
        try await Self.withEvents { _, client in
            let events = try await client.get("/events/list?device_id=\(Self.second.id)&_strict=true")
            #expect(
                events.column("events", "event_type") == ["action_attempt.unlock_door.succeeded", "lock.unlocked"]
            )
            #expect(events["events", "0", "status"] == .string("success"))
            #expect(events["events", "0", "action_type"] == .string("UNLOCK_DOOR"))
            #expect(events["events", "1", "method"] == .string("remote"))
            #expect(events["events", "0", "action_attempt_id"] == events["events", "1", "action_attempt_id"])
            #expect(events["events", "0", "workspace_id"] == .string(APIHarness.workspace.id.description))
        }
    }

    @Test(
        "list filters, joined by AND",
        arguments: [
            ("", 6), ("limit=4", 4), ("event_type=lock.unlocked", 3),
            ("event_types=lock.unlocked&event_types=lock.locked", 3),
            ("event_type=lock.unlocked&event_types=lock.locked", 0), ("event_types=", 0), ("event_ids=", 0),
            ("device_ids=", 0), ("event_type=access_code.created", 0), ("event_type=action_attempt.late_report", 0),
            ("since=2026-01-01T00:00:30Z", 4), ("since=2026-01-01T00:01:00.000Z", 2), ("since=2026-02-01", 0),
            ("between=2026-01-01T00:00:30Z&between=2026-01-01T00:01:30Z", 2),
            ("between=2026-01-01T00:00:00Z&between=2026-01-01T00:02:00Z", 2),
            ("since=2026-01-01T00:01:30Z&between=2026-01-01T00:00:30Z&between=2026-01-02", 2),
            ("unstable_offset=5", 1), ("unstable_offset=6", 0),
            ("connected_account_id=00000000-0000-8000-8000-0000000000ff", 0), ("customer_key=x", 0),
            ("access_code_ids=", 0), ("acs_system_id=00000000-0000-8000-8000-0000000000ff", 0),
            ("space_ids=00000000-0000-8000-8000-0000000000ff", 0),
        ]
    )
    func filters(query: String, count: Int) async throws {
        try await Self.withEvents { _, client in
            let answer = try await client.get("/events/list?\(query.isEmpty ? "" : query + "&_strict=true")")
            #expect(answer.status == 200)
            #expect(answer.list("events").count == count)
        }
    }

    @Test("The latest events are returned in order, and with since the first ones")
    func ends() async throws {
        try await Self.withEvents { _, client in
            let all = try await client.get("/events/list").column("events", "event_id")
            #expect(try await client.get("/events/list?limit=2").column("events", "event_id") == Array(all.suffix(2)))
            let first = try await client.get("/events/list?limit=2&since=2025-01-01")
            #expect(first.column("events", "event_id") == Array(all.prefix(2)))
            let later = try await client.get("/events/list?limit=2&unstable_offset=1&since=2025-01-01")
            #expect(later.column("events", "event_id") == Array(all[1...2]))
        }
    }

    @Test(
        "Wrong filters are refused by name",
        arguments: [
            ("event_type=made.up", "event_type"), ("since=yesterday", "since"), ("between=2026-01-01", "between"),
            ("between=2026-01-02&between=2026-01-01", "between"), ("between=2026-01-01&between=2026-01-01", "between"),
            ("device_id=x", "device_id"), ("unstable_offset=-1", "unstable_offset"),
            ("access_code_id=x", "access_code_id"),
        ]
    )
    func badFilters(query: String, name: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get("/events/list?\(query)&_strict=true")
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", name] != nil)
        }
    }

    @Test("get returns the latest event that fits everything given")
    func get() async throws {
        try await Self.withEvents { _, client in
            let all = try await client.get("/events/list").column("events", "event_id")
            let byID = try await client.get("/events/get?event_id=\(all[2])")
            #expect(byID.text("event", "event_id") == all[2])
            let latest = try await client.get(
                "/events/get?event_type=lock.unlocked&device_id=\(Self.first.id)&_strict=true"
            )
            #expect(latest.text("event", "event_id") == all[5])
            for query in [
                "event_type=lock.locked", "event_type=anything", "event_id=\(all[0])&event_type=lock.unlocked",
            ] {
                let answer = try await client.get("/events/get?\(query)")
                #expect((answer.status, answer.errorType) == (404, "event_not_found"))
            }
            #expect(try await client.get("/events/get").status == 400)
        }
    }

    @Test("G11 another workspace sees none of it")
    func foreign() async throws {
        try await Self.withEvents { harness, client in
            let id = try await client.get("/events/list?limit=1").column("events", "event_id")
            let stranger = client.presenting(harness.foreignToken.text)
            #expect(try await stranger.get("/events/list").list("events").isEmpty)
            #expect(try await stranger.get("/events/list?device_id=\(Self.first.id)").list("events").isEmpty)
            #expect(try await stranger.get("/events/get?event_id=\(id[0])").status == 404)
        }
    }

    @Test("Every type that Keyway emits can be asked for")
    func types() {
        #expect(Set(EventTypeNames.all).isSuperset(of: EventType.allCases.map(\.rawValue)))
        #expect(EventTypeNames.all == EventTypeNames.all.sorted())
    }
}

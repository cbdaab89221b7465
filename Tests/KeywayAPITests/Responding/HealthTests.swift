import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Health, wire contract 4.10")
struct HealthTests {
    @Test("Health is for everybody, by GET and POST", arguments: ["/health", "/health/get_health"])
    func healthy(path: String) async throws {
        try await APIHarness.run { _, client in
            let stranger = client.presenting(nil)
            for answer in [try await stranger.get(path), try await stranger.post(path)] {
                #expect(answer.status == 200)
                #expect(answer["ok"] == .bool(true))
                #expect(answer.text("msg") != nil)
                #expect(answer.text("last_service_evaluation_at") == "2026-01-01T00:00:00.000Z")
                #expect(answer["service_health_statuses", "0", "status"] == .string("healthy"))
            }
        }
    }

    @Test("A store that cannot write makes it 503 in the same shape, and again 200 a second after it can")
    func down() async throws {
        try await APIHarness.run { harness, client in
            #expect(try await client.get("/health").status == 200)
            harness.store.become(.failing)
            #expect(try await client.get("/health").status == 200)
            harness.clock.advance(by: .seconds(1))
            let down = try await client.get("/health")
            #expect(down.status == 503)
            #expect(down["ok"] == .bool(false))
            #expect(down["service_health_statuses", "0", "status"] == .string("down"))
            #expect(down.header("retry-after") == "1")
            harness.store.become(.working)
            harness.clock.advance(by: .seconds(1))
            #expect(try await client.get("/health").status == 200)
        }
    }
}

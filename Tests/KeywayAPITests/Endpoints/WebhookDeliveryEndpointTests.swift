import FoundationEssentials
import KeywayModel
import KeywayStore
import KeywayTestKit
import KeywayWebhooks
import Testing

@testable import KeywayAPI

@Suite("Webhook deliveries and secrets, Keyway's own")
struct WebhookDeliveryEndpointTests {
    private static let list = "/webhooks/deliveries/list"
    private static let redeliver = "/webhooks/deliveries/redeliver"
    private static let rotate = "/webhooks/rotate_secret"
    private static let webhook = Samples.webhook(5, in: APIHarness.workspace, secret: "whsec_b2xk")
    private static let foreign = Samples.webhook(6, in: APIHarness.foreignWorkspace)
    private static let lock = APIHarness.lock("fast-lock-1")

    /// Three events a minute apart for a webhook: one that was taken, one that failed, and one that waits.
    private static func withDeliveries(
        _ body: @escaping @Sendable (APIHarness, APIClient, [Delivery]) async throws -> Void
    ) async throws {
        try await APIHarness.run { harness, client in
            try await harness.store.add(webhook, events: [])
            try await harness.store.add(foreign, events: [])
            for number in 1...3 as ClosedRange<UInt64> {
                let time = Samples.start + .seconds(Int(number) * 60)
                let type: EventType = number == 2 ? .deviceConnected : .clientSessionDeleted
                let event = Event(
                    id: Samples.id(number + 700),
                    type: type,
                    workspaceID: APIHarness.workspace.id,
                    createdAt: time,
                    occurredAt: time,
                    deviceID: number == 2 ? lock.id : nil
                )
                try await harness.store.commit(
                    LaneCommit(
                        deviceID: lock.id,
                        workspaceID: APIHarness.workspace.id,
                        changes: [.report(events: [event])],
                        state: nil
                    )
                )
            }
            let deliveries = try await harness.store.deliveries(DeliveryQuery(workspaceID: APIHarness.workspace.id))
                .elements.reversed()
            for (delivery, status) in zip(deliveries, [200, 500]) {
                let latest = DeliveryTry(
                    startedAt: Samples.start,
                    latencyMilliseconds: 12,
                    status: status,
                    answer: "said \(status)"
                )
                _ = try await harness.store.updateDelivery(delivery.id, in: delivery.workspaceID) { delivery, _ in
                    delivery.note(latest, status == 200 ? .taken : .over(.triesUsedUp), at: Samples.start + .seconds(1))
                    return []
                }
            }
            try await body(harness, client, Array(deliveries))
        }
    }

    @Test("list shows the deliveries, the latest first, with each try, its status, latency and answer")
    func shape() async throws {
        try await Self.withDeliveries { _, client, deliveries in
            let answer = try await client.get("\(Self.list)?webhook_id=\(Self.webhook.id)&_strict=true")
            #expect(answer.status == 200)
            #expect(answer.column("webhook_deliveries", "status") == ["pending", "failed", "succeeded"])
            #expect(
                answer.column("webhook_deliveries", "webhook_delivery_id")
                    == deliveries.reversed().map(\.id.description)
            )
            let failed = try #require(answer["webhook_deliveries", "1"])
            let expected = try JSONValue(
                """
                {"webhook_delivery_id":"\(deliveries[1].id)","webhook_id":"\(Self.webhook.id)",
                "event_id":"\(deliveries[1].eventID)","event_type":"device.connected","device_id":"\(Self.lock.id)",
                "status":"failed","reason":"tries_used_up","created_at":"2026-01-01T00:02:00.000Z",
                "finished_at":"2026-01-01T00:00:01.000Z","try_count":1,"tries":[{"started_at":"2026-01-01T00:00:00.000Z",
                "latency_milliseconds":12,"response_status":500,"response_body":"said 500"}]}
                """
            )
            #expect(failed == expected)
            #expect(answer["webhook_deliveries", "0", "next_try_at"] == .string("2026-01-01T00:03:00.000Z"))
        }
    }

    @Test(
        "list filters and pages",
        arguments: [
            ("status=failed", 1), ("status=abandoned", 0), ("event_type=device.connected", 1),
            ("event_type=access_code.created", 0), ("created_after=2026-01-01T00:01:00Z", 2),
            ("created_before=2026-01-01T00:02:00Z", 1),
            ("created_after=2026-01-01T00:01:00Z&created_before=2026-01-01T00:03:00Z", 1), ("limit=2", 2),
        ]
    )
    func filters(query: String, count: Int) async throws {
        try await Self.withDeliveries { _, client, _ in
            let answer = try await client.get("\(Self.list)?webhook_id=\(Self.webhook.id)&\(query)&_strict=true")
            #expect(answer.status == 200)
            #expect(answer.list("webhook_deliveries").count == count)
            guard query == "limit=2" else { return }
            let cursor = try #require(answer.text("pagination", "next_page_cursor"))
            let body = #"{"webhook_id":"\#(Self.webhook.id)","limit":2,"page_cursor":"\#(cursor)"}"#
            let next = try await client.post(Self.list, body)
            #expect(next.column("webhook_deliveries", "status") == ["succeeded"])
            #expect(next["pagination", "has_next_page"] == .bool(false))
        }
    }

    @Test("one delivery is sent again, and only once for one idempotency key")
    func one() async throws {
        try await Self.withDeliveries { harness, client, deliveries in
            let body = #"{"webhook_id":"\#(Self.webhook.id)","webhook_delivery_id":"\#(deliveries[0].id)"}"#
            let keyed = client.with("idempotency-key", "again")
            #expect(try await keyed.post(Self.redeliver, body)["redelivered_count"] == .number(1))
            func stored() async throws -> [Delivery] {
                let query = DeliveryQuery(workspaceID: APIHarness.workspace.id, ids: [deliveries[0].id])
                return try await harness.store.deliveries(query).elements
            }
            #expect(try await stored().map(\.status) == [.pending])
            _ = try await harness.store.updateDelivery(deliveries[0].id, in: APIHarness.workspace.id) { delivery, _ in
                delivery.note(
                    DeliveryTry(startedAt: Samples.start, latencyMilliseconds: 1, status: 200),
                    .taken,
                    at: Samples.start
                )
                return []
            }
            #expect(try await keyed.post(Self.redeliver, body).status == 200)
            #expect(try await stored().map(\.status) == [.succeeded])
        }
    }

    @Test("a range of time is sent again, or what failed")
    func range() async throws {
        try await Self.withDeliveries { _, client, _ in
            for (filter, count) in [
                (#""status":"failed""#, 1.0), (#""created_after":"2026-01-01","created_before":"2026-01-02""#, 1),
                (#""created_after":"2026-01-02""#, 0),
            ] {
                let answer = try await client.post(Self.redeliver, #"{"webhook_id":"\#(Self.webhook.id)",\#(filter)}"#)
                #expect(answer["redelivered_count"] == .number(count), "\(filter)")
            }
            let everything = try await client.post(Self.redeliver, #"{"webhook_id":"\#(Self.webhook.id)"}"#)
            #expect((everything.status, everything.errorType) == (400, "invalid_input"))
        }
    }

    @Test("nothing is sent again to a webhook that was disabled")
    func disabled() async throws {
        try await Self.withDeliveries { harness, client, _ in
            _ = try await harness.store.update(Self.webhook.id, in: APIHarness.workspace.id) { webhook throws(Never) in
                _ = webhook.health.gone(at: Samples.start)
                return []
            }
            let answer = try await client.post(
                Self.redeliver,
                #"{"webhook_id":"\#(Self.webhook.id)","status":"failed"}"#
            )
            #expect((answer.status, answer.errorType) == (400, "webhook_disabled"))
        }
    }

    @Test(
        "G11 what another workspace has, and what there is not, cannot be told apart",
        arguments: [
            foreign.id.description, "00000000-0000-8000-8000-0000000000ff", "no uuid",
        ]
    )
    func strangers(id: String) async throws {
        try await Self.withDeliveries { _, client, _ in
            for (path, rest) in [(Self.list, ""), (Self.redeliver, #","status":"failed""#), (Self.rotate, "")] {
                let answer = try await client.post(path, #"{"webhook_id":"\#(id)"\#(rest)}"#)
                #expect((answer.status, answer.errorType) == (404, "webhook_not_found"), "\(path)")
            }
            let answer = try await client.post(
                Self.redeliver,
                #"{"webhook_id":"\#(Self.webhook.id)","webhook_delivery_id":"\#(Samples.id(1, of: Delivery.self))"}"#
            )
            #expect((answer.status, answer.errorType) == (404, "webhook_delivery_not_found"))
        }
    }

    @Test(
        "a new secret is shown once it signs, and the old one goes on for as long as asked",
        arguments: [
            ("", 86_400), (#","overlap_seconds":60"#, 60), (#","overlap_seconds":0"#, 0),
        ]
    )
    func rotation(parameter: String, seconds: Int) async throws {
        try await Self.withDeliveries { harness, client, _ in
            let answer = try await client.post(Self.rotate, #"{"webhook_id":"\#(Self.webhook.id)"\#(parameter)}"#)
            let secret = try #require(answer.text("webhook", "secret"))
            #expect(secret.hasPrefix("whsec_") && secret != Self.webhook.secret)
            let stored: Webhook? = try await harness.store.record(Self.webhook.id, in: APIHarness.workspace.id)
            #expect(stored?.secret == secret)
            // Without an overlap nothing is kept of it.
            let old =
                seconds > 0
                ? RetiredSecret(secret: Self.webhook.secret, endsAt: Samples.start + .seconds(seconds)) : nil
            #expect(stored?.previousSecret == old)
        }
    }

    @Test("with an operator's key the new secret is stored sealed and shown open, once for one idempotency key")
    func sealed() async throws {
        let key = try #require(SecretKey(Data(repeating: 7, count: 32).base64EncodedString()))
        let box = SecretBox(key: key)
        let harness = try await APIHarness(webhooks: WebhookSafety(secrets: box))
        try await harness.store.add(Self.webhook, events: [])
        try await harness.run { client in
            let keyed = client.with("idempotency-key", "rotate")
            let first = try await keyed.post(Self.rotate, #"{"webhook_id":"\#(Self.webhook.id)"}"#)
            let secret = try #require(first.text("webhook", "secret"))
            let stored: Webhook? = try await harness.store.record(Self.webhook.id, in: APIHarness.workspace.id)
            let kept = try #require(stored?.secret)
            #expect(kept.hasPrefix("enc:v1:"))
            #expect(try box.open(kept, of: Self.webhook.id) == secret)
            let again = try await keyed.post(Self.rotate, #"{"webhook_id":"\#(Self.webhook.id)"}"#)
            #expect(again.text("webhook", "secret") == secret)
        }
    }
}

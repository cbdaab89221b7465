import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("What the end of a try means")
struct SettlementTests {
    private static let endedAt = Samples.start + .seconds(1)

    private static func delivery(failures: Int = 0) -> Delivery {
        var delivery = Delivery(of: SenderHarness.event(1), at: 1, to: Samples.id(1), isRefused: false)
        delivery.failureCount = failures
        delivery.tryCount = failures
        return delivery
    }

    private static func settle(
        _ delivery: Delivery,
        _ answer: ReceiverAnswer?,
        trouble: DeliveryTry.Trouble? = nil
    ) -> Settlement {
        var random = MiddleGenerator()
        let latest = DeliveryTry(
            startedAt: Samples.start,
            latencyMilliseconds: 1000,
            status: answer?.status,
            trouble: trouble
        )
        return Settlement(latest, answer, of: delivery, endedAt: endedAt, eventID: Samples.id(9), using: &random)
    }

    @Test("a success ends the delivery and makes the endpoint healthy")
    func success() {
        var (delivery, webhook) = (Self.delivery(failures: 3), Optional(Samples.webhook()))
        _ = webhook?.health.failed(at: Samples.start)
        let events = Self.settle(delivery, ReceiverAnswer(status: 204)).apply(to: &delivery, &webhook)
        #expect(events.isEmpty)
        #expect(delivery.status == .succeeded)
        #expect(webhook?.health == EndpointHealth())
    }

    @Test(
        "a failure is tried again by the schedule, or later if the receiver asks for it",
        arguments: [
            (nil, 5), ("3", 5), ("60", 60), ("Thu, 01 Jan 2026 00:01:01 GMT", 60), ("99999999", 86400),
        ] as [(String?, Int)]
    )
    func failure(retryAfter: String?, seconds: Int) throws {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        let answer = ReceiverAnswer(status: 503, retryAfter: retryAfter)
        _ = Self.settle(delivery, answer).apply(to: &delivery, &webhook)
        let next = try #require(delivery.nextTryAt)
        let difference: Duration = next - Self.endedAt - .seconds(seconds)
        #expect(abs(difference.wholeMicroseconds) < 10)
        #expect(webhook?.health.failingSince == Self.endedAt)
    }

    @Test("the eighth failure is the last one")
    func last() {
        var (delivery, webhook) = (Self.delivery(failures: 7), Optional(Samples.webhook()))
        _ = Self.settle(delivery, nil, trouble: .timedOut).apply(to: &delivery, &webhook)
        #expect(delivery.status == .failed)
        #expect(delivery.reason == .triesUsedUp)
        #expect(delivery.failureCount == 8)
    }

    @Test("410 stops the delivery, disables the endpoint, and is told")
    func gone() {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        let events = Self.settle(delivery, ReceiverAnswer(status: 410)).apply(to: &delivery, &webhook)
        #expect(delivery.status == .failed && delivery.reason == .gone)
        #expect(webhook?.health.disabledReason == .gone)
        #expect(events.map(\.type) == [.webhookDisabled])
        #expect(events.map(\.details) == [.webhookDisabled(WebhookDisablement(Samples.webhook(), because: .gone))])
    }

    @Test("five days of failures only disable the endpoint, abandon the delivery, and are told once")
    func failing() {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        for hour in stride(from: -120, to: 0, by: 12) {
            _ = webhook?.health.failed(at: Self.endedAt + .seconds(hour * 3600))
        }
        let settlement = Self.settle(delivery, ReceiverAnswer(status: 500))
        let events = settlement.apply(to: &delivery, &webhook)
        #expect(events.map(\.type) == [.webhookDisabled])
        #expect(delivery.status == .abandoned)
        #expect(delivery.tries.count == 1)
        #expect(webhook?.health.disabledReason == .failing)
        var other = Self.delivery()
        let more = Self.settle(other, ReceiverAnswer(status: 500)).apply(to: &other, &webhook)
        #expect(more.isEmpty)
        #expect(other.status == .abandoned)
    }

    @Test("a receiver stops one event without anything else being held against it")
    func aborted() {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        let answer = ReceiverAnswer(status: 400, wish: "abort-message")
        _ = Self.settle(delivery, answer).apply(to: &delivery, &webhook)
        #expect(delivery.status == .failed && delivery.reason == .abortedByReceiver)
        #expect(webhook?.health == EndpointHealth())
    }

    @Test("a secret that cannot be read is tried again, and is not held against the endpoint")
    func secret() {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        _ = Self.settle(delivery, nil, trouble: .secretUnusable).apply(to: &delivery, &webhook)
        #expect(delivery.status == .pending && delivery.failureCount == 1)
        #expect(webhook?.health == EndpointHealth())
    }

    @Test("what is applied twice counts once")
    func twice() {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        let settlement = Self.settle(delivery, ReceiverAnswer(status: 500))
        _ = settlement.apply(to: &delivery, &webhook)
        let after = delivery
        let events = settlement.apply(to: &delivery, &webhook)
        #expect(events.isEmpty)
        #expect(delivery == after)
    }

    @Test("a failure for a webhook that is gone abandons the delivery, and a success is still a success")
    func deleted() {
        var (failed, taken, webhook) = (Self.delivery(), Self.delivery(), Webhook?.none)
        _ = Self.settle(failed, ReceiverAnswer(status: 500)).apply(to: &failed, &webhook)
        #expect(failed.status == .abandoned)
        _ = Self.settle(taken, ReceiverAnswer(status: 200)).apply(to: &taken, &webhook)
        #expect(taken.status == .succeeded)
    }

    @Test(
        "a retired secret is forgotten with the first try that ends after its time",
        arguments: [(0, true), (1, false)]
    )
    func retiredSecret(seconds: Int, isForgotten: Bool) {
        var (delivery, webhook) = (Self.delivery(), Optional(Samples.webhook()))
        webhook?.rotateSecret(to: "whsec_new", keepingOldUntil: Self.endedAt + .seconds(seconds))
        _ = Self.settle(delivery, ReceiverAnswer(status: 200)).apply(to: &delivery, &webhook)
        #expect((webhook?.previousSecret == nil) == isForgotten)
        #expect(webhook?.secret == "whsec_new")
    }
}

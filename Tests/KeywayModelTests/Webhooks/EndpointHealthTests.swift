import KeywayModel
import KeywayTestKit
import Testing

@Suite("The health of an endpoint")
struct EndpointHealthTests {
    private static func hours(_ count: Int) -> Timestamp { Samples.start + .seconds(count * 3600) }

    // Expectations take no mutating calls.

    private static func failed(_ health: inout EndpointHealth, at time: Timestamp) -> Bool { health.failed(at: time) }
    private static func gone(_ health: inout EndpointHealth, at time: Timestamp) -> Bool { health.gone(at: time) }

    @Test("an endpoint that does nothing but fail is disabled after five days, once")
    func failing() {
        var health = EndpointHealth()
        for hour in stride(from: 0, to: 120, by: 10) {
            #expect(!Self.failed(&health, at: Self.hours(hour)))
            #expect(health.isEnabled)
            #expect(health.isFailing)
        }
        #expect(health.failingSince == Samples.start)
        #expect(Self.failed(&health, at: Self.hours(120)))
        #expect(health.disabledAt == Self.hours(120))
        #expect(health.disabledReason == .failing)
        #expect(!Self.failed(&health, at: Self.hours(121)))
        #expect(health.disabledAt == Self.hours(120))
    }

    @Test("one success begins the count anew")
    func success() {
        var health = EndpointHealth()
        for hour in stride(from: 0, to: 120, by: 10) { _ = health.failed(at: Self.hours(hour)) }
        health.succeeded()
        #expect(health == EndpointHealth())
        #expect(!Self.failed(&health, at: Self.hours(121)))
        #expect(health.failingSince == Self.hours(121))
    }

    @Test("a silence of more than 36 hours begins the count anew, for nobody knows how the endpoint did meanwhile")
    func silence() {
        var health = EndpointHealth()
        #expect(!Self.failed(&health, at: Samples.start))
        #expect(!Self.failed(&health, at: Self.hours(36)))
        #expect(health.failingSince == Samples.start)
        #expect(!Self.failed(&health, at: Self.hours(36 + 125)))
        #expect(health.failingSince == Self.hours(36 + 125))
    }

    @Test("an endpoint that always asks for the longest wait is disabled after five days as well")
    func evasive() {
        var (health, time) = (EndpointHealth(), Samples.start)
        for _ in 1...5 {
            #expect(!Self.failed(&health, at: time))
            // Each try takes its time as well.
            time = time + RetrySchedule.longestRetryAfter + .seconds(60)
        }
        #expect(Self.failed(&health, at: time))
        #expect(health.disabledReason == .failing)
    }

    @Test("410 disables at once, and only once")
    func gone() {
        var health = EndpointHealth()
        #expect(Self.gone(&health, at: Samples.start))
        #expect(health.disabledReason == .gone)
        #expect(!Self.gone(&health, at: Self.hours(1)))
        #expect(health.disabledAt == Samples.start)
    }

    @Test("a webhook takes the events that it names while it is enabled, and `*` names all")
    func wants() {
        var webhook = Samples.webhook(eventTypes: ["lock.locked"])
        #expect(webhook.wants(.lockLocked))
        #expect(!webhook.wants(.lockUnlocked))
        webhook.eventTypes = [Webhook.everyType]
        #expect(webhook.wants(.lockUnlocked))
        _ = webhook.health.gone(at: Samples.start)
        #expect(!webhook.wants(.lockUnlocked))
    }

    @Test("neither a webhook nor a retired secret shows its secret in words")
    func secrecy() {
        var webhook = Samples.webhook(secret: "whsec_one")
        webhook.rotateSecret(to: "whsec_two", keepingOldUntil: Samples.start)
        var dumped = ""
        dump(webhook, to: &dumped)
        dump(webhook.previousSecret, to: &dumped)
        #expect(!"\(webhook)\(webhook.previousSecret as Any)\(dumped)".contains("whsec"))
        #expect(webhook.previousSecret?.secret == "whsec_one")
    }
}

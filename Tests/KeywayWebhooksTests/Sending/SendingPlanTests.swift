import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("What may be sent now")
struct SendingPlanTests {
    /// Deliveries of a webhook, each about another device.
    private static func due(
        _ count: Int,
        to number: UInt64,
        isFailing: Bool = false,
        firstDevice: UInt64 = 1
    ) -> [DueDelivery] {
        var webhook = Samples.webhook(number)
        if isFailing { _ = webhook.health.failed(at: Samples.start) }
        return (0..<UInt64(count))
            .map { index in
                let door = Samples.lock(firstDevice + index)
                let event = SenderHarness.event(number * 1000 + index, on: door)
                let delivery = Delivery(of: event, at: 1, to: webhook.id, isRefused: false)
                return DueDelivery(delivery: delivery, webhook: webhook, eventBody: "{}")
            }
    }

    private static func counts(_ started: [DueDelivery]) -> [UInt64: Int] {
        Dictionary(grouping: started) { $0.webhook.id.low & 0xFFFF }.mapValues(\.count)
    }

    @Test("G10 one at a time of each webhook and device, and never the same one twice")
    func lanes() {
        var plan = SendingPlan(maximum: 64, maximumPerEndpoint: 8)
        let first = Self.due(1, to: 1)
        let second = Self.due(1, to: 2)
        let both = plan.start(first + second)
        #expect(both.count == 2)
        let again = plan.start(first)
        #expect(again.isEmpty)
        // Another event about the same door, as after one that was sent again.
        let other = Delivery(
            of: SenderHarness.event(7, on: Samples.lock(1)),
            at: 2,
            to: Samples.id(1),
            isRefused: false
        )
        let follower = DueDelivery(delivery: other, webhook: first[0].webhook, eventBody: "{}")
        let tooEarly = plan.start([follower])
        #expect(tooEarly.isEmpty)
        plan.end(first[0].delivery.id, after: .zero)
        plan.look()
        let afterwards = plan.start([follower])
        #expect(afterwards == [follower])
    }

    @Test("G12 so many to one endpoint, and so many in all")
    func bounds() {
        var plan = SendingPlan(maximum: 64, maximumPerEndpoint: 8)
        let found = (1...20 as ClosedRange<UInt64>).flatMap { Self.due(20, to: $0) }
        let started = plan.start(found)
        #expect(plan.count == started.count)
        let beyond = plan.start(found)
        #expect(Self.counts(beyond).isEmpty)
        #expect(Self.counts(started).values.allSatisfy { $0 <= 8 })
        #expect(started.count == 48)
        let more = (21...60 as ClosedRange<UInt64>).flatMap { Self.due(20, to: $0) }
        let firsts = plan.start(more)
        #expect(firsts.count == 16)
        #expect(plan.count == 64)
        let beyondAll = plan.start(more)
        #expect(beyondAll.isEmpty)
    }

    @Test("G10 endpoints take turns")
    func turns() {
        var plan = SendingPlan(maximum: 8, maximumPerEndpoint: 8)
        let started = plan.start(Self.due(20, to: 1) + Self.due(20, to: 2) + Self.due(20, to: 3))
        #expect(Self.counts(started) == [1: 2, 2: 2, 3: 2])
        // The last quarter is for those that have none.
        let next = plan.start(Self.due(20, to: 1) + Self.due(20, to: 4))
        #expect(Self.counts(next) == [4: 1])
    }

    @Test("G10 an endpoint that fails has one request under way, and all that fail have half of the places")
    func failing() {
        var plan = SendingPlan(maximum: 8, maximumPerEndpoint: 8)
        let dead = (1...6 as ClosedRange<UInt64>).flatMap { Self.due(5, to: $0, isFailing: true) }
        let started = plan.start(dead)
        #expect(Self.counts(started) == [1: 1, 2: 1, 3: 1, 4: 1])
        let healthy = plan.start(Self.due(5, to: 7))
        #expect(Self.counts(healthy) == [7: 2])
        plan.end(started[0].delivery.id, after: .zero)
        plan.look()
        let another = plan.start(dead)
        #expect(Self.counts(another).count == 1)
    }

    @Test("G10 what ended while the store was read is not sent again, though the answer still has it")
    func staleAnswer() {
        var plan = SendingPlan(maximum: 64, maximumPerEndpoint: 8)
        let due = Self.due(1, to: 1)
        plan.look()
        let first = plan.start(due)
        #expect(first == due)
        plan.look()
        plan.end(due[0].delivery.id, after: .zero)
        let stale = plan.start(due)
        #expect(stale.isEmpty)
        // Asked after the end, the store means it: a failure that is due again.
        plan.look()
        let retry = plan.start(due)
        #expect(retry == due)
    }

    @Test("places are free again when what had them has ended, and ending twice frees one")
    func ends() {
        var plan = SendingPlan(maximum: 4, maximumPerEndpoint: 2)
        let due = Self.due(3, to: 1)
        let full = plan.start(due)
        #expect(full == Array(due[..<2]))
        plan.end(due[0].delivery.id, after: .zero)
        plan.end(due[0].delivery.id, after: .zero)
        let freed = plan.start(Array(due[1...]))
        #expect(freed == [due[2]])
        #expect(plan.count == 2)
    }

    @Test("G10 endpoints that take long have half of the places together, however many they are, until they are quick")
    func slow() {
        var plan = SendingPlan(maximum: 64, maximumPerEndpoint: 8)
        let slow = (1...80 as ClosedRange<UInt64>).flatMap { Self.due(20, to: $0) }
        // Nobody knows yet that they are slow.
        let unknown = plan.start(slow)
        #expect(unknown.count == 64)
        for due in unknown { plan.end(due.delivery.id, after: .seconds(5)) }
        plan.look()
        let known = plan.start(slow.filter { due in unknown.contains { $0.webhook.id == due.webhook.id } })
        #expect(known.count == 32)
        let good = plan.start(Self.due(20, to: 99))
        #expect(good.count == 8)
        for due in known { plan.end(due.delivery.id, after: .milliseconds(10)) }
        plan.look()
        let quick = plan.start(slow.filter { due in known.contains { $0.webhook.id == due.webhook.id } })
        #expect(quick.count > 32)
    }

    @Test("What cannot be written is not started again, and takes no place")
    func givenUp() {
        var plan = SendingPlan(maximum: 64, maximumPerEndpoint: 8)
        let due = Self.due(2, to: 1)
        _ = plan.start([due[0]])
        plan.giveUp(due[0].delivery.id)
        plan.look()
        let again = plan.start(due)
        #expect(again == [due[1]])
        #expect(plan.count == 1)
    }
}

import FoundationEssentials
import KeywayModel
import KeywayTestKit
import Testing

@Suite("Deliveries")
struct DeliveryTests {
    private static let event = Event(
        id: Samples.id(1),
        type: .lockLocked,
        workspaceID: Samples.id(1),
        createdAt: Samples.start,
        occurredAt: Samples.start,
        deviceID: Samples.id(3),
        details: .bolt(BoltMovement(method: .manual))
    )
    private static let later = Samples.start + .seconds(60)

    private static func attempt(_ status: Int) -> DeliveryTry {
        DeliveryTry(startedAt: Samples.start, latencyMilliseconds: Int64(status), status: status)
    }

    @Test("the identity is that of the event and the webhook together, a UUID of version 8, and no two are the same")
    func identity() {
        var seen: Set<Identifier<Delivery>> = []
        for event in 1...100 as ClosedRange<UInt64> {
            for webhook in 1...100 as ClosedRange<UInt64> {
                let id: Identifier<Delivery> = Identifier(of: Samples.id(event), to: Samples.id(webhook))
                let isNew = seen.insert(id).inserted
                #expect(isNew)
                #expect(id == Identifier(of: Samples.id(event), to: Samples.id(webhook)))
                let text = Array(id.description)
                #expect(text[14] == "8")
                #expect("89ab".contains(text[19]))
            }
        }
    }

    @Test("the identity stays what it is for good, since receivers remember it")
    func stable() {
        let id: Identifier<Delivery> = Identifier(of: Samples.id(1), to: Samples.id(2))
        #expect(id.description == "99ba8e2b-85ef-8af0-8fed-f4ac2bad12e6")
    }

    @Test("a success, a failure with retries left, and the last failure")
    func verdicts() {
        let fresh = Delivery(of: Self.event, at: 7, to: Samples.id(2), isRefused: false)
        #expect(fresh.status == .pending && fresh.eventSequence == 7 && fresh.deviceID == Samples.id(3))

        var taken = fresh
        taken.note(Self.attempt(200), .taken, at: Self.later)
        #expect(taken.status == .succeeded && taken.finishedAt == Self.later && taken.failureCount == 0)

        var failed = fresh
        failed.note(Self.attempt(500), .retry(after: .seconds(5)), at: Self.later)
        #expect(failed.status == .pending)
        #expect(failed.nextTryAt == Self.later + .seconds(5))
        #expect(failed.failureCount == 1 && failed.tryCount == 1)
        failed.note(Self.attempt(500), .over(.triesUsedUp), at: Self.later)
        #expect(failed.status == .failed && failed.reason == .triesUsedUp && failed.nextTryAt == nil)
    }

    @Test("G12 ten tries are kept, the latest ones, and all are counted")
    func bounded() {
        var delivery = Delivery(of: Self.event, at: 7, to: Samples.id(2), isRefused: false)
        for number in 500..<515 { delivery.note(Self.attempt(number), .retry(after: .seconds(5)), at: Self.later) }
        #expect(delivery.tries.compactMap(\.status) == Array(505..<515))
        #expect(delivery.tryCount == 15)
    }

    @Test("what was abandoned while it was under way is a success if the receiver took it, and else stays abandoned")
    func abandoned() {
        var delivery = Delivery(of: Self.event, at: 7, to: Samples.id(2), isRefused: false)
        delivery.abandon(at: Samples.start)
        var failed = delivery
        failed.note(Self.attempt(500), .retry(after: .seconds(5)), at: Self.later)
        #expect(failed.status == .abandoned && failed.nextTryAt == nil && failed.tryCount == 1)
        delivery.note(Self.attempt(200), .taken, at: Self.later)
        #expect(delivery.status == .succeeded && delivery.reason == nil)
        delivery.abandon(at: Self.later)
        #expect(delivery.status == .succeeded)
    }

    @Test("sent again, it begins the schedule anew and keeps what was tried")
    func rearmed() {
        var delivery = Delivery(of: Self.event, at: 7, to: Samples.id(2), isRefused: true)
        #expect(delivery.status == .failed && delivery.reason == .queueFull)
        delivery.rearm()
        #expect(delivery.status == .pending && delivery.reason == nil && delivery.finishedAt == nil)
        delivery.note(Self.attempt(500), .retry(after: .seconds(5)), at: Self.later)
        delivery.rearm()
        #expect(delivery.failureCount == 1 && delivery.nextTryAt != nil)
    }

    @Test(
        "a try is a success if its status is any 2xx and nothing went wrong",
        arguments: [(200, true), (204, true), (299, true), (199, false), (300, false), (302, false), (410, false)]
    )
    func success(status: Int, isSuccess: Bool) {
        #expect(Self.attempt(status).isSuccess == isSuccess)
        let late = DeliveryTry(
            startedAt: Samples.start,
            latencyMilliseconds: 1,
            status: status,
            trouble: .timedOut
        )
        #expect(!late.isSuccess)
    }

    @Test(
        "G12 the kept beginning of an answer takes at most 1024 bytes as it is stored, and all of them if it can",
        arguments: [
            ("x", 1024), ("é", 512), ("\u{FFFD}", 341), ("😀", 256), ("\u{0}", 170), ("\u{1B}", 170), ("\"", 512),
            ("\\", 512), ("\n", 512), ("\r\n", 512),
        ]
    )
    func answer(text: String, kept: Int) throws {
        let whole = String(repeating: text, count: 2000)
        let latest = DeliveryTry(startedAt: Samples.start, latencyMilliseconds: 1, answer: whole)
        let answer = try #require(latest.answer)
        #expect(answer.unicodeScalars.count == kept)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Without the quotes around it.
        #expect(try encoder.encode(answer).count - 2 <= DeliveryTry.longestAnswer)
        let short = DeliveryTry(startedAt: Samples.start, latencyMilliseconds: 1, answer: text)
        #expect(short.answer == text)
    }

    @Test("a webhook that was stored before there were deliveries is read as healthy")
    func oldWebhook() throws {
        let text = """
            {"createdAt":"2026-01-01T00:00:00.000Z","eventTypes":["*"],"id":"00000000-0000-8000-8000-000000000001",
            "secret":"s","url":"https://example.com/","workspaceID":"00000000-0000-8000-8000-000000000001"}
            """
        let webhook = try JSONDecoder().decode(Webhook.self, from: Data(text.utf8))
        #expect(webhook == Samples.webhook(secret: "s"))
        let written = try JSONDecoder().decode(Webhook.self, from: JSONEncoder().encode(webhook))
        #expect(written == webhook)
    }
}

import KeywayMetrics
import KeywayModel
import KeywayStore
import KeywayTestKit
import Logging

@testable import KeywayWebhooks

/// A sender over a store with two doors, on a clock that the test moves.
struct SenderHarness {
    let clock = ManualTimeSource()
    let store: FailingStore
    let metrics = MetricsRegistry()
    var safety = WebhookSafety(addresses: .testing)
    var resolver: HostResolver?
    /// Nothing happens by itself, so that a test sees what the sender waits for.
    var configuration = WebhookConfiguration(pollInterval: .seconds(20 * 86400), drainTimeout: .seconds(10))

    static let home = Samples.workspace(1)
    static let frontDoor = Samples.lock(1, in: home, account: Samples.id(1))
    static let backDoor = Samples.lock(2, in: home, account: Samples.id(1))

    init(store: any Store = MemoryStore()) {
        self.store = FailingStore(around: store)
    }

    func addTenant(doors: [Device] = [frontDoor, backDoor]) async throws {
        try await store.add(Self.home, accounts: [Samples.account(1, in: Self.home)], devices: doors)
    }

    /// Adds a webhook that calls a port of this machine.
    @discardableResult
    func addWebhook(
        _ number: UInt64 = 1,
        port: Int,
        host: String = "127.0.0.1",
        secret: String = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        eventTypes: [String] = [Webhook.everyType]
    ) async throws -> Webhook {
        let webhook = Samples.webhook(
            number,
            in: Self.home,
            url: "http://\(host):\(port)/hook?a=b",
            secret: secret,
            eventTypes: eventTypes
        )
        try await store.add(webhook, events: [])
        return webhook
    }

    /// Gives a harness its tenant and a webhook that calls a receiver, for as long as the body runs; nothing is sent yet.
    static func prepared(
        _ harness: SenderHarness = SenderHarness(),
        doors: [Device] = [frontDoor, backDoor],
        _ body: (SenderHarness, Receiver, Webhook) async throws -> Void
    ) async throws {
        try await Receiver.run { receiver, port in
            try await harness.addTenant(doors: doors)
            let webhook = try await harness.addWebhook(port: port)
            try await body(harness, receiver, webhook)
        }
    }

    /// An event about a door.
    static func event(_ number: UInt64, on door: Device = frontDoor, createdAt: Timestamp = Samples.start) -> Event {
        Event(
            id: Samples.id(number),
            type: .lockUnlocked,
            workspaceID: home.id,
            createdAt: createdAt,
            occurredAt: createdAt,
            connectedAccountID: door.connectedAccountID,
            deviceID: door.id,
            details: .bolt(BoltMovement(method: .manual))
        )
    }

    /// The identity of an event as receivers see it.
    static func eventID(_ number: UInt64) -> String { Samples.id(number, of: Event.self).description }

    /// Writes events about a door in one commit.
    func tell(_ numbers: ClosedRange<UInt64>, on door: Device = frontDoor) async throws {
        let time = clock.now().wall
        let events = numbers.map { Self.event($0, on: door, createdAt: time) }
        try await store.commit(
            LaneCommit(deviceID: door.id, workspaceID: door.workspaceID, changes: [.report(events: events)], state: nil)
        )
    }

    func makeSender() -> WebhookSender {
        WebhookSender(
            store: store,
            safety: safety,
            time: clock,
            ids: CountingIdentifiers(startingAt: 1_000_000),
            random: MiddleGenerator(),
            resolver: resolver,
            configuration: configuration,
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Runs a sender while the body runs, and then cancels it, as a crash would.
    func run(_ body: () async throws -> Void) async throws {
        let sender = makeSender()
        let running = Task { try await sender.run() }
        let result = await Result { try await body() }
        running.cancel()
        try? await running.value
        try result.get()
    }

    /// How long the sender waits after so many failures.
    static func delay(_ failures: Int) -> Duration {
        var random = MiddleGenerator()
        let delay = RetrySchedule.delay(afterFailures: failures, using: &random) ?? .zero
        return .microseconds(delay.wholeMicroseconds)
    }

    /// Moves the clock to the next try, once the sender waits for it.
    func advanceToRetry(after failures: Int) async {
        let delay = Self.delay(failures)
        await clock.waitForSleeper(at: clock.now().monotonic + delay)
        clock.advance(by: delay)
    }

    /// Moves the clock on from one retry to the next until nothing is pending.
    func advanceUntilDone() async throws {
        while true {
            let pending = try await deliveries.filter { $0.status == .pending }
            guard let next = pending.compactMap(\.nextTryAt).min() else { return }
            // What is due, or under way, has its time before anything else does.
            if next > clock.now().wall { clock.advance(by: next - clock.now().wall) }
            await Task.yield()
        }
    }

    /// Every delivery, the oldest first.
    var deliveries: [Delivery] {
        get async throws {
            try await store.deliveries(DeliveryQuery(workspaceID: Self.home.id, limit: 1_000_000)).elements.reversed()
        }
    }

    /// Returns the deliveries once all of them are as wanted.
    @discardableResult
    func deliveries(once isWanted: (Delivery) -> Bool) async throws -> [Delivery] {
        while true {
            let found = try await deliveries
            if !found.isEmpty, found.allSatisfy(isWanted) { return found }
            await Task.yield()
        }
    }

    /// The webhook as it is stored.
    func stored(_ webhook: Webhook) async throws -> Webhook? {
        try await store.record(webhook.id, in: webhook.workspaceID)
    }
}

/// Draws the middle of every range, so that retries are not jittered.
struct MiddleGenerator: RandomNumberGenerator, Sendable {
    func next() -> UInt64 { 1 << 63 }
}

extension AddressPolicy {
    /// Allows the loopback, where the receivers of tests are.
    static let testing = AddressPolicy(allowing: [Network("127.0.0.0/8")].compactMap { $0 })
}

import KeywayModel
import KeywayStore
import KeywayStoreSQLite
import KeywayTestKit
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import KeywayWebhooks

@Suite("G10: at least once, in order per device, a dead endpoint harms no other", .timeLimit(.minutes(2)))
struct WebhookGuaranteeTests {
    private static let doors = (1...5 as ClosedRange<UInt64>)
        .map { Samples.lock($0, in: SenderHarness.home, account: Samples.id(1)) }

    /// What a receiver got of each device, every event at its first arrival.
    private static func arrivals(_ receiver: Receiver) -> [String: [String]] {
        var seen: Set<String> = []
        var result: [String: [String]] = [:]
        for request in receiver.requests where seen.insert(request.eventID).inserted {
            guard let range = request.body.firstRange(of: "\"device_id\":\"") else { continue }
            result[String(request.body[range.upperBound...].prefix(36)), default: []].append(request.eventID)
        }
        return result
    }

    /// The events of each device in their order.
    private static func told(_ events: [(door: Device, number: UInt64)]) -> [String: [String]] {
        Dictionary(grouping: events) { $0.door.id.description }
            .mapValues { $0.map { SenderHarness.eventID($0.number) } }
    }

    @Test("G10 a device's events arrive in sequence, and devices do not wait for each other")
    func order() async throws {
        try await SenderHarness.prepared { harness, receiver, _ in
            // The first event of the front door is held.
            receiver.on { $0.eventID == SenderHarness.eventID(1) ? .hold : .answer(200) }
            try await harness.run {
                try await harness.tell(1...3)
                try await harness.tell(11...13, on: SenderHarness.backDoor)
                await receiver.wait(for: 4)
                let ids = receiver.requests.map(\.eventID)
                #expect(Set(ids) == Set(([1, 11, 12, 13] as [UInt64]).map(SenderHarness.eventID)))
                receiver.answerHeld(200)
                try await harness.deliveries { $0.status == .succeeded }
                #expect(
                    Self.arrivals(receiver)[SenderHarness.frontDoor.id.description]
                        == ([1, 2, 3] as [UInt64]).map(SenderHarness.eventID)
                )
            }
        }
    }

    @Test("G10 a hundred events over failures arrive at least once and in order per device")
    func flaky() async throws {
        try await SenderHarness.prepared(doors: Self.doors) { harness, receiver, _ in
            let count = Counter()
            receiver.on { _ in
                count.increment()
                return count.value % 3 == 0 ? .answer(500) : count.value % 7 == 0 ? .close : .answer(200)
            }
            var told: [(door: Device, number: UInt64)] = []
            for number in 1...100 as ClosedRange<UInt64> {
                let door = Self.doors[Int(number) % 5]
                told.append((door, number))
                try await harness.tell(number...number, on: door)
            }
            try await harness.run {
                try await harness.advanceUntilDone()
                #expect(Self.arrivals(receiver) == Self.told(told))
                #expect(receiver.requests.count > 100)
                #expect(try await harness.deliveries.allSatisfy { $0.status == .succeeded })
            }
        }
    }

    @Test("G10 dead and hanging endpoints harm no other: the live one has everything before the first timeout")
    func deadEndpoints() async throws {
        try await Receiver.run { live, livePort in
            try await Receiver.run { hanging, hangingPort in
                var harness = SenderHarness()
                harness.configuration.maximumRequests = 16
                try await harness.addTenant(doors: Self.doors)
                hanging.on(.hold)
                // More hanging endpoints than half of the places, and one where nobody listens.
                for number in 1...9 as ClosedRange<UInt64> { try await harness.addWebhook(number, port: hangingPort) }
                try await harness.addWebhook(10, port: 1)
                let webhook = try await harness.addWebhook(11, port: livePort)
                var told: [(door: Device, number: UInt64)] = []
                for number in 1...50 as ClosedRange<UInt64> {
                    let door = Self.doors[Int(number) % 5]
                    told.append((door, number))
                    try await harness.tell(number...number, on: door)
                }
                try await harness.run {
                    await live.wait(for: 50)
                    #expect(Self.arrivals(live) == Self.told(told))
                    #expect(live.requests.count == 50)
                    #expect(harness.clock.now().monotonic == MonotonicInstant(nanoseconds: 0))
                    let stored = try await harness.stored(webhook)
                    #expect(stored?.health == EndpointHealth())
                }
            }
        }
    }

    @Test("G10 G1 after crashes the sender goes on where it was, on the file of a store, and nothing is missing")
    func restart() async throws {
        try await Receiver.run { receiver, port in
            try await withTemporaryFile { path in
                var told: [(door: Device, number: UInt64)] = []
                for round in 0..<3 as Range<UInt64> {
                    let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
                    let harness = SenderHarness(store: store)
                    if round == 0 {
                        try await harness.addTenant(doors: Self.doors)
                        try await harness.addWebhook(port: port)
                    }
                    for number in round * 100 + 1...round * 100 + 100 {
                        let door = Self.doors[Int(number) % 5]
                        told.append((door, number))
                        try await harness.tell(number...number, on: door)
                    }
                    // Cancelled in the middle, with requests under way whose ends are not written.
                    try await harness.run {
                        if round < 2 {
                            await receiver.wait(for: Int(round) * 50 + 30)
                        } else {
                            try await harness.deliveries { $0.status == .succeeded }
                        }
                    }
                    try await store.close()
                }
                #expect(Self.arrivals(receiver) == Self.told(told))
            }
        }
    }

    @Test("G10 a store that fails is waited out, and the end of a try is written when it works again")
    func failingStore() async throws {
        try await SenderHarness.prepared { harness, receiver, _ in
            receiver.on(.hold)
            try await harness.run {
                try await harness.tell(1...1)
                await receiver.wait(for: 1)
                harness.store.become(.failing)
                receiver.answerHeld(200)
                let pause = MonotonicInstant(nanoseconds: 1_000_000_000)
                await harness.clock.waitForSleeper(at: pause)
                #expect(try await harness.deliveries.map(\.status) == [.pending])
                harness.store.become(.working)
                harness.clock.advance(by: .seconds(1))
                let deliveries = try await harness.deliveries { $0.status == .succeeded }
                #expect(deliveries.map(\.tryCount) == [1])
                #expect(receiver.requests.count == 1)
            }
        }
    }

    @Test("G10 a write whose answer got lost counts the try once")
    func lostAnswer() async throws {
        try await SenderHarness.prepared { harness, receiver, _ in
            receiver.on(.answer(500))
            try await harness.run {
                try await harness.tell(1...1)
                harness.store.become(.failingAfterwards)
                await harness.clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 1_000_000_000))
                harness.store.become(.working)
                harness.clock.advance(by: .seconds(1))
                await harness.clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 5_000_000_000))
                #expect(try await harness.deliveries.map(\.tryCount) == [1])
            }
        }
    }

    @Test("a graceful shutdown starts nothing new and lets what is under way end")
    func shutdown() async throws {
        try await SenderHarness.prepared { harness, receiver, _ in
            receiver.on(.hold)
            try await Self.withService(harness) { stop in
                try await harness.tell(1...2)
                await receiver.wait(for: 1)
                await stop()
                await harness.clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 10_000_000_000))
                receiver.answerHeld(200)
            }
            #expect(try await harness.deliveries.map(\.status) == [.succeeded, .pending])
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("G12 a graceful shutdown does not wait for ever; what it cuts off is sent again")
    func boundedShutdown() async throws {
        try await SenderHarness.prepared { harness, receiver, _ in
            receiver.on(.hold)
            try await Self.withService(harness) { stop in
                try await harness.tell(1...1)
                await receiver.wait(for: 1)
                await stop()
                await harness.clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 10_000_000_000))
                harness.clock.advance(by: .seconds(10))
            }
            #expect(try await harness.deliveries.map(\.tryCount) == [0])
            receiver.on(.answer(200))
            try await harness.run { try await harness.deliveries { $0.status == .succeeded } }
            #expect(receiver.requests.count == 2)
        }
    }

    @Test("old deliveries are forgotten after their time")
    func retention() async throws {
        try await SenderHarness.prepared { harness, _, _ in
            try await harness.run {
                try await harness.tell(1...1)
                try await harness.deliveries { $0.status == .succeeded }
                for days in [20, 40] {
                    #expect(try await harness.deliveries.count == 1)
                    await harness.clock.waitForSleeper(
                        at: MonotonicInstant(nanoseconds: Int64(days) * 86_400_000_000_000)
                    )
                    harness.clock.advance(by: .seconds(20 * 86400))
                }
                while try await !harness.deliveries.isEmpty { await Task.yield() }
            }
        }
    }

    // MARK: Support

    /// Runs a sender as a service of a group until it has ended.
    private static func withService(
        _ harness: SenderHarness,
        _ body: (_ stop: @Sendable () async -> Void) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [harness.makeSender()], logger: logger)
        let running = Task { try await group.run() }
        try await body { await group.triggerGracefulShutdown() }
        try await running.value
    }
}

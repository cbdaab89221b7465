#if MQTT
import KeywayDriver
import KeywayModel
import KeywayTestKit

@testable import KeywayMQTT

/// A connection that runs on a clock that the test moves, and what happened on it.
struct ConnectionHarness: Sendable {
    let connection: BrokerConnection
    let clock: ManualTimeSource
    let log = WatchedLog()
    let events = Watched<[BrokerConnection.Event]>([])

    /// Runs a connection for as long as the body does.
    static func run<Result>(
        _ options: BrokerOptions,
        clock: ManualTimeSource = ManualTimeSource(),
        limits: MessageQueue.Limits = MessageQueue.Limits(),
        reads: Bool = true,
        _ body: (ConnectionHarness) async throws -> Result
    ) async throws -> Result {
        let harness = ConnectionHarness(options, clock, limits)
        let running = Task { await harness.connection.run() }
        let reading = Task {
            while reads, !Task.isCancelled {
                let new = await harness.connection.nextEvents()
                harness.events.change { $0 += new }
            }
        }
        func end() async {
            running.cancel()
            reading.cancel()
            await running.value
            await reading.value
        }
        do {
            let result = try await body(harness)
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private init(_ options: BrokerOptions, _ clock: ManualTimeSource, _ limits: MessageQueue.Limits) {
        self.clock = clock
        connection = BrokerConnection(
            options,
            limits: limits,
            time: clock,
            random: SystemRandomNumberGenerator(),
            logger: log.logger
        )
    }

    static func options(_ port: Int, _ clientID: String = "keyway-test") -> BrokerOptions {
        // Moving the clock never ends a try to connect.
        BrokerOptions(host: "127.0.0.1", port: port, clientID: clientID, connectTimeout: .seconds(86400))
    }

    /// Returns the number of the first connection that stands and has this number or a higher one.
    ///
    /// Tries that fail have numbers, too.
    @discardableResult
    func connected(_ generation: UInt64 = 1) async -> UInt64 {
        await events.wait { $0.contains { $0.isConnected(since: generation) } }
            .compactMap(\.connectedNumber)
            .first { $0 >= generation } ?? generation
    }

    /// Returns why the connection with this number ended, once it has.
    func disconnected(_ generation: UInt64 = 1) async -> ConnectionTrouble? {
        await events.wait { $0.contains { $0.end(of: generation) != nil } }.compactMap { $0.end(of: generation) }
            .first
    }

    /// Returns why a connection could not be made, once so many tries have failed.
    func failure(_ count: Int = 1) async -> ConnectionTrouble? {
        await events.wait { $0.compactMap(\.failure).count >= count }.compactMap(\.failure).dropFirst(count - 1).first
    }

    /// Moves the clock on until a connection with this number or a higher one stands.
    func reconnected(_ generation: UInt64 = 2) async {
        while true {
            // Counted before the look, so that nothing that comes in between is waited for in vain.
            let seen = events.value.count
            if connection.isConnected || Task.isCancelled { break }
            await clock.waitForSleeper()
            clock.advance(by: .seconds(60))
            await events.wait { $0.count > seen }
        }
        await connected(generation)
    }

    /// Returns the messages on a topic, once there are so many.
    func messages(_ topic: String, count: Int = 1) async -> [InboundMessage] {
        await events.wait { $0.compactMap { $0.message(on: topic) }.count >= count }
            .compactMap { $0.message(on: topic) }
    }

    /// Publishes a text that must be taken within a time.
    func publish(
        _ topic: String,
        _ text: String,
        within time: Duration = .seconds(30),
        onProgress: @escaping @Sendable (PublishProgress) -> Void = { _ in }
    ) async -> PublishOutcome {
        await connection.publish(
            topic,
            Array(text.utf8),
            expiresAt: clock.now().monotonic + time,
            onProgress: onProgress
        )
    }
}

extension BrokerConnection.Event {
    func end(of number: UInt64) -> ConnectionTrouble? {
        if case .disconnected(number, let trouble) = self { trouble } else { nil }
    }

    var failure: ConnectionTrouble? {
        if case .failed(let trouble) = self { trouble } else { nil }
    }

    var connectedNumber: UInt64? {
        if case .connected(let generation) = self { generation } else { nil }
    }

    func isConnected(since number: UInt64) -> Bool {
        if case .connected(let generation) = self { generation >= number } else { false }
    }

    func message(on topic: String) -> InboundMessage? {
        if case .message(let message) = self, message.topic == topic { message } else { nil }
    }
}
#endif

extension PublishProgress {
    /// The place in the traffic of an acknowledged message.
    var stamp: TrafficStamp? {
        if case .acknowledged(let stamp) = self { stamp } else { nil }
    }
}

#if MQTT
import Foundation
import KeywayDriver
import KeywayEngine
import KeywayModel

@testable import KeywayMQTT

/// A driver, a broker, and a lock on it that a test plays.
struct DriverScene: Sendable {
    let harness: DriverHarness
    let lock: PlayedLock
    let broker: Broker
    let wire: FaultyWire

    /// Runs everything with a lock that is announced, online and locked.
    static func run(
        _ options: String = "",
        isAvailable: Bool = true,
        listens: Bool = true,
        throughWire: Bool = false,
        _ body: @escaping (DriverScene) async throws -> Void
    ) async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { client in
                    let lock = PlayedLock(client: client)
                    try await lock.appear(options, isAvailable: isAvailable, listens: listens)
                    try await DriverHarness.run(on: throughWire ? wire.port : broker.port) { harness in
                        await harness.reported(.online(isAvailable))
                        if !options.contains("optimistic") { await harness.reported(.bolt(.locked)) }
                        try await body(DriverScene(harness: harness, lock: lock, broker: broker, wire: wire))
                    }
                }
            }
        }
    }

    func status(of attempt: ActionAttempt) async -> ActionAttempt.Status {
        await harness.engine.latest(attempt).status
    }

    /// Returns once the driver is connected for the how manieth time.
    func reconnected(_ count: Int = 2) async {
        await harness.log.text.wait { $0.components(separatedBy: "connected to the broker").count > count }
    }
}
#endif

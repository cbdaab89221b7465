#if MQTT
import Testing

@testable import KeywayMQTT

@Suite("Topics that are let go and wanted again", .timeLimit(.minutes(1)))
struct ResubscriptionTests {
    @Test("what the broker keeps comes again to who wants a topic again, however soon")
    func again() async throws {
        try await Broker.run { broker in
            try await PlainClient.run(on: broker.port) { device in
                try await device.publish("door/state", "kept", retain: true)
                try await ConnectionHarness.run(ConnectionHarness.options(broker.port)) { harness in
                    await harness.connected()
                    // The connection's thread takes both wishes in one look, or in two: often enough for both.
                    for round in 1...100 {
                        harness.connection.subscribe(to: [])
                        harness.connection.subscribe(to: ["door/state"])
                        let messages = await harness.messages("door/state", count: round)
                        #expect(messages.allSatisfy { $0.isRetained })
                        if Task.isCancelled { return }
                    }
                }
            }
        }
    }
}
#endif

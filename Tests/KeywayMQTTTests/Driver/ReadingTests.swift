#if MQTT
import KeywayDriver
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("Asking a lock where its bolt is", .timeLimit(.minutes(1)))
struct ReadingTests {
    private static let config = """
        {"unique_id":"front","command_topic":"zigbee2mqtt/front/set","state_topic":"zigbee2mqtt/front",\
        "value_template":"{{ value_json.state }}","state_locked":"LOCK","state_unlocked":"UNLOCK",\
        "origin":{"name":"Zigbee2MQTT"},"device":{"identifiers":["zigbee2mqtt_0x01"],"name":"front"},\
        "availability":[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"}]}
        """

    @Test("a network that is too slow for a question costs that reading, and no connection")
    func slowNetwork() async throws {
        try await Broker.run { broker in
            try await FaultyWire.run(to: broker.port) { wire in
                try await PlainClient.run(on: broker.port) { bridge in
                    try await bridge.subscribe("zigbee2mqtt/front/get")
                    try await bridge.publish("homeassistant/lock/front/lock/config", Self.config, retain: true)
                    try await bridge.publish("zigbee2mqtt/bridge/state", #"{"state":"online"}"#, retain: true)
                    // Each time something else, as what is no news may be something remembered.
                    let count = Watched(0)
                    bridge.react { message in
                        guard message.topic == "zigbee2mqtt/front/get" else { return [] }
                        count.change { $0 += 1 }
                        let state = count.value % 2 == 1 ? "UNLOCK" : "LOCK"
                        return [(topic: "zigbee2mqtt/front", text: #"{"state":"\#(state)"}"#, isRetained: false)]
                    }
                    try await DriverHarness.run(on: wire.port) { harness in
                        await harness.reported(.online(true))
                        // The answer to the question that every connection begins with; it may be old.
                        await harness.reported(.bolt(.unlocked))
                        let device = try #require(harness.sink.devices.value.last)
                        #expect(await harness.driver.readBolt(of: device) == .locked)
                        try await wire.stall()
                        let limit = harness.clock.now().monotonic + .milliseconds(1500)
                        async let reading = harness.driver.readBolt(of: device)
                        await harness.clock.waitForSleeper(at: limit)
                        harness.clock.advance(by: .milliseconds(1500))
                        #expect(await reading == nil)
                        harness.clock.advance(by: .seconds(20))
                        await wire.release()
                        #expect(await harness.driver.readBolt(of: device) != nil)
                        #expect(harness.log.count("connected to the broker") == 1)
                    }
                }
            }
        }
    }
}
#endif

#if MQTT
import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("What the driver knows of its locks, on a real broker", .timeLimit(.minutes(1)))
struct ReachTests {
    private static func announce(_ name: String, availability: String, on client: PlainClient) async throws {
        let config =
            #"{"unique_id":"\#(name)","cmd_t":"\#(name)/set","stat_t":"\#(name)/state","avty_t":"\#(availability)"}"#
        try await client.publish("homeassistant/lock/\(name)/config", config, retain: true)
    }

    @Test("a lock that is announced later knows what its bridge said before")
    func sharedAvailability() async throws {
        try await DriverScene.run { scene in
            try await Self.announce("second", availability: PlayedLock.availabilityTopic, on: scene.lock.client)
            // No time passes here.
            await scene.harness.reported(.online(true), count: 2)
        }
    }

    @Test("a lock that is announced later and says nothing counts as online after a while")
    func silentLater() async throws {
        try await DriverScene.run { scene in
            let clock = scene.harness.clock
            clock.advance(by: .seconds(10))
            try await Self.announce("second", availability: "nobody/says", on: scene.lock.client)
            await scene.harness.sink.devices.wait { $0.contains { $0.nativeID == "second" } }
            await clock.waitForSleeper(at: clock.now().monotonic + .seconds(10))
            #expect(scene.harness.sink.reports.value.count { $0.content == .online(true) } == 1)
            clock.advance(by: .seconds(10))
            await scene.harness.reported(.online(true), count: 2)
        }
    }

    @Test("a lock that is removed and announced again at once is as it was")
    func announcedAgain() async throws {
        try await DriverScene.run { scene in
            try await scene.lock.client.publish("homeassistant/lock/front/config", "", retain: true)
            try await scene.lock.appear()
            await scene.harness.reported(.removed)
            await scene.harness.reported(.online(true), count: 2)
            await scene.harness.reported(.bolt(.locked), count: 2)
        }
    }

    @Test("who waits for a lock that is back, but does not listen yet, is served when it does, once")
    func waitsForListener() async throws {
        try await DriverScene.run(listens: false) { scene in
            let clock = scene.harness.clock
            let attempt = try await scene.harness.request(.unlockDoor, .waitWhileOffline)
            await clock.waitForSleeper(at: clock.now().monotonic + .seconds(1))
            #expect(await scene.status(of: attempt) == .pending)
            try await scene.lock.client.subscribe(PlayedLock.commandTopic)
            clock.advance(by: .seconds(1))
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("UNLOCKED")
            #expect(try await scene.harness.resolved(attempt).outcome == .success(wasConfirmedByDevice: true))
            #expect(scene.lock.count("UNLOCK") == 1)
        }
    }

    @Test("who waits for an offline lock is not served by a new connection, before the lock is known to be back")
    func waitsThroughReconnection() async throws {
        try await DriverScene.run(isAvailable: false, throughWire: true) { scene in
            let attempt = try await scene.harness.request(.unlockDoor, .waitWhileOffline)
            await scene.wire.cut()
            await scene.reconnected()
            await scene.harness.reported(.online(false), count: 2)
            try await scene.lock.client.publish(PlayedLock.commandTopic, "end")
            await scene.lock.commanded("end")
            #expect(scene.lock.count("UNLOCK") == 0)
            try await scene.lock.client.publish(PlayedLock.availabilityTopic, "online", retain: true)
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("UNLOCKED")
            #expect(try await scene.harness.resolved(attempt).outcome == .success(wasConfirmedByDevice: true))
        }
    }

    @Test("that a lock is gone is not lost, however long the store does not take it")
    func outage() async throws {
        try await DriverScene.run { scene in
            let (harness, clock) = (scene.harness, scene.harness.clock)
            harness.sink.isOut.change { $0 = true }
            try await scene.lock.client.publish(PlayedLock.availabilityTopic, "offline", retain: true)
            while !Task.isCancelled, harness.sink.refusals.value < 8 {
                await clock.waitForSleeper()
                clock.advance(by: .milliseconds(500))
                await Task.yield()
            }
            harness.sink.isOut.change { $0 = false }
            while !Task.isCancelled, try await harness.device().state.isOnline {
                await clock.waitForSleeper()
                clock.advance(by: .milliseconds(500))
                await Task.yield()
            }
            #expect(try await harness.events().last == .deviceDisconnected)
        }
    }

    @Test("G6 what Zigbee2MQTT remembers is no answer when it is asked at the deadline")
    func rememberedAnswer() async throws {
        try await DriverScene.run { scene in
            let (harness, client) = (scene.harness, scene.lock.client)
            let topic = "zigbee2mqtt/hall/front door"
            func says(battery: Int) -> String { #"{"state":"LOCK","lock_state":"locked","battery":\#(battery)}"# }
            let remembered = says(battery: 90)
            client.react { $0.topic.hasSuffix("/get") ? [(topic, remembered, false)] : [] }
            try await client.subscribe("\(topic)/get")
            try await client.subscribe("\(topic)/set")
            for message in try Fixture("zigbee2mqtt-devices").messages.prefix(2) {
                try await client.publish(message.topic, bytes: try message.bytes, retain: true)
            }
            await harness.reported(.battery(0.9))
            let id = DriverHarness.deviceID("0x00158d0001a2b3c4_lock_zigbee2mqtt")
            let device = try #require(try await harness.engine.device(id, in: Samples.id(1)))
            let attempt = try await harness.engine.request(
                .lockDoor,
                .none,
                on: device,
                by: .apiKey(Samples.id(1)),
                deadlineAfter: .seconds(30)
            )
            await client.wait { $0.topic == "\(topic)/set" }
            await harness.reached(.acknowledged, attempt)
            harness.clock.advance(by: .seconds(30))
            await client.messages.wait { $0.count { $0.topic == "\(topic)/get" } == 2 }
            // Keyway has heard the answer when it has heard this.
            try await client.publish(topic, says(battery: 80))
            await harness.reported(.battery(0.8))
            #expect(try await harness.outcomeAfterReading(of: attempt) == .failure(.outcomeUnknown))
        }
    }
}
#endif

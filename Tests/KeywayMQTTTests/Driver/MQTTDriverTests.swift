#if MQTT
import Foundation
import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayMQTT

@Suite("The driver of MQTT locks, on a real broker", .timeLimit(.minutes(1)))
struct MQTTDriverTests {
    // MARK: Discovery

    @Test("a lock that is announced is added, as what it says it is, and removed when it no longer is")
    func discovery() async throws {
        try await DriverScene.run(#","device":{"identifiers":["x"],"name":"Front","mf":"Maker","mdl":"M1"}"#) { scene in
            let device = try await scene.harness.device()
            #expect(device.description.name == "Front")
            #expect(device.description.manufacturerDisplayName == "Maker")
            #expect(device.description.modelDisplayName == "M1")
            #expect(device.description.capabilities == [.canRemotelyLock, .canRemotelyUnlock])
            #expect(device.nativeID == "front")
            #expect(device.state.reportedBolt == .locked)
            try await scene.lock.client.publish("homeassistant/lock/front/config", "", retain: true)
            await scene.harness.reported(.removed)
            #expect(try await scene.harness.events() == [.deviceAdded, .deviceConnected, .deviceRemoved])
            let attempt = try await scene.harness.request()
            #expect(try await scene.harness.resolved(attempt).outcome == .failure(.deviceDisconnected))
        }
    }

    @Test("an announcement that is not understood in part is a warning of the device")
    func warning() async throws {
        try await DriverScene.run(#","command_template":"{{ something(value) }}""#) { scene in
            await scene.harness.reported(.warning(.announcementNotUnderstood, isPresent: true))
            let device = try await scene.harness.device()
            #expect(device.state.warnings.map(\.code) == [.announcementNotUnderstood])
        }
    }

    @Test("a removed account takes its locks with it, and says goodbye to the broker")
    func accountRemoved() async throws {
        try await DriverScene.run { scene in
            try await scene.lock.client.subscribe("keyway/+/status")
            _ = try await scene.harness.store.removeConnectedAccount(
                DriverHarness.accountID,
                at: scene.harness.clock.now().wall
            )
            scene.harness.clock.advance(by: .seconds(2))
            await scene.harness.reported(.removed)
            await scene.lock.client.wait { $0.text == "offline" && $0.topic.hasPrefix("keyway/") }
            #expect(scene.harness.accounts("connected") == "0" && scene.harness.accounts("disconnected") == "0")
        }
    }

    // MARK: Commands

    @Test("G6 a command is published once, and confirmed by what the lock says after it")
    func confirmed() async throws {
        try await DriverScene.run { scene in
            let attempt = try await scene.harness.request()
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("UNLOCKING")
            try await scene.lock.say("UNLOCKED")
            let resolved = try await scene.harness.resolved(attempt)
            #expect(resolved.outcome == .success(wasConfirmedByDevice: true))
            #expect(scene.lock.count("UNLOCK") == 1)
            let back = try await scene.harness.request(.lockDoor)
            await scene.lock.commanded("LOCK")
            try await scene.lock.say("LOCKED")
            #expect(try await scene.harness.resolved(back).outcome == .success(wasConfirmedByDevice: true))
            let told = try await scene.harness.events().suffix(4)
            #expect(told == [.unlockDoorSucceeded, .lockUnlocked, .lockDoorSucceeded, .lockLocked])
        }
    }

    @Test("a jam ends the attempt")
    func jam() async throws {
        try await DriverScene.run { scene in
            let attempt = try await scene.harness.request()
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("JAMMED")
            #expect(try await scene.harness.resolved(attempt).outcome == .failure(.lockJammed))
        }
    }

    @Test("G6 what the broker has kept never confirms, nor does anything that comes on another connection")
    func keptState() async throws {
        try await DriverScene.run(throughWire: true) { scene in
            let attempt = try await scene.harness.request()
            await scene.lock.commanded("UNLOCK")
            await scene.harness.reached(.acknowledged, attempt)
            await scene.wire.cut()
            // Said while nobody listens, so Keyway gets it as something kept.
            try await scene.lock.say("UNLOCKED")
            await scene.reconnected()
            await scene.harness.reported(.bolt(.unlocked))
            try await scene.lock.say("UNLOCKED")
            await scene.harness.reported(.bolt(.unlocked), count: 2)
            #expect(await scene.status(of: attempt) == .pending)
            #expect(try await scene.harness.outcomeAfterDeadline(of: attempt) == .failure(.outcomeUnknown))
            #expect(scene.lock.count("UNLOCK") == 1)
        }
    }

    @Test("G6 an optimistic lock ends unconfirmed")
    func optimistic() async throws {
        try await DriverScene.run(#","optimistic":true"#) { scene in
            let attempt = try await scene.harness.request()
            let resolved = try await scene.harness.resolved(attempt)
            #expect(resolved.outcome == .success(wasConfirmedByDevice: false))
            #expect(try await scene.harness.device().state.isAssumed)
        }
    }

    @Test("an offline lock fails at once, and nothing is published")
    func offline() async throws {
        try await DriverScene.run(isAvailable: false) { scene in
            let attempt = try await scene.harness.request()
            #expect(try await scene.harness.resolved(attempt).outcome == .failure(.deviceOffline))
            try await scene.lock.client.publish(PlayedLock.commandTopic, "end")
            await scene.lock.commanded("end")
            #expect(scene.lock.count("UNLOCK") == 0)
        }
    }

    @Test("who wants to wait for an offline lock is served when it comes back")
    func waits() async throws {
        try await DriverScene.run(isAvailable: false) { scene in
            let attempt = try await scene.harness.request(.unlockDoor, .waitWhileOffline)
            #expect(attempt.status == .pending)
            try await scene.lock.client.publish(PlayedLock.availabilityTopic, "online", retain: true)
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("UNLOCKED")
            #expect(try await scene.harness.resolved(attempt).outcome == .success(wasConfirmedByDevice: true))
        }
    }

    @Test("who wants to wait is served when the broker comes back, even if that went unnoticed")
    func waitsForBroker() async throws {
        try await DriverScene.run(throughWire: true) { scene in
            scene.wire.set(.hangsUp)
            await scene.wire.cut()
            await scene.harness.log.text.wait { $0.contains("there is no connection") }
            let attempt = try await scene.harness.request(.unlockDoor, .waitWhileOffline)
            scene.wire.set(.passes)
            await scene.reconnected()
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("UNLOCKED")
            #expect(try await scene.harness.resolved(attempt).outcome == .success(wasConfirmedByDevice: true))
        }
    }

    @Test("a command that nobody listens to has reached nobody")
    func nobodyListens() async throws {
        try await DriverScene.run(listens: false) { scene in
            let attempt = try await scene.harness.request()
            #expect(try await scene.harness.resolved(attempt).outcome == .failure(.deviceOffline))
        }
    }

    @Test("a lock that says nothing leaves the outcome unknown at the deadline")
    func silent() async throws {
        try await DriverScene.run { scene in
            let attempt = try await scene.harness.request()
            await scene.lock.commanded("UNLOCK")
            await scene.harness.reached(.acknowledged, attempt)
            #expect(try await scene.harness.outcomeAfterDeadline(of: attempt) == .failure(.outcomeUnknown))
        }
    }

    // MARK: Trouble

    @Test("G3 a command while the broker is gone is refused, and never reaches the lock")
    func brokerGone() async throws {
        try await DriverScene.run(throughWire: true) { scene in
            scene.wire.set(.hangsUp)
            await scene.wire.cut()
            await scene.harness.log.text.wait { $0.contains("there is no connection") }
            let attempt = try await scene.harness.request()
            #expect(try await scene.harness.resolved(attempt).outcome == .failure(.deviceDisconnected))
            scene.wire.set(.passes)
            await scene.reconnected()
            let next = try await scene.harness.request(.lockDoor)
            await scene.lock.commanded("LOCK")
            #expect(scene.lock.count("UNLOCK") == 0)
            #expect(next.status == .pending)
        }
    }

    @Test("G4 a command whose connection breaks before the broker has it is not sent again")
    func cutWhileSending() async throws {
        try await DriverScene.run(throughWire: true) { scene in
            scene.wire.loseWhatIsSent()
            let attempt = try await scene.harness.request()
            await scene.wire.lost.wait { $0.contains("UNLOCK") }
            await scene.wire.cut()
            await scene.harness.reached(.unanswered, attempt)
            await scene.reconnected()
            #expect(try await scene.harness.outcomeAfterDeadline(of: attempt) == .failure(.outcomeUnknown))
            _ = try await scene.harness.request(.lockDoor)
            await scene.lock.commanded("LOCK")
            #expect(scene.lock.count("UNLOCK") == 0)
        }
    }

    @Test("G4 a command that the broker has not taken by the deadline is not sent again on the next connection")
    func stalled() async throws {
        try await DriverScene.run(throughWire: true) { scene in
            scene.wire.loseWhatIsSent()
            let attempt = try await scene.harness.request()
            await scene.wire.lost.wait { $0.contains("UNLOCK") }
            let outcome = try await scene.harness.outcomeAfterDeadline(of: attempt)
            #expect(outcome == .failure(.outcomeUnknown))
            await scene.reconnected()
            _ = try await scene.harness.request(.lockDoor)
            await scene.lock.commanded("LOCK")
            #expect(scene.lock.count("UNLOCK") == 0)
        }
    }

    @Test("a broker that is gone for long takes its locks offline, and brings them back")
    func goneForLong() async throws {
        try await DriverScene.run(throughWire: true) { scene in
            // So that the timer of this loss can be told from that of the beginning.
            scene.harness.clock.advance(by: .milliseconds(1))
            scene.wire.set(.hangsUp)
            await scene.wire.cut()
            await scene.harness.clock.waitForSleeper(at: scene.harness.clock.now().monotonic + .seconds(5))
            scene.harness.clock.advance(by: .seconds(5))
            await scene.harness.reported(.accountDisconnected)
            #expect(scene.harness.connections.value == [true, false])
            #expect(scene.harness.accounts("connected") == "0" && scene.harness.accounts("disconnected") == "1")
            let gone = try await scene.harness.device()
            #expect(gone.state.offlineCause == .account)
            scene.wire.set(.passes)
            await scene.reconnected()
            await scene.harness.reported(.online(true), count: 2)
            #expect(scene.harness.connections.value == [true, false, true])
            #expect(scene.harness.accounts("connected") == "1" && scene.harness.accounts("disconnected") == "0")
            let back = try await scene.harness.device()
            #expect(back.state.isOnline)
        }
    }

    // MARK: What happens by itself

    @Test("a turn by hand is an event, and availability, battery and door are known")
    func byHand() async throws {
        try await DriverScene.run(#","device":{"identifiers":["x"]}"#) { scene in
            try await scene.lock.say("UNLOCKED")
            await scene.harness.reported(.bolt(.unlocked))
            #expect(try await scene.harness.events().last == .lockUnlocked)
            for (kind, deviceClass, word) in [("sensor", "battery", "9"), ("binary_sensor", "door", "ON")] {
                let sensor =
                    #"{"device_class":"\#(deviceClass)","state_topic":"front/\#(deviceClass)","device":{"identifiers":"x"}}"#
                try await scene.lock.client.publish("homeassistant/\(kind)/\(deviceClass)/config", sensor, retain: true)
                try await scene.lock.client.publish("front/\(deviceClass)", word, retain: true)
            }
            await scene.harness.reported(.battery(0.09))
            await scene.harness.reported(.doorOpen(true))
            let state = try await scene.harness.device().state
            #expect(state.batteryLevel == 0.09 && state.isBatteryLow)
            #expect(state.isDoorOpen == true)
            #expect(try await scene.harness.events().contains(.deviceLowBattery))
            try await scene.lock.client.publish(PlayedLock.availabilityTopic, "offline", retain: true)
            await scene.harness.reported(.online(false))
            #expect(try await scene.harness.events().last == .deviceDisconnected)
            #expect(try await !scene.harness.device().state.isOnline)
        }
    }

    @Test("G12 a flood of announcements that are not understood does not flood the log")
    func floodOfGarbage() async throws {
        try await DriverScene.run { scene in
            for number in 0..<200 {
                try await scene.lock.client.publish("homeassistant/lock/x\(number)/config", "{")
                try await scene.lock.client.publish("homeassistant/lock/same/config", "{")
            }
            try await scene.lock.say("UNLOCKED")
            await scene.harness.reported(.bolt(.unlocked))
            #expect(scene.harness.log.count("is not as it should be") == NoteBook.linesInAMinute)
        }
    }

    @Test("garbage on every topic changes nothing")
    func garbage() async throws {
        try await DriverScene.run { scene in
            for bytes in [[], [0xFF, 0x00], Array("{".utf8), Array(repeating: UInt8(ascii: "["), count: 5000)] {
                for topic in [
                    PlayedLock.stateTopic, PlayedLock.availabilityTopic, "homeassistant/lock/other/config",
                    "zigbee2mqtt/bridge/devices",
                ] { try await scene.lock.client.publish(topic, bytes: bytes) }
            }
            let attempt = try await scene.harness.request()
            await scene.lock.commanded("UNLOCK")
            try await scene.lock.say("UNLOCKED")
            #expect(try await scene.harness.resolved(attempt).outcome == .success(wasConfirmedByDevice: true))
        }
    }
}
#endif

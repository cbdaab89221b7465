import KeywayModel
import Testing

@testable import KeywayMQTT

/// What becomes of the messages of each bridge (Fixtures/README.md).
@Suite("Bridges and firmwares")
struct BridgeFixtureTests {
    @Test("Zigbee2MQTT with its Home Assistant discovery")
    func zigbee2MQTTDiscovery() throws {
        let fixture = try Fixture("zigbee2mqtt-discovery")
        let lock = try fixture.lock()
        #expect(lock.identity == "0x00158d0001a2b3c4_lock_zigbee2mqtt")
        #expect(lock.name == "hall/front door")
        #expect(lock.manufacturer == "Yale")
        #expect(lock.model == "Assure lock")
        #expect(lock.warnings == [])
        #expect(!lock.isOptimistic)
        #expect(lock.repeatsOldState)
        #expect(lock.text(.lockDoor) == "zigbee2mqtt/hall/front door/set LOCK")
        #expect(lock.text(.unlockDoor) == "zigbee2mqtt/hall/front door/set UNLOCK")
        #expect(
            lock.subscriptions == [
                "zigbee2mqtt/hall/front door", "zigbee2mqtt/hall/front door/availability", "zigbee2mqtt/bridge/state",
                "zigbee2mqtt/bridge/logging",
            ]
        )
        #expect(
            try fixture.observations(of: lock) == [
                [.availability(topic: "zigbee2mqtt/bridge/state", isAvailable: true)],
                [.availability(topic: "zigbee2mqtt/hall/front door/availability", isAvailable: true)],
                [.bolt(.locked), .battery(0.9)],
            ]
        )
    }

    @Test("Zigbee2MQTT without it, by its own list of devices")
    func zigbee2MQTTDevices() throws {
        let fixture = try Fixture("zigbee2mqtt-devices")
        let lock = try fixture.lock()
        #expect(lock.identity == "0x00158d0001a2b3c4_lock_zigbee2mqtt", "the same as with discovery")
        #expect(lock.name == "hall/front door")
        #expect(lock.manufacturer == "Yale")
        #expect(lock.model == "YRD226/246 TSDB")
        #expect(lock.text(.lockDoor) == #"zigbee2mqtt/hall/front door/set {"state":"LOCK"}"#)
        #expect(lock.text(.unlockDoor) == #"zigbee2mqtt/hall/front door/set {"state":"UNLOCK"}"#)
        #expect(
            try fixture.observations(of: lock) == [
                [.availability(topic: "zigbee2mqtt/bridge/state", isAvailable: true)],
                [.bolt(.locked), .battery(0.9), .door(isOpen: false)],
            ]
        )
        #expect(!lock.isOptimistic)
        var availability = lock.availability
        availability.take(topic: "zigbee2mqtt/bridge/state", isAvailable: true)
        #expect(availability.reach == .online, "the lock's own topic is there only if its owner wants it")
    }

    @Test("Z-Wave JS UI, whose states are numbers")
    func zwaveJSUI() throws {
        let fixture = try Fixture("zwave-js-ui")
        let lock = try fixture.lock()
        #expect(lock.identity == "zwavejs2mqtt_0xe1a2b3c4_7-98-0-currentMode")
        #expect(lock.name == "Back door Back door_lock")
        #expect(lock.text(.lockDoor) == "zwave/Back_door/98/0/targetMode/set 255")
        #expect(lock.text(.unlockDoor) == "zwave/Back_door/98/0/targetMode/set 0")
        #expect(!lock.repeatsOldState)
        #expect(lock.query == nil)
        #expect(
            try fixture.observations(of: lock) == [
                [.availability(topic: "zwave/Back_door/status", isAvailable: true)],
                [.availability(topic: "zwave/_CLIENTS/ZWAVE_GATEWAY-house/status", isAvailable: true)],
                [.availability(topic: "zwave/driver/status", isAvailable: true)],
                [.bolt(.locked)], [.battery(0.64)], [.batteryLow(false)],
            ]
        )
        let state = "zwave/Back_door/98/0/currentMode"
        #expect(lock.read(state, #"{"time":1,"value":0}"#) == [.bolt(.unlocked)])
        #expect(lock.read(state, #"{"time":1,"value":"255"}"#) == [.bolt(.locked)])
        #expect(lock.read(state, #"{"time":1,"value":1}"#) == [], "unsecured with a timeout, which was not announced")
        var availability = lock.availability
        for topic in lock.availabilityRules.map(\.topic) { availability.take(topic: topic, isAvailable: true) }
        availability.take(topic: "zwave/_CLIENTS/ZWAVE_GATEWAY-house/status", isAvailable: false)
        #expect(availability.reach == .bridgeOffline)
    }

    @Test("ESPHome, with short names")
    func espHome() throws {
        let fixture = try Fixture("esphome")
        let lock = try fixture.lock()
        #expect(lock.identity == "ESPlockstrike")
        #expect(lock.name == "Gate Strike")
        #expect(lock.manufacturer == "espressif")
        #expect(lock.model == "esp32dev")
        #expect(lock.area == "Yard")
        #expect(lock.text(.unlockDoor) == "gate/lock/strike/command UNLOCK")
        #expect(
            try fixture.observations(of: lock) == [
                [.availability(topic: "gate/status", isAvailable: true)], [.bolt(.locked)], [.door(isOpen: false)],
            ]
        )
        let words: [(String, BoltState)] = [
            ("UNLOCKED", .unlocked), ("LOCKING", .locking), ("UNLOCKING", .unlocking), ("JAMMED", .jammed),
            ("OPENING", .unlocking), ("OPEN", .unlocked),
        ]
        for (word, bolt) in words { #expect(lock.read("gate/lock/strike/state", word) == [.bolt(bolt)]) }
        #expect(lock.read("gate/lock/strike/state", "NONE") == [])
    }

    @Test("Tasmota, announced by its owner")
    func tasmota() throws {
        let fixture = try Fixture("tasmota")
        let lock = try fixture.lock()
        #expect(lock.name == "Shed")
        #expect(lock.text(.lockDoor) == "cmnd/shed/POWER OFF")
        #expect(lock.text(.unlockDoor) == "cmnd/shed/POWER ON")
        #expect(
            try fixture.observations(of: lock) == [
                [.availability(topic: "tele/shed/LWT", isAvailable: true)], [.bolt(.locked)],
            ]
        )
    }

    @Test("A device announced with all of its components in one message")
    func device() throws {
        let fixture = try Fixture("device-discovery")
        let lock = try fixture.lock()
        #expect(lock.identity == "garden-01-bolt")
        #expect(lock.name == "Garden gate")
        #expect(lock.manufacturer == "Smith")
        #expect(lock.serialNumber == "S-77")
        #expect(lock.text(.lockDoor) == "garden/set LOCK")
        #expect(
            try fixture.observations(of: lock) == [
                [.availability(topic: "garden/online", isAvailable: true)],
                [.bolt(.locked), .battery(0.41), .door(isOpen: false)],
            ]
        )
        #expect(lock.read("garden/state", #"{"bolt":"stuck","open":true}"#) == [.bolt(.jammed), .door(isOpen: true)])
    }
}

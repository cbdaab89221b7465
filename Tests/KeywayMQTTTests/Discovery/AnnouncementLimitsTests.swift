import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("How much an announcement may hold")
struct AnnouncementLimitsTests {
    private static func x(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test("G12 names for people are cut off")
    func texts() throws {
        let long = Self.x(10_000)
        let lock = try AnnouncedLock(
            #"{"command_topic":"c","name":"\#(long)","device":{"name":"\#(long)y","manufacturer":"\#(long)","model":"\#(long)"}}"#
        )
        for text in [lock.name, lock.manufacturer, lock.model] { #expect(text?.count == 256) }
        #expect(AnnouncementLimits.text("e" + String(repeating: "\u{301}", count: 1000)).unicodeScalars.count == 256)
    }

    @Test("G12 an id that is too long is none, as a part of it could be the id of another lock")
    func ids() throws {
        #expect(try AnnouncedLock(#"{"command_topic":"c","unique_id":"\#(Self.x(512))"}"#).identity == Self.x(512))
        let lock = try AnnouncedLock(#"{"command_topic":"c","unique_id":"\#(Self.x(513))"}"#)
        #expect(lock.identity == "homeassistant/lock/a/config")
        #expect(lock.warnings.count == 1)
        var announcements = Announcements()
        #expect(announcements.take("homeassistant/lock/\(Self.x(1024))/config", #"{"command_topic":"c"}"#).isEmpty)
    }

    @Test("G12 words that are too long are not guessed at")
    func words() throws {
        let long = Self.x(257)
        let command = try AnnouncedLock(#"{"command_topic":"c","state_topic":"s","payload_lock":"\#(long)"}"#)
        #expect(command.command(.unlockDoor) == nil)
        #expect(command.warnings.count == 1)
        let state = try AnnouncedLock(#"{"command_topic":"c","state_topic":"s","state_jammed":"\#(long)"}"#)
        #expect(state.state == nil)
        #expect(state.warnings.count == 1)
        let availability = try AnnouncedLock(
            #"{"command_topic":"c","availability":[{"topic":"a","payload_available":"\#(long)"},{"topic":"b"}]}"#
        )
        #expect(availability.availabilityRules.map(\.topic) == ["b"])
        let template = try AnnouncedLock(#"{"command_topic":"c","command_template":"\#(Self.x(4097))"}"#)
        #expect(template.command(.unlockDoor) == nil)
        #expect(try AnnouncedLock(#"{"command_topic":"c","payload_lock":"\#(Self.x(256))"}"#).warnings.isEmpty)
    }

    @Test("G12 of many availability topics, identifiers and connections the first ones count")
    func lists() throws {
        let topics = (0..<5000).map { #"{"topic":"a\#($0)"}"# }.joined(separator: ",")
        let lock = try AnnouncedLock(#"{"command_topic":"c","availability":[\#(topics)]}"#)
        #expect(lock.availabilityRules.map(\.topic) == (0..<16).map { "a\($0)" })
        #expect(lock.warnings.count == 1)
        let ids = (0..<5000).map { #""\#($0)""# }.joined(separator: ",")
        let device = AnnouncedDevice(try JSONParser.parse(Array(#"{"identifiers":[\#(ids)]}"#.utf8)))
        #expect(device.keys == Set((0..<16).map { "id:\($0)" }))
        let long = AnnouncedDevice(try JSONParser.parse(Array(#"{"identifiers":["\#(Self.x(600))","a"]}"#.utf8)))
        #expect(long.keys == ["id:a"])
    }

    @Test("G12 of many sensors on one device those with the first names count for its lock")
    func sensors() throws {
        var announcements = Announcements()
        _ = announcements.take("homeassistant/lock/a/config", #"{"command_topic":"c","device":{"identifiers":"x"}}"#)
        for number in (100..<200).reversed() {
            let sensor = #"{"device_class":"battery","state_topic":"b\#(number)","device":{"identifiers":"x"}}"#
            _ = announcements.take("homeassistant/sensor/s\(number)/config", sensor)
        }
        let lock = try #require(announcements.locks.first)
        #expect(lock.sensors.map(\.topic) == (100..<116).map { "b\($0)" })
    }

    @Test("G12 a device with too many locks is not taken")
    func components() {
        func device(_ count: Int) -> String {
            let locks = (0..<count).map { #""\#($0)":{"p":"lock","cmd_t":"c\#($0)"}"# }.joined(separator: ",")
            return #"{"dev":{"ids":"x"},"cmps":{\#(locks)}}"#
        }
        var announcements = Announcements()
        let changes = announcements.take("homeassistant/device/a/config", device(65))
        #expect(changes.warnings.count == 1)
        #expect(changes.announced.isEmpty)
        #expect(announcements.take("homeassistant/device/a/config", device(64)).announced.count == 64)
    }
}

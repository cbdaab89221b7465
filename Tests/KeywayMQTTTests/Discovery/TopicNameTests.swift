import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Names of topics")
struct TopicNameTests {
    @Test(
        "Names that bridges use are taken",
        arguments: [
            "a", "/", "zigbee2mqtt/hall/front door", "zwave/_CLIENTS/ZWAVE_GATEWAY-x/status", "Tür/😀", "a//b", "a/$b",
            String(repeating: "x", count: 1024), String(repeating: "/", count: 99),
        ]
    )
    func valid(name: String) {
        #expect(TopicName.isValid(name))
    }

    @Test(
        "G12 a name that the library or a broker could refuse is not used",
        arguments: [
            "", "a/#/b", "good/+", "a\u{0}", "a\u{1}", "a\nb", "a\u{7F}", "a\u{80}", "a\u{9F}", "$share/a/b", "$SYS/x",
            "$delayed/3600/door/set",
            String(repeating: "x", count: 1025), String(repeating: "/", count: 100),
        ]
    )
    func invalid(name: String) {
        #expect(!TopicName.isValid(name))
    }

    @Test(
        "G12 a name with a code that is no character is not used",
        arguments: [0xFDD0, 0xFDEF, 0xFFFE, 0x1FFFF] as [UInt32]
    )
    func noCharacter(value: UInt32) throws {
        #expect(!TopicName.isValid("a\(try #require(Unicode.Scalar(value)))"))
    }

    @Test("G12 a lock whose topics could be refused is shown, with a warning, and uses none of them")
    func announced() throws {
        let lock = try AnnouncedLock(
            #"{"command_topic":"a\u0001","state_topic":"s\u0001","availability":[{"topic":"b\u0001"},{"topic":"b"}]}"#
        )
        #expect(lock.subscriptions == ["b"])
        #expect(lock.command(.unlockDoor) == nil)
        #expect(lock.warnings.count == 3)
    }

    @Test("G12 of Zigbee2MQTT's own list too, with everything that is made out of a name")
    func zigbee() throws {
        func list(_ name: String) throws -> [AnnouncedLock] {
            var announcements = Announcements()
            let devices = try Fixture("zigbee2mqtt-devices").messages[0]
            let text = String(decoding: try devices.bytes, as: UTF8.self)
            // JSONEncoder escapes the slash.
            _ = announcements.take(devices.topic, text.replacing(#"hall\/front door"#, with: name))
            return announcements.locks
        }
        let name = String(repeating: "x", count: 1024 - "zigbee2mqtt//availability".utf8.count)
        #expect(try list(name).count == 1)
        #expect(try list(name + "x").isEmpty)
        #expect(try list(#"a\u0001"#).isEmpty)
    }
}

import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Announcements")
struct AnnouncementsTests {
    private static let front =
        #"{"unique_id":"front","command_topic":"c","state_topic":"s","device":{"identifiers":["d"]}}"#
    private static let frontTopic = "homeassistant/lock/front/config"
    private static let battery =
        #"{"device_class":"battery","state_topic":"b","unit_of_measurement":"%","device":{"identifiers":"d"}}"#

    @Test(
        "The topics to subscribe to are those of discovery and of Zigbee2MQTT's list, under the prefixes that are set"
    )
    func subscriptions() {
        let settings = Announcements.Settings(discoveryPrefix: "a/b", zigbeeBase: "z")
        #expect(
            Set(Announcements(settings).subscriptions) == [
                "a/b/lock/+/config", "a/b/lock/+/+/config", "a/b/sensor/+/config", "a/b/sensor/+/+/config",
                "a/b/binary_sensor/+/config", "a/b/binary_sensor/+/+/config", "a/b/device/+/config",
                "a/b/device/+/+/config", "z/bridge/devices", "z/bridge/response/#",
            ]
        )
    }

    @Test("A lock is announced once, again when it is different, and removed by an empty message")
    func lifetime() throws {
        var announcements = Announcements()
        let first = announcements.take(Self.frontTopic, Self.front)
        #expect(first.announced.map(\.identity) == ["front"])
        #expect(announcements.take(Self.frontTopic, Self.front) == [])
        let changed = announcements.take(Self.frontTopic, #"{"unique_id":"front","command_topic":"new"}"#)
        #expect(changed.announced.map { $0.text(.lockDoor) } == ["new LOCK"])
        #expect(announcements.locks == changed.announced)
        #expect(announcements.take(Self.frontTopic, "") == [.removed(identity: "front")])
        #expect(announcements.take(Self.frontTopic, "") == [])
        #expect(announcements.locks == [])
    }

    @Test("A lock whose unique_id changes is removed and announced anew")
    func newIdentity() {
        var announcements = Announcements()
        _ = announcements.take(Self.frontTopic, Self.front)
        let changes = announcements.take(Self.frontTopic, #"{"unique_id":"other","command_topic":"c"}"#)
        #expect(changes.first == .removed(identity: "front"))
        #expect(changes.announced.map(\.identity) == ["other"])
    }

    @Test(
        "Topics are taken as Home Assistant takes them",
        arguments: [
            ("homeassistant/lock/front/config", true), ("homeassistant/lock/node-1/front_2/config", true),
            ("homeassistant/lock/config", false), ("homeassistant/lock/a/b/c/config", false),
            ("homeassistant/lock/a b/config", false), ("homeassistant/lock//config", false),
            ("homeassistant/lock/é/config", false), ("homeassistant/lock/front/state", false),
            ("homeassistant/cover/front/config", false), ("other/lock/front/config", false),
            ("homeassistantlock/front/config", false), ("homeassistant", false), ("", false),
        ]
    )
    func topics(topic: String, isTaken: Bool) {
        var announcements = Announcements()
        #expect(announcements.take(topic, Self.front).isEmpty != isTaken)
        #expect(announcements.take(topic, "").isEmpty != isTaken)
    }

    @Test("The prefix can be another one, of several levels")
    func prefix() {
        var announcements = Announcements(Announcements.Settings(discoveryPrefix: "my/home"))
        #expect(announcements.take("my/home/lock/front/config", Self.front).announced.count == 1)
        #expect(announcements.take("homeassistant/lock/front/config", Self.front) == [])
    }

    @Test("A sensor joins the locks of its device, whichever comes first, and leaves them")
    func sensors() throws {
        let sensorTopic = "homeassistant/sensor/front/battery/config"
        var lockFirst = Announcements()
        _ = lockFirst.take(Self.frontTopic, Self.front)
        let joined = lockFirst.take(sensorTopic, Self.battery)
        let lock = try #require(joined.announced.first)
        #expect(lock.read("b", "41") == [.battery(0.41)])
        var sensorFirst = Announcements()
        #expect(sensorFirst.take(sensorTopic, Self.battery) == [])
        #expect(sensorFirst.take(Self.frontTopic, Self.front) == joined)
        let left = try #require(lockFirst.take(sensorTopic, "").announced.first)
        #expect(left.read("b", "41") == [])
        #expect(sensorFirst.take(sensorTopic, #"{"device_class":"temperature","state_topic":"b"}"#).announced == [left])
    }

    @Test("Devices are joined by an identifier or by a connection, in either form")
    func joining() {
        let blocks = [
            (#"{"identifiers":["x","d"]}"#, true), (#"{"ids":"d"}"#, true), (#"{"identifiers":["e"]}"#, false),
            (#"{"connections":[["mac","aa:bb"]]}"#, true), (#"{"cns":[["mac","AA:BB"],["ip","1"]]}"#, true),
            (#"{"connections":[["ip","aa:bb"]]}"#, false), (#"{"connections":["mac","aa:bb"]}"#, false),
            (#"{"name":"d"}"#, false), (#"{"identifiers":[["d"]]}"#, false), ("null", false), ("5", false),
        ]
        for (block, isJoined) in blocks {
            var announcements = Announcements()
            _ = announcements.take(
                Self.frontTopic,
                #"{"command_topic":"c","device":{"ids":["d"],"cns":[["mac","Aa:Bb"]]}}"#
            )
            let changes = announcements.take(
                "homeassistant/binary_sensor/a/config",
                #"{"device_class":"door","state_topic":"o","device":\#(block)}"#
            )
            #expect(changes.announced.count == (isJoined ? 1 : 0), "\(block)")
        }
    }

    @Test(
        "Sensors that measure something else, or cannot be read, join nothing",
        arguments: [
            ("sensor", #""device_class":"battery","state_topic":"b","unit_of_measurement":"V""#),
            ("sensor", #""device_class":"battery","state_topic":"b/+""#), ("sensor", #""device_class":"battery""#),
            ("sensor", #""device_class":"battery","state_topic":"b","value_template":"{{ now() }}""#),
            ("sensor", #""device_class":"door","state_topic":"b""#), ("sensor", #""state_topic":"b""#),
            ("binary_sensor", #""device_class":"window","state_topic":"b""#),
            ("binary_sensor", #""device_class":"door","state_topic":"b","payload_on":"OFF""#),
        ]
    )
    func otherSensors(kind: String, options: String) {
        var announcements = Announcements()
        _ = announcements.take(Self.frontTopic, Self.front)
        let json = #"{\#(options),"device":{"identifiers":["d"]}}"#
        #expect(announcements.take("homeassistant/\(kind)/a/config", json) == [])
    }

    @Test("What a sensor says is taken only if it makes sense")
    func sensorValues() throws {
        var announcements = Announcements()
        _ = announcements.take(Self.frontTopic, Self.front)
        _ = announcements.take("homeassistant/sensor/a/config", Self.battery)
        _ = announcements.take(
            "homeassistant/binary_sensor/b/config",
            #"{"device_class":"battery","state_topic":"low","device":{"identifiers":["d"]}}"#
        )
        let lock = try #require(announcements.locks.first)
        for (text, charge) in [("0", 0.0), ("100", 1), (" 45.5 ", 0.455)] {
            #expect(lock.read("b", text) == [.battery(charge)])
        }
        for text in ["-1", "101", "255", "full", "nan", "inf"] { #expect(lock.read("b", text) == []) }
        #expect(lock.read("low", "ON") == [.batteryLow(true)])
        #expect(lock.read("low", "OFF") == [.batteryLow(false)])
        #expect(lock.read("low", "on") == [])
    }

    @Test("Of two locks with one unique_id the first counts, and the second takes its place when it is gone")
    func doubles() {
        var announcements = Announcements()
        _ = announcements.take(Self.frontTopic, Self.front)
        let second = announcements.take(
            "homeassistant/lock/second/config",
            #"{"unique_id":"front","command_topic":"two"}"#
        )
        #expect(second.announced == [])
        #expect(second.warnings == ["Another lock is announced with the same unique_id, front."])
        _ = announcements.take(Self.frontTopic, #"{"unique_id":"front","command_topic":"one"}"#)
        #expect(announcements.locks.map { $0.text(.lockDoor) } == ["one LOCK"], "still the first")
        let changes = announcements.take(Self.frontTopic, "")
        #expect(changes.announced.map { $0.text(.lockDoor) } == ["two LOCK"])
        #expect(changes.removed == [])
        let back = announcements.take(Self.frontTopic, Self.front)
        #expect(back.announced == [] && back.warnings.count == 1, "it was away, so it is the second now")
    }

    @Test("A device's message can take away single components, and all of them")
    func components() throws {
        let topic = "homeassistant/device/d1/config"
        func message(_ components: String) -> String {
            #"{"device":{"identifiers":["d"]},"origin":{"name":"o"},"components":{\#(components)}}"#
        }
        let lock = #""l":{"platform":"lock","unique_id":"l","command_topic":"c"}"#
        let second = #""k":{"p":"lock","command_topic":"k"}"#
        let sensor = #""s":{"p":"sensor","device_class":"battery","state_topic":"b"}"#
        var announcements = Announcements()
        let first = announcements.take(topic, message("\(lock),\(second),\(sensor)"))
        #expect(Set(first.announced.map(\.identity)) == ["l", "\(topic)#k"])
        #expect(first.announced.allSatisfy { $0.read("b", "50") == [.battery(0.5)] })
        let fewer = announcements.take(topic, message(#"\#(lock),"k":{"p":"lock"},\#(sensor)"#))
        #expect(fewer == [.removed(identity: "\(topic)#k")])
        #expect(announcements.take(topic, message(lock)).announced.first?.read("b", "50") == [])
        #expect(announcements.take(topic, #"{"device":{}}"#).warnings == ["It has no components."])
        #expect(announcements.take(topic, "") == [.removed(identity: "l")])
    }

    @Test("Components have the options of their device, unless they have their own")
    func sharedOptions() throws {
        var announcements = Announcements()
        let changes = announcements.take(
            "homeassistant/device/node/d1/config",
            """
            {"~":"base","dev":{"ids":["d"],"name":"Door"},"o":{"name":"o"},"cmd_t":"~/set","avty_t":"~/on","name":"x",
             "cmps":{"a":{"p":"lock","uniq_id":"a"},"b":{"p":"lock","uniq_id":"b","cmd_t":"~/b","name":"B"},
             "c":{"p":"lock","uniq_id":"c","~":"own","cmd_t":"~/c"},"d":7,"e":{"p":"light","cmd_t":"l"}}}
            """
        )
        let locks = changes.announced
        #expect(locks.map(\.identity) == ["a", "b", "c"])
        #expect(locks.map { $0.text(.lockDoor) } == ["base/set LOCK", "base/b LOCK", "own/c LOCK"])
        #expect(locks.map(\.name) == ["Door", "Door B", "Door"])
        #expect(locks.allSatisfy { $0.subscriptions == ["base/on"] })
    }

    @Test(
        "Garbage is a warning, and what was announced before stays",
        arguments: [
            "{", "[]", "null", "5", "\"x\"", "lock", "{}", #"{"unique_id":"front"}"#,
            String(repeating: "[", count: 100_000),
            String(repeating: #"{"a":"#, count: 10_000), #"{"a":"# + String(repeating: " ", count: 262_144) + "1}",
            "[" + String(repeating: "1,", count: 30_000) + "1]",
        ]
    )
    func garbage(json: String) {
        var announcements = Announcements()
        _ = announcements.take(Self.frontTopic, Self.front)
        let changes = announcements.take(Self.frontTopic, json)
        #expect(changes.count == 1)
        #expect(changes.warnings.count == 1)
        #expect(announcements.locks.count == 1)
    }

    @Test("Bytes that are no UTF-8 are a warning")
    func encoding() {
        var announcements = Announcements()
        let changes = announcements.take(topic: Self.frontTopic, payload: Array(Self.front.utf8) + [0xFF])
        #expect(changes.warnings.count == 1)
    }

    @Test("G12 there are at most so many locks and sensors; known ones go on changing, and room is used again")
    func bounds() {
        var announcements = Announcements(Announcements.Settings(maximumLockCount: 2, maximumSensorCount: 1))
        func lock(_ number: Int, _ command: String = "c") -> [Announcements.Change] {
            announcements.take(
                "homeassistant/lock/l\(number)/config",
                #"{"unique_id":"\#(number)","command_topic":"\#(command)","device":{"ids":["d"]}}"#
            )
        }
        #expect(lock(1).announced.count == 1)
        #expect(lock(2).announced.count == 1)
        #expect(lock(3).warnings == ["There are too many locks or sensors to take another."])
        #expect(lock(2, "new").announced.count == 1)
        #expect(announcements.locks.count == 2)
        #expect(announcements.take("homeassistant/sensor/a/config", Self.battery).announced.count == 2)
        #expect(announcements.take("homeassistant/sensor/b/config", Self.battery).warnings.count == 1)
        _ = announcements.take("homeassistant/lock/l1/config", "")
        #expect(lock(3).announced.count == 1)
    }

    @Test("A thousand locks with their sensors are announced without delay")
    func many() {
        var announcements = Announcements()
        for number in 0..<1_000 {
            for kind in ["lock", "sensor"] {
                _ = announcements.take(
                    "homeassistant/\(kind)/d\(number)/config",
                    #"{"command_topic":"c","state_topic":"s","device_class":"battery","device":{"ids":["\#(number)"]}}"#
                )
            }
        }
        #expect(announcements.locks.count == 1_000)
        #expect(announcements.locks.allSatisfy { $0.read("s", "50") == [.battery(0.5)] })
    }
}

import KeywayModel
import Testing

@testable import KeywayMQTT

/// Messages of the list of devices.
private enum Sample {
    static let topic = "zigbee2mqtt/bridge/devices"
    static let address = "0x00158d0001a2b3c4"

    /// A list with these devices, and the one that is in every list.
    static func list(_ devices: String...) -> String {
        let coordinator = #"{"ieee_address":"0x00124b0024c2d9e1","type":"Coordinator","definition":null}"#
        return "[\(([coordinator] + devices).joined(separator: ","))]"
    }

    static func device(
        _ name: String = "front",
        address: String = address,
        exposes: String = lock(),
        more: String = ""
    ) -> String {
        """
        {"ieee_address":"\(address)","friendly_name":"\(name)","definition":{"model":"M","vendor":"V",
         "exposes":[\(exposes)]}\(more)}
        """
    }

    static func lock(_ suffix: String = "") -> String {
        """
        {"type":"lock","features":[{"name":"lock_state","property":"lock_state\(suffix)"},
         {"name":"state","property":"state\(suffix)","value_on":"LOCK","value_off":"UNLOCK"}]}
        """
    }
}

@Suite("Zigbee2MQTT's own topics")
struct ZigbeeTests {
    private static func front() throws -> AnnouncedLock {
        var announcements = Announcements()
        return try #require(announcements.take(Sample.topic, Sample.list(Sample.device())).announced.first)
    }

    @Test("Locks are announced by the list, again when renamed, and removed when they are no longer in it")
    func list() {
        var announcements = Announcements()
        #expect(announcements.take(Sample.topic, Sample.list(Sample.device())).announced.map(\.name) == ["front"])
        #expect(announcements.take(Sample.topic, Sample.list(Sample.device())) == [])
        let renamed = announcements.take(Sample.topic, Sample.list(Sample.device("up/stairs")))
        #expect(renamed.announced.map { $0.text(.lockDoor) } == [#"zigbee2mqtt/up/stairs/set {"state":"LOCK"}"#])
        #expect(
            announcements.take(Sample.topic, Sample.list()) == [
                .removed(identity: "\(Sample.address)_lock_zigbee2mqtt")
            ]
        )
    }

    @Test("A device that is not described yet keeps its lock; one that is disabled has none")
    func undescribed() {
        var announcements = Announcements()
        _ = announcements.take(Sample.topic, Sample.list(Sample.device()))
        let interview = Sample.list(
            #"{"ieee_address":"\#(Sample.address)","friendly_name":"front","definition":null}"#
        )
        #expect(announcements.take(Sample.topic, interview) == [])
        #expect(
            announcements.take(Sample.topic, Sample.list(Sample.device(more: #","disabled":true"#))).removed.count == 1
        )
        #expect(announcements.take(Sample.topic, interview) == [])
    }

    @Test(
        "What is no list of locks is no removal",
        arguments: [
            "", "{", "{}", "null", #"{"a":[]}"#, "[]", "[{}]", "[1]",
            "[\(Sample.device(address: "0x00158d00000000ff"))]",
        ]
    )
    func garbage(json: String) {
        var announcements = Announcements()
        _ = announcements.take(Sample.topic, Sample.list(Sample.device()))
        let changes = announcements.take(Sample.topic, json)
        #expect(changes.warnings.count == (json.isEmpty ? 0 : 1))
        #expect(changes.removed == [])
    }

    @Test(
        "Devices that are no locks, or are described strangely, are left out",
        arguments: [
            "5", "{}", Sample.device(address: "0x12"), Sample.device(address: "\(Sample.address)\(Sample.address)"),
            Sample.device(exposes: "7"),
            Sample.device(exposes: #"{"type":"lock"}"#), Sample.device(exposes: #"{"type":"lock","features":[]}"#),
            Sample.device(
                exposes:
                    #"{"type":"lock","features":[{"name":"state","property":"state","value_on":"X","value_off":"X"}]}"#
            ),
            Sample.device(
                exposes: #"{"type":"lock","features":[{"name":"state","property":"x","value_on":"X","value_off":"Y"}]}"#
            ),
            Sample.device(
                exposes:
                    #"{"type":"switch","features":[{"name":"state","property":"state","value_on":"X","value_off":"Y"}]}"#
            ),
            Sample.device("a/#"), Sample.device(exposes: ""),
        ]
    )
    func others(device: String) {
        var announcements = Announcements()
        #expect(announcements.take(Sample.topic, Sample.list(device)) == [])
    }

    @Test("G12 of too many locks in the list those that are known stay")
    func bounds() {
        var announcements = Announcements(Announcements.Settings(maximumLockCount: 1))
        let known = Sample.device("b", address: "0x000000000000000b")
        let other = Sample.device("a", address: "0x000000000000000a")
        #expect(announcements.take(Sample.topic, Sample.list(known)).announced.count == 1)
        let changes = announcements.take(Sample.topic, Sample.list(other, known))
        #expect(changes.warnings.count == 1)
        #expect(changes.count == 1)
        #expect(announcements.locks.map(\.name) == ["b"])
    }

    @Test("Two locks in one device are told apart by the ends of their names")
    func endpoints() throws {
        var announcements = Announcements()
        let exposes = "\(Sample.lock("_left")),\(Sample.lock("_right"))"
        let locks = announcements.take(Sample.topic, Sample.list(Sample.device(exposes: exposes))).announced
        #expect(locks.map(\.name) == ["front left", "front right"])
        let left = try #require(locks.first)
        #expect(left.text(.unlockDoor) == #"zigbee2mqtt/front/set {"state_left":"UNLOCK"}"#)
        #expect(
            left.read("zigbee2mqtt/front", #"{"lock_state_left":"locked","lock_state_right":"unlocked"}"#)
                == [.bolt(.locked)]
        )
        #expect(
            left.read("zigbee2mqtt/front", #"{"action":"unlock","lock_state_left":"locked"}"#) == [.bolt(.locked)],
            "nothing says whose action it was"
        )
        #expect(left.query.map { String(decoding: $0.payload, as: UTF8.self) } == #"{"state_left":""}"#)
    }

    @Test("The base topic can be another one")
    func base() throws {
        var announcements = Announcements(Announcements.Settings(zigbeeBase: "home/zigbee"))
        #expect(announcements.take(Sample.topic, Sample.list(Sample.device())) == [])
        let changes = announcements.take("home/zigbee/bridge/devices", Sample.list(Sample.device()))
        let lock = try #require(changes.announced.first)
        #expect(lock.text(.lockDoor) == #"home/zigbee/front/set {"state":"LOCK"}"#)
        #expect(lock.query?.topic == "home/zigbee/front/get")
        #expect(lock.subscriptions.contains("home/zigbee/bridge/state"))
    }

    @Test("A lock that is announced for Home Assistant too is one device, and that announcement wins, in either order")
    func bothWays() throws {
        let discovery = try Fixture("zigbee2mqtt-discovery").messages[0]
        let list = try Fixture("zigbee2mqtt-devices").messages[0]
        for messages in [[discovery, list], [list, discovery]] {
            var announcements = Announcements()
            var changes: [Announcements.Change] = []
            for message in messages { changes += announcements.take(topic: message.topic, payload: try message.bytes) }
            #expect(changes.removed == [])
            #expect(announcements.locks.map(\.model) == ["Assure lock"])
            let left = announcements.take(discovery.topic, "")
            #expect(left.announced.map(\.model) == ["YRD226/246 TSDB"], "the list still has it")
            #expect(left.removed == [])
        }
    }

    @Test("They are matched by the address, even with another unique_id")
    func address() {
        var announcements = Announcements()
        _ = announcements.take(Sample.topic, Sample.list(Sample.device()))
        let changes = announcements.take(
            "homeassistant/lock/own/config",
            #"{"unique_id":"mine","command_topic":"c","device":{"ids":["zigbee2mqtt_0x00158D0001A2B3C4"]}}"#
        )
        #expect(changes.removed == ["\(Sample.address)_lock_zigbee2mqtt"])
        #expect(changes.announced.map(\.identity) == ["mine"])
        #expect(announcements.take(Sample.topic, Sample.list(Sample.device("renamed"))) == [])
    }

    @Test(
        "The state comes from lock_state first: “state” says UNLOCK for everything that is not fully locked",
        arguments: [
            (#"{"state":"LOCK","lock_state":"locked"}"#, [Observation.bolt(.locked)]),
            (#"{"state":"UNLOCK","lock_state":"unlocked"}"#, [.bolt(.unlocked)]),
            (#"{"state":"UNLOCK","lock_state":"not_fully_locked"}"#, [.bolt(.unknown)]),
            (#"{"state":"UNLOCK","lock_state":null}"#, []), (#"{"state":"UNLOCK","lock_state":"odd"}"#, []),
            (#"{"state":"UNLOCK"}"#, [.bolt(.unlocked)]), (#"{"state":"LOCK"}"#, [.bolt(.locked)]),
            (#"{"state":"TOGGLE"}"#, []), (#"{"state":1}"#, []), ("{}", []), ("LOCK", []), ("[]", []),
            (#"{"battery":12}"#, [.battery(0.12)]), (#"{"battery":255}"#, []), (#"{"battery":"12"}"#, []),
            (#"{"battery_low":true}"#, [.batteryLow(true)]), (#"{"door_state":"open"}"#, [.door(isOpen: true)]),
            (#"{"door_state":"closed"}"#, [.door(isOpen: false)]), (#"{"door_state":"error_jammed"}"#, []),
            (#"{"door_state":"error_forced_open"}"#, [.door(isOpen: true)]),
            (#"{"contact":true}"#, [.door(isOpen: false)]), (#"{"contact":false}"#, [.door(isOpen: true)]),
        ]
    )
    func states(json: String, expected: [Observation]) throws {
        #expect(try Self.front().read("zigbee2mqtt/front", json) == expected)
    }

    @Test("The same is read if the lock is announced for Home Assistant")
    func discoveredStates() throws {
        let lock = try Fixture("zigbee2mqtt-discovery").lock()
        let topic = "zigbee2mqtt/hall/front door"
        #expect(lock.read(topic, #"{"state":"UNLOCK","lock_state":"not_fully_locked"}"#) == [.bolt(.unknown)])
        #expect(lock.query?.topic == "\(topic)/get")
    }

    @Test("An announcement for Home Assistant that its owner changed is followed as it is")
    func changedAnnouncement() throws {
        let lock = try AnnouncedLock(
            """
            {"command_topic":"c","state_topic":"zigbee2mqtt/front","origin":{"name":"Zigbee2MQTT"},
             "value_template":"{{ 'LOCKED' if value_json.state == 'LOCK' else 'UNLOCKED' }}"}
            """
        )
        #expect(!lock.repeatsOldState)
        #expect(lock.read("zigbee2mqtt/front", #"{"state":"LOCK"}"#) == [.bolt(.locked)])
    }

    @Test(
        "A hand at the lock is told with how it was and who",
        arguments: [
            (
                #""action":"unlock","action_source_name":"keypad","action_user":2"#, BoltState.unlocked,
                LockMethod.keycode, 2
            ),
            (#""action":"lock","action_source_name":"rf""#, .locked, .remote, nil),
            (#""action":"unlock","action_source_name":"rfid","action_user":5"#, .unlocked, .card, 5),
            (#""action":"unlock","action_source_name":"manual""#, .unlocked, .manual, nil),
            (#""action":"unlock","action_source_name":"fingerprint""#, .unlocked, .unknown, nil),
            (#""action":"lock""#, .locked, .unknown, nil), (#""action":"manual_unlock""#, .unlocked, .manual, nil),
            (#""action":"manual_lock""#, .locked, .manual, nil), (#""action":"key_unlock""#, .unlocked, .manual, nil),
            (#""action":"key_lock""#, .locked, .manual, nil), (#""action":"one_touch_lock""#, .locked, .manual, nil),
            (#""action":"auto_lock""#, .locked, .automatic, nil),
            (#""action":"schedule_lock""#, .locked, .automatic, nil),
            (#""action":"schedule_unlock""#, .unlocked, .automatic, nil),
        ] as [(String, BoltState, LockMethod, Int?)]
    )
    func operations(members: String, bolt: BoltState, method: LockMethod, user: Int?) throws {
        #expect(
            try Self.front().read("zigbee2mqtt/front", "{\(members)}")
                == [.operation(Observation.Operation(bolt: bolt, method: method, user: user))]
        )
    }

    @Test("Other actions say nothing of the bolt; a wrong code is a refusal")
    func otherActions() throws {
        let lock = try Self.front()
        let topic = "zigbee2mqtt/front"
        #expect(lock.read(topic, #"{"action":"unlock_failure_invalid_pin_or_id"}"#) == [.accessDenied])
        #expect(lock.read(topic, #"{"action":"non_access_user_operational_event"}"#) == [])
        #expect(lock.read(topic, #"{"action":"","state":"LOCK"}"#) == [.bolt(.locked)])
    }

    @Test(
        "A failure in the log is the lock's only if it names the lock and the setting of its state",
        arguments: [
            (
                "Publish 'set' 'state' to 'front' failed: 'Error: ZCL command failed (Status 'FAILURE')'",
                FailureCause.rejectedByDevice
            ),
            ("Publish 'set' 'state' to 'front' failed: 'Error: Delivery failed for '4711'.'", .deviceOffline),
            ("Publish 'set' 'state' to 'front' failed: 'Error: NWK_NO_ROUTE'", .deviceOffline),
            ("Publish 'set' 'state' to 'front' failed: 'Error: (Timeout - 4711 - 1 after 10000ms)'", .outcomeUnknown),
            ("Publish 'set' 'state' to 'front' failed: 'something'", .outcomeUnknown),
            ("Publish 'set' 'state' to 'front door' failed: 'x'", nil),
            ("Publish 'set' 'sound_volume' to 'front' failed: 'x'", nil),
            ("Publish 'get' 'state' to 'front' failed: 'x'", nil), ("Failed to ping 'front'", nil),
        ]
    )
    func failures(text: String, cause: FailureCause?) throws {
        let lock = try Self.front()
        let escaped = text.replacing("\"", with: "\\\"")
        func read(_ level: String) -> [Observation] {
            lock.read("zigbee2mqtt/bridge/logging", #"{"level":"\#(level)","message":"\#(escaped)","namespace":"z2m"}"#)
        }
        #expect(read("error") == (cause.map { [.failure($0, text)] } ?? []))
        #expect(read("info") == [])
    }

    @Test("What could not be done for somebody else is a warning, never a failure of a command")
    func responses() throws {
        let topic = "zigbee2mqtt/bridge/response/device/rename"
        let error = #"{"data":{},"status":"error","error":"Device 'front' does not exist","transaction":"x"}"#
        var announcements = Announcements()
        #expect(announcements.take(topic, error).warnings == ["Device 'front' does not exist"])
        #expect(announcements.take(topic, #"{"data":{},"status":"ok"}"#) == [])
        #expect(announcements.take(topic, "error") == [])
        #expect(try Self.front().read(topic, error) == [])
    }

    @Test("Availability comes as an object, or as a bare word from older versions")
    func availability() throws {
        let lock = try Self.front()
        for payload in [#"{"state":"offline"}"#, "offline"] {
            #expect(
                lock.read("zigbee2mqtt/front/availability", payload)
                    == [.availability(topic: "zigbee2mqtt/front/availability", isAvailable: false)]
            )
        }
        var availability = lock.availability
        availability.take(topic: "zigbee2mqtt/bridge/state", isAvailable: false)
        #expect(availability.reach == .bridgeOffline)
    }
}

import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Lock announcements")
struct LockAnnouncementTests {
    @Test("Every full name has its short form")
    func shortNames() throws {
        let full = """
            {"unique_id":"u","name":"N","command_topic":"c","state_topic":"s","payload_lock":"PL","payload_unlock":"PU",
             "payload_reset":"PR","payload_open":"PO","state_locked":"SL","state_unlocked":"SU","state_locking":"SLG",
             "state_unlocking":"SUG","state_jammed":"SJ","state_open":"SO","state_opening":"SOG","optimistic":true,
             "value_template":"{{ value_json.x }}","command_template":"<{{ value }}>","qos":1,"retain":true,
             "availability":[{"topic":"a","payload_available":"y","payload_not_available":"n",
              "value_template":"{{ value_json.y }}"}],"availability_mode":"any","encoding":"utf-8","object_id":"o",
             "device":{"identifiers":["i"],"connections":[["mac","AA"]],"name":"D","manufacturer":"M","model":"L",
              "sw_version":"1","hw_version":"2","serial_number":"3","suggested_area":"Hall"},
             "origin":{"name":"Z","sw_version":"1","support_url":"http://z"}}
            """
        let short = """
            {"uniq_id":"u","name":"N","cmd_t":"c","stat_t":"s","pl_lock":"PL","pl_unlk":"PU",
             "pl_rst":"PR","pl_open":"PO","stat_locked":"SL","stat_unlocked":"SU","stat_locking":"SLG",
             "stat_unlocking":"SUG","stat_jam":"SJ","stat_open":"SO","stat_opening":"SOG","opt":true,
             "val_tpl":"{{ value_json.x }}","cmd_tpl":"<{{ value }}>","qos":1,"ret":true,
             "avty":[{"t":"a","pl_avail":"y","pl_not_avail":"n","val_tpl":"{{ value_json.y }}"}],"avty_mode":"any",
             "e":"utf-8","obj_id":"o","dev":{"ids":["i"],"cns":[["mac","AA"]],"name":"D","mf":"M","mdl":"L","sw":"1",
              "hw":"2","sn":"3","sa":"Hall"},"o":{"name":"Z","sw":"1","url":"http://z"}}
            """
        let lock = try AnnouncedLock(full)
        #expect(try AnnouncedLock(short) == lock)
        #expect(lock.warnings == [])
        #expect(lock.name == "D N")
        #expect(lock.serialNumber == "3")
        #expect(lock.area == "Hall")
        #expect(lock.isOptimistic)
        #expect(lock.text(.lockDoor) == "c <PL>")
        let words: [(String, BoltState)] = [
            ("SL", .locked), ("SU", .unlocked), ("SLG", .locking), ("SUG", .unlocking), ("SJ", .jammed),
            ("SO", .unlocked), ("SOG", .unlocking), ("PR", .unknown),
        ]
        for (word, bolt) in words { #expect(lock.read("s", #"{"x":"\#(word)"}"#) == [.bolt(bolt)]) }
        #expect(lock.read("a", #"{"y":"n"}"#) == [.availability(topic: "a", isAvailable: false)])
    }

    @Test("Where both forms of a name are there, the full one counts")
    func bothNames() throws {
        #expect(try AnnouncedLock(#"{"cmd_t":"short","command_topic":"full"}"#).text(.lockDoor) == "full LOCK")
    }

    @Test("The base topic stands for “~” at the beginning and at the end of topics, and nowhere else")
    func baseTopic() throws {
        let lock = try AnnouncedLock(
            #"{"~":"home/door","cmd_t":"~/set","stat_t":"state/~","avty":{"t":"~/a"},"pl_lock":"~","name":"~"}"#
        )
        #expect(lock.text(.lockDoor) == "home/door/set ~")
        #expect(lock.subscriptions == ["state/home/door", "home/door/a"])
        #expect(lock.name == "~")
        let single = try AnnouncedLock(#"{"~":"b","cmd_t":"c","avty_t":"~/avail"}"#)
        #expect(single.subscriptions == ["b/avail"])
    }

    @Test(
        "Availability has three forms",
        arguments: [
            #""availability_topic":"a","availability_template":"{{ value | lower }}","payload_available":"yes","payload_not_available":"no""#,
            #""availability":{"topic":"a","value_template":"{{ value | lower }}","payload_available":"yes","payload_not_available":"no"}"#,
            #""availability":[{"topic":"a","value_template":"{{ value | lower }}","payload_available":"yes","payload_not_available":"no"}]"#,
        ]
    )
    func availabilityForms(form: String) throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c",\#(form)}"#)
        #expect(lock.tellsAvailability)
        #expect(lock.read("a", "YES") == [.availability(topic: "a", isAvailable: true)])
        #expect(lock.read("a", "No") == [.availability(topic: "a", isAvailable: false)])
        #expect(lock.read("a", "maybe") == [])
    }

    @Test("Availability is “online” and “offline”, and the last statement counts, unless announced otherwise")
    func availabilityDefaults() throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c","availability":[{"topic":"a"},{"topic":"b"}]}"#)
        #expect(lock.read("b", "offline") == [.availability(topic: "b", isAvailable: false)])
        #expect(lock.read("a", "online") == [.availability(topic: "a", isAvailable: true)])
        #expect(lock.availabilityMode == .latest)
        #expect(try !AnnouncedLock(#"{"command_topic":"c"}"#).tellsAvailability)
    }

    @Test("What is announced by default is what Home Assistant takes for it")
    func defaults() throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c","state_topic":"s"}"#)
        #expect(lock.text(.lockDoor) == "c LOCK")
        #expect(lock.text(.unlockDoor) == "c UNLOCK")
        #expect(lock.command(.configureAutoLock) == nil)
        #expect(!lock.isOptimistic)
        let words: [(String, BoltState)] = [
            ("LOCKED", .locked), ("UNLOCKED", .unlocked), ("LOCKING", .locking), ("UNLOCKING", .unlocking),
            ("JAMMED", .jammed), ("OPEN", .unlocked), ("OPENING", .unlocking), ("None", .unknown),
        ]
        for (word, bolt) in words { #expect(lock.read("s", word) == [.bolt(bolt)]) }
    }

    @Test(
        "Words are compared as Home Assistant does it: exactly, and after numbers and truth values became text",
        arguments: [
            ("255", "255", true), ("\"255\"", "255", true), ("255", "255.0", false), ("true", "True", true),
            ("true", "true", false), ("\"LOCK\"", "lock", false), ("\"LOCK\"", " LOCK", false), ("1.5", "1.5", true),
        ]
    )
    func comparison(announced: String, said: String, isLocked: Bool) throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c","state_topic":"s","state_locked":\#(announced)}"#)
        #expect(lock.read("s", said) == (isLocked ? [.bolt(.locked)] : []))
    }

    @Test("A number in a message counts like the same number as text")
    func numbers() throws {
        let lock = try AnnouncedLock(
            #"{"command_topic":"c","state_topic":"s","state_locked":255,"value_template":"{{ value_json.v }}"}"#
        )
        #expect(lock.read("s", #"{"v":255}"#) == [.bolt(.locked)])
        #expect(lock.read("s", #"{"v":"255"}"#) == [.bolt(.locked)])
        #expect(lock.read("s", #"{"v":255.5}"#) == [])
    }

    @Test(
        "G6 a lock without a state topic, or one that says so, is optimistic",
        arguments: [
            (#"{"command_topic":"c"}"#, true), (#"{"command_topic":"c","state_topic":"s"}"#, false),
            (#"{"command_topic":"c","state_topic":"s","optimistic":true}"#, true),
            (#"{"command_topic":"c","state_topic":"s","optimistic":"yes"}"#, true),
            (#"{"command_topic":"c","state_topic":"s","optimistic":0}"#, false),
            (#"{"command_topic":"c","state_topic":null}"#, true),
        ]
    )
    func optimistic(json: String, isOptimistic: Bool) throws {
        #expect(try AnnouncedLock(json).isOptimistic == isOptimistic)
    }

    @Test("A state template that is not understood is a warning, and the state is not guessed at")
    func stateTemplate() throws {
        let lock = try AnnouncedLock(
            #"{"command_topic":"c","state_topic":"s","value_template":"{{ states('lock.x') }}"}"#
        )
        #expect(lock.warnings == ["The value_template is not understood: “states” is not understood here."])
        #expect(lock.read("s", "LOCKED") == [])
        #expect(lock.isOptimistic)
        #expect(lock.text(.lockDoor) == "c LOCK")
    }

    @Test("A command template that is not understood is a warning, and nothing is sent")
    func commandTemplate() throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c","command_template":"{{ now() }}"}"#)
        #expect(lock.warnings.count == 1)
        #expect(lock.command(.lockDoor) == nil)
        #expect(lock.command(.unlockDoor) == nil)
    }

    @Test("A command template makes the message, and there is never a code in it")
    func code() throws {
        let template = #"{\"state\":\"{{ value }}\"{% if code %},\"code\":\"{{ code }}\"{% endif %}}"#
        let lock = try AnnouncedLock(#"{"command_topic":"c","command_template":"\#(template)"}"#)
        #expect(lock.warnings == [])
        #expect(lock.text(.unlockDoor) == #"c {"state":"UNLOCK"}"#)
    }

    @Test("A lock that wants a code is not commanded")
    func codeFormat() throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c","state_topic":"s","code_format":"^\\d{4}$"}"#)
        #expect(lock.command(.unlockDoor) == nil)
        #expect(lock.warnings == ["It wants a code with every command, and Keyway has none to send."])
        #expect(lock.read("s", "LOCKED") == [.bolt(.locked)])
    }

    @Test(
        "A lock that cannot be told how to move is not commanded, with a warning",
        arguments: [
            #"{"command_topic":"c","payload_lock":"TOGGLE","payload_unlock":"TOGGLE"}"#,
            #"{"command_topic":"c/#","state_topic":"s"}"#, #"{"command_topic":"","state_topic":"s"}"#,
            #"{"command_topic":5,"state_topic":"s"}"#, #"{"state_topic":"s"}"#,
            #"{"command_topic":"c","command_template":"{{ '' }}"}"#,
            #"{"command_topic":"c\u0000","state_topic":"s"}"#,
        ]
    )
    func noCommands(json: String) throws {
        let lock = try AnnouncedLock(json)
        #expect(lock.command(.lockDoor) == nil)
        #expect(lock.command(.unlockDoor) == nil)
        #expect(lock.warnings.count == 1)
    }

    @Test(
        "A lock whose state cannot be told from its messages is not read, with a warning",
        arguments: [
            #""state_topic":"s","state_locked":"X","state_unlocked":"X""#, #""state_topic":"s/+""#,
            #""state_topic":"s","encoding":"latin-1""#, #""state_topic":"s","value_template":["x"]"#,
            #""state_topic":"s","state_unlocked":"LOCKED""#,
        ]
    )
    func noState(options: String) throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c",\#(options)}"#)
        #expect(lock.state == nil)
        #expect(lock.isOptimistic)
        #expect(lock.warnings.count == 1)
    }

    @Test("A word for two states counts for the first of locked, unlocked, moving, jammed and open")
    func sameWord() throws {
        let lock = try AnnouncedLock(
            #"{"command_topic":"c","state_topic":"s","state_jammed":"LOCKED","state_open":"UNLOCKED","state_locking":"X"}"#
        )
        #expect(lock.read("s", "LOCKED") == [.bolt(.locked)])
        #expect(lock.read("s", "UNLOCKED") == [.bolt(.unlocked)])
        #expect(lock.read("s", "X") == [.bolt(.locking)])
        #expect(lock.read("s", "JAMMED") == [])
    }

    @Test(
        "An availability that is not understood is a warning, and is not followed",
        arguments: [
            #""availability_mode":"some","availability_topic":"a""#, #""availability":[{"topic":"a/#"}]"#,
            #""availability":["a"]"#, #""availability_topic":"a","availability_template":"{{ x }}""#,
        ]
    )
    func strangeAvailability(options: String) throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c",\#(options)}"#)
        #expect(lock.warnings.count == 1)
        #expect(lock.tellsAvailability == options.contains("availability_mode"), "the mode is not the topic")
    }

    @Test(
        "The name is that of the device, and then the lock's own",
        arguments: [
            (#""device":{"name":"Door"},"name":null"#, "Door"),
            (#""device":{"name":"Door"},"name":"Bolt""#, "Door Bolt"),
            (#""device":{"name":"Door"},"name":"Door""#, "Door"),
            (#""device":{"name":"Door"},"name":"Door two""#, "Door two"),
            (#""name":"Bolt""#, "Bolt"), (#""device":{"name":" "},"name":"","unique_id":"u""#, "u"),
            (#""device":{"name":7}"#, "7"), (#""device":{"name":"Door"}"#, "Door"),
        ]
    )
    func names(options: String, expected: String) throws {
        #expect(try AnnouncedLock(#"{"command_topic":"c",\#(options)}"#).name == expected)
    }

    @Test("Without a unique_id the topic is the identity")
    func identity() throws {
        #expect(try AnnouncedLock(#"{"command_topic":"c"}"#).identity == "homeassistant/lock/a/config")
        #expect(try AnnouncedLock(#"{"command_topic":"c","unique_id":""}"#).identity == "homeassistant/lock/a/config")
        #expect(try AnnouncedLock(#"{"command_topic":"c","unique_id":12}"#).identity == "12")
    }

    @Test("Messages that cannot be read say nothing but that")
    func unreadable() throws {
        let lock = try AnnouncedLock(#"{"command_topic":"c","state_topic":"s"}"#)
        #expect(lock.read(topic: "s", payload: [0x4C, 0xFF]) == [.unreadable("it is not UTF-8")])
        #expect(lock.read(topic: "s", payload: []) == [])
        #expect(lock.read(topic: "x", payload: [0xFF]) == [], "a topic of somebody else")
        let large = [UInt8](repeating: 0x20, count: Message.maximumSize + 1)
        #expect(lock.read(topic: "s", payload: large) == [.unreadable("it is larger than 65536 bytes")])
        #expect(lock.read(topic: "s", payload: Array(large.dropLast())) == [])
        #expect(lock.read("s", String(repeating: "[", count: 60_000)) == [])
    }
}

import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("Listening to a lock")
struct LockListenerTests {
    private typealias Report = LockListener.Report

    private static func plain(_ more: String = "") throws -> LockListener {
        LockListener(try AnnouncedLock(#"{"command_topic":"c","state_topic":"s","availability_topic":"a"\#(more)}"#))
    }

    private static func zigbee() throws -> LockListener {
        LockListener(try Fixture("zigbee2mqtt-devices").lock())
    }

    private static let zigbeeTopic = "zigbee2mqtt/hall/front door"

    private static func bolt(
        _ bolt: BoltState,
        _ method: LockMethod? = nil,
        isReplay: Bool = false,
        isRepetition: Bool = false
    ) -> Report {
        Report(content: .bolt(bolt), method: method, isReplay: isReplay, isRepetition: isRepetition)
    }

    private static func other(_ content: DeviceReport.Content, isReplay: Bool = false) -> Report {
        Report(content: content, method: nil, isReplay: isReplay, isRepetition: false)
    }

    @Test("G6 a retained state informs, a live one can be proof, even if it is the same")
    func retained() throws {
        var listener = try Self.plain()
        #expect(listener.hear("s", "LOCKED", isRetained: true).reports == [Self.bolt(.locked, isReplay: true)])
        #expect(
            listener.hear("s", "LOCKED").reports == [Self.bolt(.locked)],
            "no repetition: an attempt from before a restart may wait for just this"
        )
        #expect(listener.hear("s", "LOCKED").reports == [Self.bolt(.locked, isRepetition: true)])
        #expect(listener.hear("s", "UNLOCKED").reports == [Self.bolt(.unlocked)])
    }

    @Test("G6 what a bridge remembers when it begins anew is no change, even if it is older than what was heard")
    func restartedBridge() throws {
        var listener = try Self.zigbee()
        let state = "zigbee2mqtt/bridge/state"
        func says(_ bolt: String) -> String { #"{"lock_state":"\#(bolt)"}"# }
        _ = listener.hear(state, "online", isRetained: true)
        _ = listener.hear(Self.zigbeeTopic, says("locked"))
        #expect(listener.hear(Self.zigbeeTopic, says("unlocked")).reports == [Self.bolt(.unlocked)])
        _ = listener.hear(state, "offline")
        #expect(listener.hear(Self.zigbeeTopic, says("locked")).reports == [Self.bolt(.locked, isReplay: true)])
        _ = listener.hear(state, "online")
        #expect(
            listener.hear(Self.zigbeeTopic, says("unlocked")).reports == [Self.bolt(.unlocked, isReplay: true)],
            "nobody says whether a bridge tells what it remembers before or after that it is there"
        )
        #expect(listener.hear(Self.zigbeeTopic, says("locked")).reports == [Self.bolt(.locked)])
        _ = listener.hear(state, "online")
        #expect(
            listener.hear(Self.zigbeeTopic, says("unlocked")).reports == [Self.bolt(.unlocked, isReplay: true)],
            "its last will may have got lost"
        )
    }

    @Test("G6 a bridge without a memory in every message is not believed at first either when it begins anew")
    func restartedPlainBridge() throws {
        var listener = try Self.plain(#","availability":[{"topic":"zwave/_CLIENTS/x/status"}]"#)
        let state = "zwave/_CLIENTS/x/status"
        _ = listener.hear(state, "online", isRetained: true)
        #expect(listener.hear("s", "UNLOCKED").reports == [Self.bolt(.unlocked)])
        _ = listener.hear(state, "offline")
        _ = listener.hear(state, "online")
        #expect(listener.hear("s", "LOCKED", isRetained: true).reports == [Self.bolt(.locked, isReplay: true)])
        #expect(listener.hear("s", "LOCKED").reports == [Self.bolt(.locked, isReplay: true, isRepetition: true)])
        #expect(listener.hear("s", "UNLOCKED").reports == [Self.bolt(.unlocked)])
    }

    @Test("G6 a bridge that repeats what it remembers proves something only by a change")
    func repeated() throws {
        var listener = try Self.zigbee()
        let locked = #"{"state":"LOCK","lock_state":"locked","battery":90}"#
        #expect(
            listener.hear(Self.zigbeeTopic, locked).reports == [
                Self.bolt(.locked, isReplay: true), Self.other(.battery(0.9)),
            ],
            "the first message can be as old as the bridge's memory"
        )
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"state":"LOCK","lock_state":"locked","battery":89}"#).reports
                == [Self.bolt(.locked, isReplay: true, isRepetition: true), Self.other(.battery(0.89))],
            "this was about the battery"
        )
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"state":"UNLOCK","lock_state":"unlocked","battery":89}"#).reports
                == [Self.bolt(.unlocked)]
        )
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"state":"LOCK","lock_state":"locked"}"#, isRetained: true).reports
                == [Self.bolt(.locked, isReplay: true)]
        )
    }

    @Test("An operation is reported with its method, and outdated memory beside and after it is not")
    func operation() throws {
        var listener = try Self.zigbee()
        _ = listener.hear(Self.zigbeeTopic, #"{"lock_state":"locked"}"#)
        let turn = #"{"action":"unlock","action_source_name":"keypad","lock_state":"locked"}"#
        #expect(listener.hear(Self.zigbeeTopic, turn).reports == [Self.bolt(.unlocked, .keycode)])
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"battery":50,"lock_state":"locked"}"#).reports == [
                Self.other(.battery(0.5))
            ]
        )
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"lock_state":"unlocked"}"#).reports == [
                Self.bolt(.unlocked, isRepetition: true)
            ]
        )
        let again = turn.replacing("\"locked", with: "\"unlocked")
        #expect(listener.hear(Self.zigbeeTopic, again).reports == [Self.bolt(.unlocked, .keycode)], "somebody again")
    }

    @Test("A first message with an operation is believed in the operation only")
    func firstOperation() throws {
        var listener = try Self.zigbee()
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"action":"auto_lock","lock_state":"unlocked"}"#).reports
                == [Self.bolt(.locked, .automatic)]
        )
        #expect(listener.hear(Self.zigbeeTopic, #"{"lock_state":"unlocked"}"#).reports == [])
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"lock_state":"locked"}"#).reports == [
                Self.bolt(.locked, isRepetition: true)
            ]
        )
    }

    @Test("What somebody once did is no news when the broker repeats it")
    func retainedOperation() throws {
        var listener = try Self.zigbee()
        let turn = #"{"action":"unlock","action_source_name":"keypad","lock_state":"unlocked"}"#
        #expect(
            listener.hear(Self.zigbeeTopic, turn, isRetained: true).reports == [Self.bolt(.unlocked, isReplay: true)]
        )
        let denial = #"{"action":"unlock_failure_invalid_pin_or_id"}"#
        #expect(listener.hear(Self.zigbeeTopic, denial, isRetained: true).reports == [])
        #expect(
            listener.hear(Self.zigbeeTopic, denial).reports == [Self.other(.accessDenied(AccessDenial(.unknownCode)))]
        )
    }

    @Test("A failure ends a command only if the lock surely did not act")
    func failures() throws {
        var listener = try Self.zigbee()
        func log(_ text: String) -> String {
            #"{"level":"error","message":"Publish 'set' 'state' to 'hall/front door' failed: '\#(text)'"}"#
        }
        let topic = "zigbee2mqtt/bridge/logging"
        #expect(listener.hear(topic, log("Timeout after 10000ms")).reports == [])
        let reports = listener.hear(topic, log("(Status 'FAILURE')")).reports
        guard case .commandFailed(.rejectedByDevice, let text?) = reports.first?.content else {
            Issue.record("\(reports)")
            return
        }
        #expect(text.hasSuffix("(Status 'FAILURE')'"))
        #expect(listener.hear(topic, log("(Status 'FAILURE')"), isRetained: true).reports == [])
    }

    @Test("Whether the lock can be reached is reported when it changes, and before all else that a message says")
    func reach() throws {
        var listener = try Self.plain(
            #","availability_mode":"all","availability":[{"topic":"a"},{"topic":"x/bridge/state"}]"#
        )
        #expect(listener.reach == .unknown)
        #expect(listener.hear("a", "online", isRetained: true).reports == [])
        #expect(
            listener.hear("x/bridge/state", "online", isRetained: true).reports == [
                Self.other(.online(true), isReplay: true)
            ]
        )
        #expect(listener.hear("a", "online").reports == [])
        #expect(listener.hear("a", "offline").reports == [Self.other(.online(false))])
        #expect(listener.hear("x/bridge/state", "offline").reports == [Self.other(.bridgeOffline)])
        #expect(listener.hear("x/bridge/state", "online").reports == [Self.other(.online(false))])
        #expect(listener.hear("a", "online").reports == [Self.other(.online(true))])
        #expect(listener.reach == .online)
        var both = LockListener(
            try AnnouncedLock(
                """
                {"command_topic":"c","state_topic":"s","value_template":"{{ value_json.l }}",
                 "availability":{"topic":"s","value_template":"{{ value_json.a }}"}}
                """
            )
        )
        #expect(
            both.hear("s", #"{"l":"LOCKED","a":"online"}"#).reports == [Self.other(.online(true)), Self.bolt(.locked)]
        )
    }

    @Test("Battery and door are reported when they change")
    func changes() throws {
        var listener = try Self.zigbee()
        let message = #"{"battery":50,"door_state":"open"}"#
        #expect(
            listener.hear(Self.zigbeeTopic, message).reports == [
                Self.other(.battery(0.5)), Self.other(.doorOpen(true)),
            ]
        )
        #expect(listener.hear(Self.zigbeeTopic, message).reports == [])
        #expect(listener.hear(Self.zigbeeTopic, #"{"door_state":"closed"}"#).reports == [Self.other(.doorOpen(false))])
    }

    @Test("A battery that is only said to be low has the charge that is known, or the bound")
    func batteryLow() throws {
        var listener = try Self.zigbee()
        #expect(listener.hear(Self.zigbeeTopic, #"{"battery_low":false}"#).reports == [])
        #expect(listener.hear(Self.zigbeeTopic, #"{"battery_low":true}"#).reports == [Self.other(.batteryLow(0.25))])
        #expect(listener.hear(Self.zigbeeTopic, #"{"battery_low":true}"#).reports == [])
        #expect(listener.hear(Self.zigbeeTopic, #"{"battery_low":false}"#).reports == [Self.other(.battery(0.5))])
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"battery":31,"battery_low":true}"#).reports
                == [Self.other(.battery(0.31)), Self.other(.batteryLow(0.31))]
        )
        #expect(listener.hear(Self.zigbeeTopic, #"{"battery_low":false}"#).reports == [], "the percentage tells")
    }

    @Test("After a loss of the connection nothing is taken for granted")
    func connectionLost() throws {
        var listener = try Self.zigbee()
        _ = listener.hear(Self.zigbeeTopic, #"{"lock_state":"locked","battery":50}"#)
        _ = listener.hear("zigbee2mqtt/bridge/state", "online")
        listener.connectionLost()
        #expect(listener.reach == .unknown)
        #expect(
            listener.hear(Self.zigbeeTopic, #"{"lock_state":"unlocked","battery":50}"#).reports
                == [Self.bolt(.unlocked, isReplay: true), Self.other(.battery(0.5))],
            "G6 the change can be from before"
        )
    }

    @Test("A lock that is announced anew keeps what is still true of it")
    func update() throws {
        var listener = try Self.plain()
        _ = listener.hear("s", "LOCKED")
        _ = listener.hear("a", "online")
        listener.update(try Self.plain(#","name":"New""#).lock)
        #expect(listener.lock.name == "New")
        #expect(listener.reach == .online)
        #expect(listener.hear("s", "LOCKED").reports == [Self.bolt(.locked, isRepetition: true)])
        listener.update(try Self.plain(#","state_locked":"X""#).lock)
        #expect(listener.hear("s", "X").reports == [Self.bolt(.locked)])
    }

    @Test("Messages that cannot be read are told of")
    func unreadable() throws {
        var listener = try Self.plain()
        let heard = listener.hear(topic: "s", payload: [0xFF], isRetained: false)
        #expect(heard == LockListener.Heard(reports: [], unreadable: "it is not UTF-8"))
    }
}

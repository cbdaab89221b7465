import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("A maker's event")
struct MakerEventTests {
    static func json(_ type: String, _ more: String = "") -> String {
        #"{"event_type":"\#(type)","device_id":"l","timestamp":"2026-01-01T00:00:00Z"\#(more)}"#
    }

    static let kinds: [(String, MakerEvent.Kind)] = [
        (json("device.online"), .online(lockID: "l")),
        (json("device.offline"), .offline(lockID: "l")),
        (json("bridge.offline", #","bridge_id":"b""#), .bridgeOffline(bridgeID: "b")),
        (
            #"{"event_type":"bridge.offline","bridge_id":"b","timestamp":"2026-01-01T00:00:00Z"}"#,
            .bridgeOffline(bridgeID: "b")
        ),
        (json("battery.low", #","battery_level":18"#), .batteryLow(lockID: "l", charge: 0.18)),
        (json("battery.low", #","battery_level":-1"#), .batteryLow(lockID: "l", charge: 0)),
        (json("device.added"), .added(lockID: "l")),
        (json("device.removed"), .removed(lockID: "l")),
        (json("device.time_wrong"), .timeWrong(lockID: "l")),
    ]

    @Test("is what its type says", arguments: kinds)
    func kind(text: String, kind: MakerEvent.Kind) throws {
        let event = try MakerEvent(Array(text.utf8))
        #expect(event.kind == kind)
        #expect(event.timestamp == Samples.start)
    }

    @Test(
        "of a type that is not known is nothing, whatever else is in it",
        arguments: [
            json("lock.sang"), #"{"event_type":"lock.sang"}"#,
            #"{"event_type":"lock.sang","device_id":7,"timestamp":[]}"#,
        ]
    )
    func unknown(text: String) throws {
        #expect(try MakerEvent(Array(text.utf8)).kind == .unknown("lock.sang"))
    }

    @Test(
        "that lacks something is refused with the reason",
        arguments: [
            ("", "event_type"), ("nope", "event_type"), ("[]", "event_type"), ("{}", "event_type"),
            (#"{"event_type":7}"#, "event_type"),
            (#"{"event_type":"device.online","timestamp":"2026-01-01T00:00:00Z"}"#, "device_id"),
            (#"{"event_type":"device.online","device_id":"l"}"#, "timestamp"),
            (#"{"event_type":"device.online","device_id":"l","timestamp":"noon"}"#, "timestamp"),
            (#"{"event_type":"device.online","device_id":7,"timestamp":"2026-01-01T00:00:00Z"}"#, "type"),
            (json("bridge.offline"), "bridge_id"), (json("battery.low"), "battery_level"),
            (json("lock.action_completed", #","status":"success""#), "action"),
            (json("lock.action_completed", #","action":"open","status":"success""#), "action"),
            (json("lock.action_completed", #","action":"lock""#), "status"),
            (json("lock.action_completed", #","action":"lock","status":"pending""#), "status"),
        ]
    )
    func malformed(text: String, word: String) {
        let error = #expect(throws: MakerEvent.Malformed.self) { try MakerEvent(Array(text.utf8)) }
        #expect(error?.reason.contains(word) == true)
    }

    // MARK: Completed actions

    private func action(_ more: String) throws -> MakerEvent.Action {
        let event = try MakerEvent(Array(Self.json("lock.action_completed", more).utf8))
        guard case .actionCompleted("l", let action) = event.kind else { throw MakerEvent.Malformed(reason: "other") }
        return action
    }

    @Test(
        "the way a bolt was moved is told in the contract's words",
        arguments: [
            ("pin_code", LockMethod.keycode), ("mobile_app", .remote), ("remote_api", .remote),
            ("bluetooth_key", .unknown), ("fob_card", .card), ("manual_turn", .manual), ("telekinesis", .unknown),
        ]
    )
    func method(performedVia: String, method: LockMethod) throws {
        let action = try action(#","action":"unlock","status":"success","performed_via":"\#(performedVia)""#)
        #expect(action.method == method)
        for attemptID in [nil, Samples.id(1, of: ActionAttempt.self)] {
            #expect(action.report(of: Samples.id(2), answering: attemptID, claimedAt: nil)?.method == method)
        }
    }

    @Test("G6 only the answer to an attempt is fresh", arguments: [("lock", BoltState.locked), ("unlock", .unlocked)])
    func success(name: String, bolt: BoltState) throws {
        let action = try action(#","action":"\#(name)","status":"success","action_id":"a","custom_id":"c""#)
        #expect(action.actionID == "a")
        #expect(action.customID == "c")
        let own = action.report(of: Samples.id(2), answering: Samples.id(1), claimedAt: Samples.start)
        #expect(
            own
                == DeviceReport(
                    deviceID: Samples.id(2),
                    content: .bolt(bolt),
                    attemptID: Samples.id(1),
                    claimedAt: Samples.start
                )
        )
        let foreign = action.report(of: Samples.id(2), answering: nil, claimedAt: Samples.start)
        #expect(
            foreign
                == DeviceReport(
                    deviceID: Samples.id(2),
                    content: .bolt(bolt),
                    method: .unknown,
                    isReplay: true,
                    claimedAt: Samples.start
                )
        )
    }

    @Test(
        "a failure has the cause that its code stands for",
        arguments: [
            (
                #","error_code":"LOCK_JAMMED","message":"Stuck.""#, FailureCause.lockJammed,
                "LOCK_JAMMED: Stuck." as String?
            ),
            (#","error_code":"BOLT_OBSTRUCTED""#, .boltObstructed, "BOLT_OBSTRUCTED"),
            (#","error_code":"DEVICE_OFFLINE""#, .deviceOffline, "DEVICE_OFFLINE"),
            (#","error_code":"MOON_PHASE""#, .rejectedByDevice, "MOON_PHASE"),
            (#","message":"No.""#, .rejectedByDevice, "No."), ("", .rejectedByDevice, nil),
        ]
    )
    func failure(more: String, cause: FailureCause, detail: String?) throws {
        let action = try action(#","action":"unlock","status":"failed"\#(more)"#)
        let own = action.report(of: Samples.id(2), answering: Samples.id(1), claimedAt: nil)
        #expect(own?.content == .commandFailed(cause, detail))
        #expect(own?.attemptID == Samples.id(1))
        // Somebody else's failure is no news, but for a bolt that is stuck.
        let foreign = action.report(of: Samples.id(2), answering: nil, claimedAt: nil)
        #expect(foreign?.content == (cause == .lockJammed ? .bolt(.jammed) : nil))
        #expect(foreign?.isReplay ?? true)
    }
}

import FoundationEssentials
import KeywayModel
import KeywayTestKit
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("parse what they print, and agree with the system's UUID")
    func roundTrip() throws {
        for _ in 1...200 {
            let uuid = UUID()
            let id = try #require(Identifier<Device>(uuid.uuidString))
            #expect(id.description == uuid.uuidString.lowercased())
            #expect(Identifier<Device>(id.description) == id)
        }
    }

    @Test(
        "refuse what is no UUID",
        arguments: [
            "", "1", "unknown-device", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
            "00000000x0000-0000-0000-000000000000", "g0000000-0000-0000-0000-000000000000",
            "00000000000000000000000000000000", "{0000000-0000-0000-0000-000000000000}",
        ]
    )
    func refuse(text: String) {
        #expect(Identifier<Device>(text) == nil)
    }

    @Test("order by their bytes")
    func order() {
        #expect(Identifier<Device>(high: 1, low: 9) < Identifier<Device>(high: 2, low: 0))
        #expect(Identifier<Device>(high: 1, low: 1) < Identifier<Device>(high: 1, low: 2))
    }
}

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "print ISO 8601 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_000_000, "2026-01-01T00:00:00.000Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_399_000_000, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
        ]
    )
    func prints(microseconds: Int64, text: String) throws {
        #expect(Timestamp(microseconds: microseconds).description == text)
        let parsed = try #require(Timestamp(text))
        #expect(parsed.microseconds / 1000 == (Double(microseconds) / 1000).rounded(.down).whole)
    }

    @Test(
        "parse dates and times with offsets",
        arguments: [
            ("2026-01-01", 1_767_225_600_000_000), ("2026-01-01T00:00Z", 1_767_225_600_000_000),
            ("2026-01-01T01:30:00+01:30", 1_767_225_600_000_000), ("2025-12-31T19:00:00-0500", 1_767_225_600_000_000),
            ("2026-01-01 00:00:00.123456789Z", 1_767_225_600_123_456), ("2026-01-01T00:00:00.5", 1_767_225_600_500_000),
        ]
    )
    func parses(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(
        "refuse what is no time",
        arguments: [
            "", "yesterday", "2026", "2026-13-01", "2026-02-29", "2026-01-01T24:00Z", "2026-01-01T00:60Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Z!", "2026-01-01T00", "0000-01-01", "2026-1-1",
        ]
    )
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("count every day of four centuries")
    func everyDay() throws {
        var expected = Timestamp(microseconds: -2_208_988_800_000_000)
        for year in 1900..<2300 {
            for month in 1...12 {
                let text = "\(year)-\(month < 10 ? "0" : "")\(month)-01"
                let first = try #require(Timestamp(text))
                #expect(first.description.hasPrefix(text))
                #expect(first >= expected)
                expected = first
            }
        }
        #expect(expected.description == "2299-12-01T00:00:00.000Z")
    }
}

@Suite("JSON values")
struct JSONValueTests {
    @Test("round-trip, and write whole numbers without a fraction")
    func roundTrip() throws {
        let text = #"{"a":[1,2.5,"x",null,true],"b":{}}"#
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(value["a"] == .array([.number(1), .number(2.5), .string("x"), .null, .bool(true)]))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == text)
    }
}

@Suite("Events")
struct EventTests {
    static let bolt = BoltMovement(
        method: .keycode,
        accessCodeID: "c",
        accessCodeIsManaged: true,
        code: "1234",
        isViaBluetooth: false,
        isViaNFC: true
    )
    static let troubled = Samples.lock(
        state: DeviceState(
            isOnline: false,
            offlineCause: .account,
            onlineChangedAt: Samples.start,
            warnings: [DeviceWarning(.timeWrong, createdAt: Samples.start)]
        )
    )
    static var disconnectedAccount: ConnectedAccount {
        var account = Samples.account()
        account.disconnectedAt = Samples.start
        return account
    }

    static func details(of type: EventType) -> Event.Details {
        switch type {
        case .lockDoorSucceeded: .resolution(actionType: .lockDoor, status: .success)
        case .lockDoorFailed: .resolution(actionType: .lockDoor, status: .error)
        case .unlockDoorSucceeded: .resolution(actionType: .unlockDoor, status: .success)
        case .unlockDoorFailed: .resolution(actionType: .unlockDoor, status: .error)
        case .simulateKeypadCodeEntrySucceeded: .resolution(actionType: .simulateKeypadCodeEntry, status: .success)
        case .simulateKeypadCodeEntryFailed: .resolution(actionType: .simulateKeypadCodeEntry, status: .error)
        case .simulateManualLockViaKeypadSucceeded:
            .resolution(actionType: .simulateManualLockViaKeypad, status: .success)
        case .simulateManualLockViaKeypadFailed:
            .resolution(actionType: .simulateManualLockViaKeypad, status: .error)
        case .actionAttemptLateReport: .lateReport(actionType: .lockDoor, status: .error, reported: .locked)
        case .lockLocked, .lockUnlocked: .bolt(bolt)
        case .lockAccessDenied: .accessDenied(AccessDenial(.unknownCode))
        case .deviceDisconnected, .unmanagedDeviceDisconnected: .disconnection(.account, DeviceHealth(troubled))
        case .deviceSubscriptionRequired: .health(DeviceHealth(troubled))
        case .connectedAccountDisconnected: .accountHealth(AccountHealth(disconnectedAccount))
        case .deviceNameChanged, .deviceDeleted: .deviceName("Front Door")
        case .webhookDisabled: .webhookDisabled(WebhookDisablement(Samples.webhook(), because: .gone))
        case .deviceConnected, .unmanagedDeviceConnected, .deviceAdded, .deviceRemoved,
            .deviceConvertedToUnmanaged, .deviceConvertedToManaged, .deviceSubscriptionResolved,
            .connectedAccountConnected, .connectedAccountCreated, .connectedAccountSuccessfulLogin,
            .connectedAccountCompletedFirstSync, .connectedAccountDeleted, .connectWebviewLoginSucceeded,
            .connectWebviewLoginFailed, .clientSessionDeleted:
            .none
        case .deviceLowBattery: .battery(level: 0.125)
        }
    }

    @Test("read back what they wrote", arguments: EventType.allCases)
    func roundTrip(type: EventType) throws {
        let event = Event(
            id: Samples.id(9),
            type: type,
            workspaceID: Samples.id(1),
            createdAt: Samples.start,
            occurredAt: Samples.start,
            connectedAccountID: Samples.id(2),
            connectedAccountCustomMetadata: ["a": .bool(true)],
            deviceID: Samples.id(3),
            deviceCustomMetadata: ["b": .string("c")],
            customerKey: "k",
            actionAttemptID: Samples.id(4),
            clientSessionID: Samples.id(5),
            connectWebviewID: Samples.id(6),
            details: Self.details(of: type)
        )
        let data = try JSONEncoder().encode(event)
        #expect(try JSONDecoder().decode(Event.self, from: data) == event)
    }

    @Test("have the keys that the contract wants of their type")
    func requiredKeys() throws {
        func members(of type: EventType) throws -> JSONValue {
            let event = Event(
                id: Samples.id(9),
                type: type,
                workspaceID: Samples.id(1),
                createdAt: Samples.start,
                occurredAt: Samples.start,
                connectedAccountID: Samples.id(2),
                deviceID: Samples.id(3),
                details: Self.details(of: type)
            )
            return try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(event))
        }
        #expect(try members(of: .deviceLowBattery)["battery_level"] == .number(0.125))
        for type in [EventType.deviceAdded, .deviceRemoved, .deviceLowBattery] {
            #expect(try members(of: type)["device_id"]?.stringValue != nil)
            #expect(try members(of: type)["connected_account_id"]?.stringValue != nil)
        }
        let disconnected = try members(of: .deviceDisconnected)
        #expect(disconnected["error_code"] == .string("account_disconnected"))
        let warning = JSONValue.object([
            "warning_code": .string("device_time_wrong"), "message": .string("The clock of the device is wrong."),
            "created_at": .string("2026-01-01T00:00:00.000Z"),
        ])
        #expect(disconnected["device_warnings"] == .array([warning]))
        let problem = JSONValue.object([
            "error_code": .string("account_disconnected"),
            "message": .string("The connected account of the device is disconnected."),
            "created_at": .string("2026-01-01T00:00:00.000Z"),
        ])
        #expect(disconnected["device_errors"] == .array([problem]))
        #expect(disconnected["connected_account_errors"] == .array([problem]))
        let denied = try members(of: .lockAccessDenied)["reason"]
        #expect(denied?["reason_code"] == .string("unknown_code"))
        #expect(try members(of: .deviceNameChanged)["device_name"] == .string("Front Door"))
        guard case .array? = try members(of: .connectedAccountDisconnected)["connected_account_errors"] else {
            Issue.record("a disconnected account does not say what is wrong with it")
            return
        }
        #expect(disconnected["connected_account_warnings"] == .array([]))
    }

    @Test("leave out what is not known, rather than saying null")
    func absent() throws {
        let event = Event(
            id: Samples.id(9),
            type: .deviceConnected,
            workspaceID: Samples.id(1),
            createdAt: Samples.start,
            occurredAt: Samples.start
        )
        let value = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(event))
        guard case .object(let members) = value else { return }
        #expect(
            members.keys.sorted() == [
                "created_at", "event_description", "event_id", "event_type", "occurred_at", "workspace_id",
            ]
        )
    }
}

@Suite("Attempts")
struct ActionAttemptTests {
    @Test("have a status that follows from the outcome")
    func status() {
        var attempt = Samples.attempt()
        #expect(attempt.status == .pending)
        attempt.outcome = .success(wasConfirmedByDevice: nil)
        #expect(attempt.status == .success)
        attempt.outcome = .failure(.lockJammed)
        #expect(attempt.status == .error)
    }

    @Test("know who asked for them, and read it back")
    func requester() {
        let requester = Requester.apiKey(Samples.id(5))
        #expect(Requester(requester.description) == requester)
        #expect(Requester("somebody") == nil)
        #expect(Requester("api_key:x") == nil)
    }

    @Test("have a closed list of causes, each with a sentence")
    func causes() {
        #expect(FailureCause.allCases.count == 16)
        for cause in FailureCause.allCases { #expect(cause.defaultMessage.hasSuffix(".")) }
    }
}

extension Double {
    /// The number as an integer, if it is whole.
    fileprivate var whole: Int64? { Int64(exactly: self) }
}

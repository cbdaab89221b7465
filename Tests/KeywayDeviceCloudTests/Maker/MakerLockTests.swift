import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

@Suite("A maker's lock")
struct MakerLockTests {
    private func lock(_ json: String) throws -> MakerLock {
        try #require(MakerAnswer(status: 200, body: Array(json.utf8)).decoded())
    }

    private func contents(_ json: String) throws -> [DeviceReport.Content] {
        let reports = try lock(json).reports(of: Samples.id(1), at: Samples.start)
        #expect(reports.allSatisfy { $0.isReplay && $0.attemptID == nil && $0.claimedAt == nil }, "G6")
        return reports.map(\.content)
    }

    @Test("says everything that Keyway keeps")
    func everything() throws {
        let json = """
            {"device_id":"d","device_type":"smart_lock","device_model":"M","online":true,"battery_level":42,
             "signal_quality":-60,"location":{"latitude":1.5,"longitude":2},"timezone":"Europe/Berlin","bridge_id":"b",
             "lock_state":"unlocked","door_state":"ajar","device_time":"2026-01-01T00:04:59Z","updated_at":"x"}
            """
        #expect(
            try contents(json) == [
                .online(true), .bolt(.unlocked), .battery(0.42), .doorOpen(true),
                .warning(.timeWrong, isPresent: false),
            ]
        )
        let lock = try lock(json)
        #expect(lock.bridgeID == "b")
        let account = try CloudHarness.account(baseURL: "http://maker")
        let entry = MakerLockList.Entry(lockID: "l", name: "Front", model: "Old", address: "Street 1")
        let description = lock.description(listedAs: entry, of: account)
        #expect(description.name == "Front")
        #expect(description.modelDisplayName == "M")
        #expect(description.manufacturerDisplayName == "Maker & Sons")
        #expect(description.locationName == "Street 1")
        #expect(description.timeZone == "Europe/Berlin")
        #expect(description.capabilities == [.canRemotelyLock, .canRemotelyUnlock])
    }

    @Test("has a name and a model even if the maker gives none")
    func poor() throws {
        let description = try lock(#"{"online":true}"#)
            .description(
                listedAs: MakerLockList.Entry(lockID: "l", name: nil, model: nil, address: nil),
                of: try CloudHarness.account(baseURL: "http://maker")
            )
        #expect(description.name == "l")
        #expect(description.modelDisplayName == "Lock")
        #expect(description.timeZone == nil)
    }

    @Test(
        "says of its bolt only what it knows",
        arguments: [
            ("locked", BoltState.locked as BoltState?), ("unlocked", .unlocked), ("unknown", nil), ("ajar", nil),
            ("", nil),
        ]
    )
    func bolt(text: String, bolt: BoltState?) throws {
        #expect(try lock(#"{"online":true,"lock_state":"\#(text)"}"#).bolt == bolt)
    }

    @Test(
        "says of its door only what it knows",
        arguments: [
            ("open", true as Bool?), ("ajar", true), ("closed", false), ("unknown", nil),
        ]
    )
    func door(text: String, isOpen: Bool?) throws {
        #expect(try lock(#"{"online":true,"door_state":"\#(text)"}"#).isDoorOpen == isOpen)
    }

    @Test("a charge is between empty and full", arguments: [(-5, 0.0), (0, 0), (7, 0.07), (100, 1), (250, 1)])
    func battery(level: Int, charge: Double) throws {
        #expect(try lock(#"{"online":false,"battery_level":\#(level)}"#).charge == charge)
    }

    @Test(
        "a clock is right within five minutes",
        arguments: [
            ("2026-01-01T00:05:00Z", true), ("2025-12-31T23:55:00Z", true), ("2026-01-01T00:05:01Z", false),
            ("2025-12-31T23:54:59Z", false), ("noon", false),
        ]
    )
    func clock(time: String, isRight: Bool) throws {
        #expect(try lock(#"{"online":true,"device_time":"\#(time)"}"#).hasRightTime(at: Samples.start) == isRight)
    }

    @Test(
        "hubs and bridges are no locks",
        arguments: [
            ("smart_lock", true), ("hub", false), ("bridge", false), ("toaster", false),
        ]
    )
    func type(text: String, isLock: Bool) throws {
        #expect(try lock(#"{"online":true,"device_type":"\#(text)"}"#).isLock == isLock)
    }

    @Test("what lacks the most needful is none", arguments: ["", "{}", "[]", #"{"online":"yes"}"#, "nope"])
    func noLock(json: String) {
        let lock: MakerLock? = MakerAnswer(status: 200, body: Array(json.utf8)).decoded()
        #expect(lock == nil)
    }
}

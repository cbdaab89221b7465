import KeywayModel
import KeywayTestKit
import Testing

@Suite("A lane and actions that move no bolt")
struct LaneOtherActionTests {
    private static let setting = AutoLock(isEnabled: true, delaySeconds: 20)
    private static let everything: Set<DeviceCapability> = [
        .canRemotelyLock, .canRemotelyUnlock, .canConfigureAutoLock, .canUnlockWithCode,
    ]
    private static let lock = Samples.lock(capabilities: everything)

    private func underWay(_ attempt: ActionAttempt) -> LaneHarness {
        var lane = LaneHarness(device: Self.lock)
        _ = lane.request(attempt)
        _ = lane.feed(.committed)
        return lane
    }

    private static func configuring(_ number: UInt64 = 1) -> ActionAttempt {
        Samples.attempt(number, .configureAutoLock, .autoLock(setting))
    }

    @Test("the command carries what the action needs to know")
    func parameters() {
        var lane = LaneHarness(device: Self.lock)
        _ = lane.request(Samples.attempt(1, .simulateKeypadCodeEntry, .keypadCode("1234")))
        let commands = lane.feed(.committed)
            .compactMap { if case .send(let command) = $0 { command.parameters } else { nil } }
        #expect(commands == [.keypadCode("1234")])
    }

    @Test("it is a success when the device says that it is done, and the setting is known in the same commit")
    func completed() throws {
        var lane = underWay(Self.configuring())
        let commit = try #require(lane.feed(.answered(Samples.id(1), .completed)).commit)
        #expect(commit.resolved.map(\.outcome) == [.success(wasConfirmedByDevice: nil)])
        #expect(commit.state?.autoLock == Self.setting)
        // The contract has no event for this action.
        #expect(commit.events.isEmpty)
    }

    @Test("wherever the bolt comes to rest meanwhile, it says nothing about the action", arguments: BoltState.allCases)
    func boltMeanwhile(bolt: BoltState) {
        var lane = underWay(Self.configuring())
        #expect(lane.report(bolt).commit?.resolved ?? [] == [])
        #expect(lane.lane.isUnresolved(Samples.id(1)))
    }

    @Test("G4 without the device's word its outcome stays unknown, and a bolt that is read does not change that")
    func unknown() throws {
        var lane = underWay(Self.configuring())
        _ = lane.report(.unlocked)
        _ = lane.feed(.committed)
        _ = lane.pass(.seconds(30))
        let commit = try #require(lane.feed(.read(Samples.id(1), .locked)).commit)
        #expect(commit.resolved.map(\.outcome) == [.failure(.outcomeUnknown)])
        #expect(lane.lane.device.state.autoLock == nil)
    }

    @Test("a simulated keypad entry tells its outcome, and the lock's own event tells who opened")
    func keypad() throws {
        var lane = underWay(Samples.attempt(1, .simulateKeypadCodeEntry, .keypadCode("1234")))
        let report = DeviceReport(
            deviceID: Self.lock.id,
            content: .bolt(.unlocked),
            method: .keycode,
            code: "1234"
        )
        let moved = try #require(lane.feed(.reported(report, token: nil)).commit?.events.first)
        #expect(moved.type == .lockUnlocked)
        #expect(moved.actionAttemptID == nil)
        #expect(moved.details == .bolt(BoltMovement(method: .keycode, code: "1234")))
        _ = lane.feed(.answered(Samples.id(1), .completed))
        let ended = try #require(lane.feed(.committed).commit)
        #expect(ended.events.map(\.type) == [.simulateKeypadCodeEntrySucceeded])
    }

    @Test("a refused entry is told as an event")
    func denial() throws {
        var lane = LaneHarness(device: Self.lock)
        let denial = AccessDenial(.unknownCode)
        let event = try #require(lane.report(.accessDenied(denial)).commit?.events.first)
        #expect(event.type == .lockAccessDenied)
        #expect(event.details == .accessDenied(denial))
    }

    @Test("a request joins only one that is for exactly the same")
    func joining() {
        var lane = underWay(Self.configuring())
        let other = Samples.attempt(2, .configureAutoLock, .autoLock(AutoLock(isEnabled: false)))
        #expect(lane.request(other, overlap: .join).commit?.accepted.map(\.id) == [other.id])
        _ = lane.feed(.committed)
        let same = Samples.attempt(3, .configureAutoLock, .autoLock(AutoLock(isEnabled: false)))
        #expect(
            lane.request(same, overlap: .join).contains { if case .joined(same.id, other) = $0 { true } else { false } }
        )
    }

    @Test("a device without the capability does not support it")
    func unsupported() throws {
        var lane = LaneHarness()
        _ = lane.request(Self.configuring())
        let resolved = try #require(lane.feed(.committed).commit?.resolved.first)
        #expect(resolved.outcome == .failure(.notSupported))
    }
}

import KeywayModel
import KeywayTestKit
import Testing

/// Reports that come with a time of their provider's clock, which may come twice and in any order.
@Suite("A lane and reports with a time of their own")
struct LaneClaimedTimeTests {
    /// A quarter of an hour behind Keyway's clock, so that nothing here works because the clocks agree.
    static func at(_ seconds: Int) -> Timestamp { Samples.start + .seconds(seconds - 900) }

    private func report(
        _ content: DeviceReport.Content,
        at seconds: Int,
        method: LockMethod? = nil,
        attemptID: Identifier<ActionAttempt>? = nil
    ) -> AttemptLane.Input {
        let report = DeviceReport(
            deviceID: Samples.lock().id,
            content: content,
            method: method,
            attemptID: attemptID,
            isReplay: attemptID == nil,
            claimedAt: Self.at(seconds)
        )
        return .reported(report, token: nil)
    }

    @Test("G6 somebody else's movement never confirms, however new it claims to be")
    func foreignMovement() throws {
        var lane = LaneHarness()
        let attempt = Samples.attempt(1, .unlockDoor)
        lane.underWay(attempt)
        let commit = try #require(lane.feed(report(.bolt(.unlocked), at: 5000, method: .keycode)).commit)
        #expect(commit.resolved.isEmpty)
        #expect(commit.events.map(\.type) == [.lockUnlocked])
        #expect(commit.events.first?.details == .bolt(BoltMovement(method: .keycode)))
        #expect(lane.lane.device.state.reportedBolt == .unlocked)
    }

    @Test("G6 the answer to the attempt confirms it, whatever the provider's clock says", arguments: [-100_000, 5, 10])
    func ownAnswer(seconds: Int) throws {
        var lane = LaneHarness()
        let attempt = Samples.attempt(1, .unlockDoor)
        lane.underWay(attempt)
        _ = lane.feed(report(.bolt(.locked), at: 10, method: .manual))
        _ = lane.feed(.committed)
        let commit = try #require(lane.feed(report(.bolt(.unlocked), at: seconds, attemptID: attempt.id)).commit)
        #expect(commit.resolved.first?.outcome == .success(wasConfirmedByDevice: true))
        // Out of date, it says nothing about where the bolt is now; the answer of the same instant does.
        #expect(lane.lane.device.state.reportedBolt == (seconds < 10 ? .locked : .unlocked))
        #expect(commit.events.map(\.type) == [.unlockDoorSucceeded] + (seconds < 10 ? [] : [.lockUnlocked]))
    }

    @Test("G6 the answer to another attempt does not confirm this one")
    func otherAnswer() {
        var lane = LaneHarness()
        lane.underWay(Samples.attempt(1, .unlockDoor))
        let commit = lane.feed(report(.bolt(.unlocked), at: 10, attemptID: Samples.id(77))).commit
        #expect(commit?.resolved.isEmpty == true)
    }

    @Test("a duplicate of an older answer neither moves the bolt nor says that it moved")
    func duplicateAnswer() {
        var lane = LaneHarness()
        let attempt = Samples.attempt(1, .unlockDoor)
        lane.underWay(attempt)
        _ = lane.feed(report(.bolt(.unlocked), at: 10, attemptID: attempt.id))
        _ = lane.feed(.committed)
        _ = lane.feed(report(.bolt(.locked), at: 20, method: .manual))
        _ = lane.feed(.committed)
        for _ in 1...2 {
            #expect(lane.feed(report(.bolt(.unlocked), at: 10, attemptID: attempt.id)).isEmpty)
            #expect(lane.feed(report(.bolt(.locked), at: 20, method: .manual)).isEmpty)
        }
        #expect(lane.lane.device.state.reportedBolt == .locked)
    }

    @Test("a duplicate of a movement does not undo what was read meanwhile")
    func duplicateAfterReading() {
        var lane = LaneHarness(device: Samples.lock(state: DeviceState(reportedBolt: .locked)))
        _ = lane.feed(report(.bolt(.unlocked), at: 10, method: .keycode))
        _ = lane.feed(.committed)
        _ = lane.report(.locked, isReplay: true)
        _ = lane.feed(.committed)
        #expect(lane.feed(report(.bolt(.unlocked), at: 10, method: .keycode)).isEmpty)
        #expect(lane.lane.device.state.reportedBolt == .locked)
    }

    @Test("an old failure neither jams the lock nor fails the attempt in flight")
    func oldFailure() {
        var lane = LaneHarness()
        lane.underWay(Samples.attempt(2, .unlockDoor))
        _ = lane.feed(report(.bolt(.locked), at: 20, method: .manual))
        let commit = lane.feed(report(.commandFailed(.lockJammed, nil), at: 10, attemptID: Samples.id(1))).commit
        #expect(commit == nil)
        #expect(lane.lane.device.state.reportedBolt == .locked)
        #expect(lane.lane.isUnresolved(Samples.id(2)))
    }

    @Test("G8 a late answer is a late truth even if something newer was heard before")
    func lateAnswer() throws {
        var lane = LaneHarness()
        let attempt = Samples.attempt(1, .unlockDoor)
        lane.underWay(attempt)
        _ = lane.pass(.seconds(31))
        _ = lane.feed(.read(attempt.id, nil))
        _ = lane.feed(.committed)
        _ = lane.feed(report(.bolt(.locked), at: 50, method: .manual))
        _ = lane.feed(.committed)
        let commit = try #require(lane.feed(report(.bolt(.unlocked), at: 40, attemptID: attempt.id)).commit)
        #expect(commit.events.map(\.type) == [.actionAttemptLateReport])
    }

    @Test("a movement tells when it happened, but not in the future")
    func occurrence() throws {
        var lane = LaneHarness()
        let past = try #require(lane.feed(report(.bolt(.unlocked), at: 10, method: .keycode)).commit?.events.first)
        #expect(past.occurredAt == Self.at(10))
        #expect(past.createdAt == lane.now)
        _ = lane.feed(.committed)
        let future = try #require(lane.feed(report(.bolt(.locked), at: 9999, method: .manual)).commit?.events.first)
        #expect(future.occurredAt == lane.now)
    }

    @Test("a movement is told even if nothing was known of the bolt, a mere state is not")
    func firstSight() {
        var lane = LaneHarness(device: Samples.lock(state: DeviceState()))
        #expect(lane.report(.locked, isReplay: true).commit?.events.isEmpty == true)
        lane = LaneHarness(device: Samples.lock(state: DeviceState()))
        #expect(lane.feed(report(.bolt(.unlocked), at: 1, method: .card)).commit?.events.map(\.type) == [.lockUnlocked])
    }

    @Test("going offline and coming back count in the order of their own time")
    func presenceOrder() {
        var lane = LaneHarness()
        #expect(lane.feed(report(.online(true), at: 11)).commit?.events.isEmpty == true)
        _ = lane.feed(.committed)
        #expect(lane.feed(report(.online(false), at: 10)).isEmpty)
        #expect(lane.lane.device.state.isOnline)
        #expect(lane.feed(report(.online(false), at: 12)).commit?.events.map(\.type) == [.deviceDisconnected])
    }
}

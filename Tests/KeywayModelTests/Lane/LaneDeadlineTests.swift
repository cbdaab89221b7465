import KeywayModel
import KeywayTestKit
import Testing

@Suite("Deadlines")
struct LaneDeadlineTests {
    let first = Samples.attempt(1)
    let second = Samples.attempt(2)

    @Test("G2 an attempt that was never sent expires at its deadline")
    func expires() throws {
        var lane = LaneHarness()
        lane.underWay(first, after: .seconds(60))
        _ = lane.request(second, after: .seconds(10))
        _ = lane.feed(.committed)
        #expect(lane.pass(.seconds(9)).isEmpty)
        let commit = try #require(lane.pass(.seconds(1)).commit)
        #expect(commit.resolved.map(\.id) == [second.id])
        #expect(commit.resolved.first?.outcome == .failure(.actionAttemptExpired))
        #expect(commit.resolved.first?.dispatchedAt == nil)
    }

    @Test("G3 an attempt whose deadline passes while its dispatch mark is written is not sent")
    func expiresWhileMarked() throws {
        var lane = LaneHarness()
        _ = lane.request(first, after: .seconds(1))
        lane.clock.advance(by: .seconds(1))
        let actions = lane.feed(.committed)
        #expect(actions.sent.isEmpty)
        let resolved = try #require(actions.commit?.resolved.first)
        #expect(resolved.outcome == .failure(.actionAttemptExpired))
        #expect(resolved.dispatchedAt == nil, "the mark is taken back: the command never left")
        #expect(!resolved.timeline.contains { $0.kind == .dispatched })
    }

    @Test("G3 the command carries its deadline, so that the driver can look again")
    func commandDeadline() {
        var lane = LaneHarness()
        let deadline = lane.clock.now().monotonic + .seconds(5)
        _ = lane.request(first, after: .seconds(5))
        let expected = Command(
            attemptID: first.id,
            deviceID: Samples.lock().id,
            actionType: .unlockDoor,
            deadline: deadline,
            deadlineAt: first.deadlineAt
        )
        #expect(lane.feed(.committed).contains(.send(expected)))
    }

    @Test(
        "G2 at its deadline a sent attempt is settled by one reading of the device",
        arguments: [
            (BoltState?.some(.unlocked), Outcome.success(wasConfirmedByDevice: true)),
            (.locked, .failure(.timedOut)),
            (.jammed, .failure(.lockJammed)),
            (.unlocking, .failure(.outcomeUnknown)),
            (.unknown, .failure(.outcomeUnknown)),
            (nil, .failure(.outcomeUnknown)),
        ]
    )
    func readAtDeadline(bolt: BoltState?, outcome: Outcome) {
        var lane = LaneHarness()
        lane.underWay(first)
        #expect(lane.pass(.seconds(30)) == [.read(first.id)])
        #expect(lane.feed(.read(first.id, bolt)).commit?.resolved.first?.outcome == outcome)
    }

    @Test("G2 a device that does not even answer the reading is given up when the grace is over")
    func graceOver() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.pass(.seconds(30))
        #expect(lane.pass(.milliseconds(1999)).isEmpty)
        #expect(lane.pass(.milliseconds(1)).commit?.resolved.first?.outcome == .failure(.outcomeUnknown))
        _ = lane.feed(.read(first.id, .unlocked))
        let late = lane.feed(.committed).commit
        #expect(late?.resolved == [], "the answer comes too late to change the outcome")
        #expect(late?.events.map(\.type) == [.actionAttemptLateReport, .lockUnlocked])
    }

    @Test("what the device said before the command does not make it known to be elsewhere")
    func staleKnowledge() {
        var lane = LaneHarness(device: Samples.lock(state: DeviceState(reportedBolt: .locked)))
        lane.underWay(first)
        _ = lane.pass(.seconds(30))
        #expect(lane.feed(.read(first.id, nil)).commit?.resolved.first?.outcome == .failure(.outcomeUnknown))
    }

    @Test("a report of elsewhere after the command, then silence, is a time-out")
    func freshKnowledge() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.locked)
        _ = lane.pass(.seconds(30))
        #expect(lane.feed(.read(first.id, nil)).commit?.resolved.first?.outcome == .failure(.timedOut))
    }

    @Test("G3 a stepped wall clock neither shortens nor lengthens a deadline", arguments: [-86400, 86400])
    func clockStep(seconds: Int) {
        var lane = LaneHarness()
        lane.underWay(first)
        lane.clock.stepWallClock(by: .seconds(seconds))
        #expect(lane.pass(.seconds(29)).isEmpty)
        #expect(lane.pass(.seconds(1)) == [.read(first.id)])
    }

    @Test("the lane asks to be woken at the earliest of its deadlines")
    func nextWake() {
        var lane = LaneHarness()
        let start = lane.clock.now().monotonic
        #expect(lane.lane.nextWake == nil)
        lane.underWay(first, after: .seconds(20))
        #expect(lane.lane.nextWake == start + .seconds(20))
        _ = lane.request(second, after: .seconds(10))
        #expect(lane.lane.nextWake == start + .seconds(20), "what is not durable yet cannot expire")
        _ = lane.feed(.committed)
        #expect(lane.lane.nextWake == start + .seconds(10))
    }
}

import KeywayModel
import KeywayTestKit
import Testing

@Suite("What devices say by themselves")
struct LaneReportTests {
    @Test(
        "a bolt moved by hand makes one event, however often the device repeats itself",
        arguments: LockMethod.allCases
    )
    func movedByHand(method: LockMethod) throws {
        var lane = LaneHarness()
        let commit = try #require(lane.report(.unlocked, method: method).commit)
        #expect(commit.events.map(\.type) == [.lockUnlocked])
        #expect(commit.events.first?.details == .bolt(BoltMovement(method: method)))
        #expect(commit.state?.reportedBolt == .unlocked)
        _ = lane.feed(.committed)
        lane.clock.advance(by: .seconds(60))
        #expect(lane.report(.unlocked, method: method).isEmpty)
        #expect(lane.lane.device.state.reportedAt == lane.now, "what was said again is known to be fresh")
    }

    @Test("the state of a device seen for the first time is no news")
    func firstSight() throws {
        var lane = LaneHarness(device: Samples.lock(state: DeviceState()))
        let commit = try #require(lane.report(.unlocked, isReplay: true).commit)
        #expect(commit.events.isEmpty)
        #expect(commit.state?.reportedBolt == .unlocked)
    }

    @Test("a bolt that moved while Keyway was not looking is news")
    func movedMeanwhile() {
        var lane = LaneHarness()
        let events = lane.report(.unlocked, isReplay: true).commit?.events
        #expect(events?.first?.details == .bolt(BoltMovement(method: .unknown)))
    }

    @Test("wanted, reported and moving state are kept apart")
    func separateStates() {
        var lane = LaneHarness()
        lane.underWay(Samples.attempt(1))
        _ = lane.report(.unlocking)
        let state = lane.lane.device.state
        #expect(state.wantedBolt == .unlocked)
        #expect(state.reportedBolt == .locked)
        #expect(state.movingBolt == .unlocking)
    }

    @Test("a jam nobody asked for is kept as the device's state")
    func jam() {
        var lane = LaneHarness()
        let commit = lane.report(.jammed).commit
        #expect(commit?.state?.reportedBolt == .jammed)
        #expect(commit?.events == [])
    }

    @Test("going offline and coming back each make one event")
    func connectivity() throws {
        var lane = LaneHarness()
        #expect(lane.report(.online(true)).isEmpty)
        let gone = try #require(lane.report(.online(false)).commit)
        #expect(gone.events.map(\.type) == [.deviceDisconnected])
        guard case .disconnection(let cause, let health) = gone.events.first?.details else {
            Issue.record("the event says nothing about the disconnection")
            return
        }
        #expect(cause == .device)
        #expect(health.deviceErrors.map(\.errorCode) == ["device_offline"])
        _ = lane.feed(.committed)
        #expect(lane.report(.online(false)).isEmpty)
        #expect(lane.report(.online(true)).commit?.events.map(\.type) == [.deviceConnected])
    }

    @Test("a battery level outside 0 to 1 is brought inside", arguments: [(-0.5, 0), (0.3, 0.3), (7, 1)])
    func battery(level: Double, kept: Double) {
        var lane = LaneHarness()
        #expect(lane.report(.battery(level)).commit?.state?.batteryLevel == kept)
    }

    @Test("a driver is told that its report is durable when it is, or at once if it changes nothing")
    func recorded() {
        var lane = LaneHarness()
        #expect(!lane.report(.online(false), token: 7).contains(.recorded(7)))
        #expect(!lane.report(.online(false), token: 8).contains(.recorded(8)), "still to be written")
        #expect(lane.feed(.committed).contains(.recorded(7)))
        #expect(lane.report(.online(false), token: 9) == [.recorded(9)])
    }

    @Test("a driver whose report changes nothing is told when the write under way has ended", arguments: [true, false])
    func recordedAfterAnotherWrite(succeeds: Bool) {
        var lane = LaneHarness()
        _ = lane.request(Samples.attempt(1))
        #expect(lane.report(.online(true), token: 7).isEmpty)
        let done = lane.feed(succeeds ? .committed : .commitFailed(mayBeDurable: false))
        #expect(done.contains(.recorded(7)))
    }

    @Test("a report whose write fails is recorded when the write succeeds")
    func recordedAfterFailure() {
        var lane = LaneHarness()
        _ = lane.report(.online(false), token: 7)
        #expect(lane.feed(.commitFailed(mayBeDurable: false)).isEmpty)
        _ = lane.pass(.milliseconds(100))
        #expect(lane.feed(.committed) == [.recorded(7)])
    }

    @Test("events carry the device's custom metadata")
    func metadata() {
        var device = Samples.lock()
        device.customMetadata = ["floor": .string("2")]
        var lane = LaneHarness(device: device)
        #expect(lane.report(.unlocked).commit?.events.first?.deviceCustomMetadata == ["floor": .string("2")])
    }
}

@Suite("Late truth")
struct LaneLateReportTests {
    let first = Samples.attempt(1)

    /// A lane whose attempt has just ended as unknown.
    func unknownOutcome() -> LaneHarness {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.pass(.seconds(30))
        _ = lane.feed(.read(first.id, nil))
        _ = lane.feed(.committed)
        return lane
    }

    @Test("G8 a report that contradicts the outcome goes to the timeline and makes an event, once")
    func late() throws {
        var lane = unknownOutcome()
        let commit = try #require(lane.report(.unlocked).commit)
        #expect(commit.resolved.isEmpty, "the attempt itself stays as it was")
        guard case .lateReport(let id, let entry, _) = commit.changes.first else {
            Issue.record("no late report: \(commit.changes)")
            return
        }
        #expect(id == first.id)
        #expect(entry == TimelineEntry(.lateReport, at: lane.now, detail: "unlocked"))
        #expect(commit.events.map(\.type) == [.actionAttemptLateReport, .lockUnlocked])
        #expect(
            commit.events.first?.details == .lateReport(actionType: .unlockDoor, status: .error, reported: .unlocked)
        )
        #expect(commit.events.last?.actionAttemptID == first.id)
        _ = lane.feed(.committed)
        #expect(lane.report(.unlocked).isEmpty)
    }

    @Test("G8 somebody's hand, or a time too late, is no late truth")
    func unrelated() {
        var byHand = unknownOutcome()
        #expect(byHand.report(.unlocked, method: .manual).commit?.events.map(\.type) == [.lockUnlocked])
        var tooLate = unknownOutcome()
        tooLate.clock.advance(by: .seconds(3600))
        #expect(tooLate.report(.unlocked).commit?.events.map(\.type) == [.lockUnlocked])
    }

    @Test("G8 a late failure that names the attempt is kept, even while another is under way")
    func lateFailure() {
        var lane = unknownOutcome()
        let second = Samples.attempt(2, .lockDoor)
        lane.underWay(second)
        let commit = lane.report(.commandFailed(.lockJammed, nil), attemptID: first.id).commit
        #expect(commit?.events.map(\.type) == [.actionAttemptLateReport])
        #expect(lane.lane.isUnresolved(second.id))
    }

    /// A lane made after a restart, so long after an attempt ended without knowledge.
    func restarted(after pause: Duration, timeline: [TimelineEntry] = []) -> LaneHarness {
        var ended = first
        ended.dispatchedAt = ended.createdAt
        ended.resolvedAt = ended.createdAt
        ended.outcome = .failure(.outcomeUnknown)
        ended.timeline += timeline
        return LaneHarness(recovering: [], recent: [Samples.attempt(2), ended], late: pause)
    }

    @Test("G8 a late truth is kept even if Keyway was restarted since, for the same time as otherwise")
    func afterRestart() {
        var lane = restarted(after: .seconds(3599))
        #expect(lane.report(.unlocked).commit?.events.map(\.type) == [.actionAttemptLateReport, .lockUnlocked])
        var tooLate = restarted(after: .seconds(3600))
        #expect(tooLate.report(.unlocked).commit?.events.map(\.type) == [.lockUnlocked])
        var known = restarted(after: .seconds(1), timeline: [TimelineEntry(.lateReport, at: Samples.start)])
        #expect(known.report(.unlocked).commit?.events.map(\.type) == [.lockUnlocked])
    }

    @Test("G6 a report that names an earlier attempt does not confirm the one under way")
    func namesAnother() {
        var lane = unknownOutcome()
        let second = Samples.attempt(2)
        lane.underWay(second)
        let commit = lane.report(.unlocked, attemptID: first.id).commit
        #expect(commit?.events.map(\.type) == [.actionAttemptLateReport, .lockUnlocked])
        #expect(lane.lane.isUnresolved(second.id))
    }
}

@Suite("Outcomes decided by a tester")
struct LaneSimulatedOutcomeTests {
    let first = Samples.attempt(1)
    let second = Samples.attempt(2)

    @Test("a tester ends the attempt in flight, and the next one has its turn")
    func inFlight() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        let commit = try #require(
            lane.feed(.simulatedOutcome(first.id, .success(wasConfirmedByDevice: true))).commit
        )
        #expect(commit.resolved.map(\.id) == [first.id])
        #expect(commit.events.map(\.type) == [.unlockDoorSucceeded, .lockUnlocked])
        #expect(commit.state?.reportedBolt == .unlocked)
        #expect(commit.dispatched == [second.id])
    }

    @Test("a tester ends an attempt that still waits; it is never sent")
    func waiting() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        let commit = try #require(lane.feed(.simulatedOutcome(second.id, .failure(.deviceBusy))).commit)
        #expect(commit.resolved.map(\.id) == [second.id])
        #expect(commit.events.map(\.type) == [.unlockDoorFailed])
        _ = lane.feed(.committed)
        _ = lane.report(.unlocked)
        #expect(lane.feed(.committed).sent.isEmpty)
    }

    @Test("an attempt with an outcome cannot be given another")
    func resolved() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.unlocked)
        _ = lane.feed(.committed)
        #expect(!lane.lane.isUnresolved(first.id))
        #expect(lane.feed(.simulatedOutcome(first.id, .failure(.deviceBusy))).isEmpty)
    }

    @Test("G6 what Keyway had before the driver got the command confirms nothing, however late it comes to the lane")
    func receivedBefore() throws {
        var lane = LaneHarness()
        let before = lane.clock.now().monotonic
        lane.clock.advance(by: .milliseconds(1))
        lane.underWay(Samples.attempt(1))
        func report(_ content: DeviceReport.Content, receivedAt: MonotonicInstant) -> AttemptLane.Input {
            let report = DeviceReport(deviceID: lane.lane.device.id, content: content, receivedAt: receivedAt)
            return .reported(report, token: nil)
        }
        let early = lane.feed(report(.bolt(.unlocked), receivedAt: before))
        #expect(early.commit?.events.map(\.type) == [.lockUnlocked])
        #expect(early.commit?.resolved == [])
        _ = lane.feed(.committed)
        #expect(lane.feed(report(.commandFailed(.rejectedByDevice, nil), receivedAt: before)).commit == nil)
        let late = lane.feed(report(.bolt(.unlocked), receivedAt: lane.clock.now().monotonic))
        #expect(late.commit?.resolved.first?.outcome == .success(wasConfirmedByDevice: true))
    }
}

import KeywayModel
import KeywayTestKit
import Testing

@Suite("An attempt's way through the lane")
struct AttemptLaneTests {
    let first = Samples.attempt(1)
    let second = Samples.attempt(2)

    @Test("G1 the caller is told of the acceptance only when it is durable")
    func acceptedWhenDurable() throws {
        var lane = LaneHarness()
        let asked = lane.request(first)
        let commit = try #require(asked.commit)
        #expect(asked == [.commit(commit)])
        #expect(commit.accepted.map(\.id) == [first.id])
        #expect(lane.feed(.committed).accepted == [first.id])
    }

    @Test("G4 an idle lane marks the attempt as dispatched in the commit that accepts it, and sends only after that")
    func markedBeforeSent() throws {
        var lane = LaneHarness()
        let asked = lane.request(first)
        #expect(asked.sent.isEmpty)
        let accepted = try #require(asked.commit?.accepted.first)
        #expect(accepted.dispatchedAt == lane.now)
        #expect(accepted.timeline.map(\.kind) == [.accepted, .dispatched])
        #expect(asked.commit?.state?.wantedBolt == .unlocked)
        #expect(lane.feed(.committed).sent == [first.id])
    }

    @Test("G5 one command at a time, in acceptance order")
    func oneAtATime() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        let queued = try #require(lane.request(second).commit?.accepted.first)
        #expect(queued.dispatchedAt == nil)
        #expect(lane.feed(.committed).sent.isEmpty)
        let third = Samples.attempt(3)
        _ = lane.request(third)
        _ = lane.feed(.committed)

        let resolving = try #require(lane.report(.unlocked).commit)
        #expect(resolving.resolved.map(\.id) == [first.id])
        #expect(resolving.dispatched == [second.id], "the next dispatch mark joins the commit that resolves")
        #expect(lane.feed(.committed).sent == [second.id])
        _ = lane.report(.unlocked)
        #expect(lane.feed(.committed).sent == [third.id])
    }

    @Test("G7 at most one commit is under way, and what happens meanwhile joins the next one")
    func oneCommitAtATime() throws {
        var lane = LaneHarness()
        _ = lane.request(first)
        #expect(lane.request(second).commit == nil)
        #expect(lane.report(.battery(0.4)).commit == nil)
        let next = try #require(lane.feed(.committed).commit)
        #expect(next.accepted.map(\.id) == [second.id])
        #expect(next.state?.batteryLevel == 0.4)
        #expect(lane.feed(.committed).accepted == [second.id])
    }

    @Test(
        "G6 only a report of the wanted state settles an attempt as success, and a jam as failure",
        arguments: ActionType.boltMoves,
        BoltState.allCases
    )
    func settledByReport(actionType: ActionType, bolt: BoltState) {
        var lane = LaneHarness()
        let attempt = Samples.attempt(1, actionType)
        lane.underWay(attempt)
        let resolved = lane.report(bolt).commit?.resolved.first
        if bolt == actionType.wantedState {
            #expect(resolved?.outcome == .success(wasConfirmedByDevice: true))
        } else if bolt == .jammed {
            #expect(resolved?.outcome == .failure(.lockJammed))
        } else {
            #expect(resolved == nil)
            #expect(lane.lane.isUnresolved(attempt.id))
        }
    }

    @Test("G6 a report that was made before the command was sent confirms nothing")
    func earlyReport() {
        var lane = LaneHarness()
        _ = lane.request(first)
        _ = lane.report(.unlocked)
        #expect(lane.feed(.committed).sent == [first.id])
        #expect(lane.lane.isUnresolved(first.id))
    }

    @Test("G6 a replayed report informs but confirms nothing")
    func replay() {
        var lane = LaneHarness()
        lane.underWay(first)
        let commit = lane.report(.unlocked, isReplay: true).commit
        #expect(commit?.resolved == [])
        #expect(commit?.state?.reportedBolt == .unlocked)
        #expect(lane.lane.isUnresolved(first.id))
    }

    @Test("G6 a driver that cannot confirm yields an unconfirmed success, and a state marked as assumed")
    func unconfirmed() throws {
        var lane = LaneHarness()
        _ = lane.request(first)
        _ = lane.feed(.committed)
        let commit = try #require(lane.feed(.answered(first.id, .delivered)).commit)
        #expect(commit.resolved.first?.outcome == .success(wasConfirmedByDevice: false))
        #expect(commit.events.map(\.type) == [.unlockDoorSucceeded])
        #expect(commit.state?.reportedBolt == .unlocked)
        #expect(commit.state?.isAssumed == true)
    }

    @Test("G6 a relock straight after an unlock is still a success")
    func relock() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        let resolving = lane.report(.unlocked)
        #expect(resolving.commit?.resolved.first?.outcome == .success(wasConfirmedByDevice: true))
        _ = lane.report(.locked, method: .automatic)
        let relocking = try #require(lane.feed(.committed).commit)
        #expect(relocking.resolved.isEmpty)
        let event = try #require(relocking.events.first)
        #expect(event.type == .lockLocked)
        #expect(event.details == .bolt(BoltMovement(method: .automatic)))
        #expect(event.actionAttemptID == nil)
    }

    @Test("G7 a success writes attempt, state, and both events in one commit, the attempt's first")
    func successEvents() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        let commit = try #require(lane.report(.unlocked).commit)
        #expect(commit.events.map(\.type) == [.unlockDoorSucceeded, .lockUnlocked])
        #expect(commit.events.allSatisfy { $0.actionAttemptID == first.id && $0.deviceID == first.deviceID })
        #expect(commit.events[0].details == .resolution(actionType: .unlockDoor, status: .success))
        #expect(commit.events[1].details == .bolt(BoltMovement(method: .remote)))
        #expect(commit.state?.reportedBolt == .unlocked)
        #expect(commit.state?.movingBolt == nil)
        #expect(lane.feed(.committed).announced == [first.id])
    }

    @Test("the wanted state reached by hand is a success, but the lock's event names the hand")
    func byHand() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        let commit = try #require(lane.report(.unlocked, method: .manual).commit)
        #expect(commit.resolved.first?.outcome == .success(wasConfirmedByDevice: true))
        #expect(commit.events[1].details == .bolt(BoltMovement(method: .manual)))
        #expect(commit.events[1].actionAttemptID == nil)
    }

    @Test("a refusal ends the attempt with its cause", arguments: FailureCause.allCases)
    func refusedByDriver(cause: FailureCause) throws {
        var lane = LaneHarness()
        _ = lane.request(first)
        _ = lane.feed(.committed)
        let commit = try #require(lane.feed(.answered(first.id, .refused(cause, "maker code 7"))).commit)
        #expect(commit.resolved.first?.outcome == .failure(cause))
        #expect(commit.events.map(\.type) == [.unlockDoorFailed])
        let wasSent = cause != .actionAttemptExpired
        #expect((commit.resolved.first?.dispatchedAt != nil) == wasSent)
    }

    @Test("a reported failure of this attempt ends it; one of another attempt does not")
    func reportedFailure() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.commandFailed(.boltObstructed, nil), attemptID: second.id)
        #expect(lane.lane.isUnresolved(first.id))
        let resolved = lane.report(.commandFailed(.boltObstructed, nil), attemptID: first.id).commit?.resolved
        #expect(resolved?.first?.outcome == .failure(.boltObstructed))
    }

    @Test("an answer or a report that comes after the outcome changes nothing")
    func afterTheOutcome() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.unlocked)
        _ = lane.feed(.committed)
        #expect(lane.feed(.answered(first.id, .refused(.deviceBusy, nil))).isEmpty)
        #expect(lane.report(.unlocked, attemptID: first.id).isEmpty)
        #expect(lane.lane.isIdle)
    }

    @Test("a device that is offline, or lacks the capability, is not sent the command")
    func obstacles() {
        let offline = Samples.lock(state: DeviceState(isOnline: false, reportedBolt: .locked))
        let unable = Samples.lock(capabilities: [.canRemotelyLock])
        for (device, cause) in [(offline, FailureCause.deviceOffline), (unable, .notSupported)] {
            var lane = LaneHarness(device: device)
            let attempt = Samples.attempt(1, on: device)
            #expect(lane.request(attempt).commit?.accepted.first?.dispatchedAt == nil)
            let accepted = lane.feed(.committed)
            #expect(accepted.accepted == [attempt.id])
            #expect(accepted.sent.isEmpty)
            #expect(accepted.commit?.resolved.first?.outcome == .failure(cause))
        }
    }

    @Test("a device that goes offline while the command is under way can still answer until the deadline")
    func offlineUnderWay() {
        var lane = LaneHarness()
        lane.underWay(first)
        #expect(lane.report(.online(false)).commit?.events.map(\.type) == [.deviceDisconnected])
        _ = lane.feed(.committed)
        #expect(lane.lane.isUnresolved(first.id))
        #expect(lane.pass(.seconds(30)) == [.read(first.id)])
        #expect(lane.feed(.read(first.id, nil)).commit?.resolved.first?.outcome == .failure(.outcomeUnknown))
    }

    @Test("the timeline tells accepted, dispatched, acknowledged, each report and the end, in order")
    func timeline() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.unlocking)
        _ = lane.feed(.committed)
        let resolved = try #require(lane.report(.unlocked).commit?.resolved.first)
        #expect(resolved.timeline.map(\.kind) == [.accepted, .dispatched, .acknowledged, .report, .report, .resolved])
        #expect(resolved.timeline.map(\.detail) == [nil, nil, nil, "unlocking", "unlocked", nil])
        #expect(resolved.acknowledgedAt != nil)
    }

    @Test("G12 a timeline keeps no more reports than it may")
    func timelineBound() throws {
        var lane = LaneHarness(limits: LaneLimits(maximumTimelineReports: 3))
        lane.underWay(first)
        for _ in 1...10 { _ = lane.report(.locked) }
        let resolved = try #require(lane.report(.jammed).commit?.resolved.first)
        #expect(resolved.timeline.filter { $0.kind == .report }.count == 3)
        #expect(resolved.outcome == .failure(.lockJammed))
    }

    @Test("G12 a full lane refuses, and takes one more as soon as one is resolved")
    func laneLength() {
        var lane = LaneHarness(limits: LaneLimits(maximumLength: 2))
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        let third = Samples.attempt(3)
        #expect(lane.request(third) == [.refused(third.id, .laneFull)])
        _ = lane.report(.unlocked)
        _ = lane.feed(.committed)
        #expect(lane.request(third).commit?.accepted.map(\.id) == [third.id])
    }

    @Test("a draining lane accepts and sends nothing, and is quiet when the attempt in flight has ended")
    func draining() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        _ = lane.feed(.drain)
        let third = Samples.attempt(3)
        #expect(lane.request(third) == [.refused(third.id, .shuttingDown)])
        #expect(!lane.lane.isQuiet)
        #expect(lane.report(.unlocked).commit?.dispatched == [])
        #expect(lane.feed(.committed).sent.isEmpty)
        #expect(lane.lane.isQuiet)
        #expect(lane.lane.isUnresolved(second.id), "what was not sent is left for the next start")
    }
}

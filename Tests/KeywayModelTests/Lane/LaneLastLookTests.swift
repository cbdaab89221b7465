import KeywayModel
import KeywayTestKit
import Testing

/// Between the durable dispatch mark and the driver there is the shell, and time in which things happen.
@Suite("The last look before a command leaves")
struct LaneLastLookTests {
    let first = Samples.attempt(1)
    let second = Samples.attempt(2)

    /// A lane whose shell has the command but has not given it to the driver.
    func handing(after duration: Duration = .seconds(30)) -> LaneHarness {
        var lane = LaneHarness()
        _ = lane.request(first, after: duration)
        _ = lane.feedWithoutLeaving(.committed)
        return lane
    }

    @Test("G6 what the device says before the command has left confirms nothing", arguments: [nil, LockMethod.manual])
    func earlyReport(method: LockMethod?) throws {
        var lane = handing()
        let commit = try #require(lane.report(.unlocked, method: method).commit)
        #expect(commit.resolved.isEmpty)
        _ = lane.feed(.committed)
        _ = lane.feed(.leaving(first.id))
        #expect(lane.lane.progress(of: first.id) == .sent)
        #expect(lane.report(.unlocked).commit?.resolved.first?.outcome == .success(wasConfirmedByDevice: true))
    }

    @Test("G6 a failure reported before the command has left is not its failure")
    func earlyFailure() {
        var lane = handing()
        #expect(lane.report(.commandFailed(.deviceBusy, nil)).isEmpty)
        #expect(lane.lane.isUnresolved(first.id))
    }

    @Test("G3 a deadline that passes before the command has left keeps it back")
    func deadline() throws {
        var lane = handing(after: .seconds(1))
        lane.clock.advance(by: .seconds(1))
        let resolved = try #require(lane.feed(.leaving(first.id)).commit?.resolved.first)
        #expect(lane.lane.progress(of: first.id) == .absent)
        #expect(resolved.outcome == .failure(.actionAttemptExpired))
        #expect(resolved.dispatchedAt == nil)
    }

    @Test("G3 an attempt taken back before its command has left is not sent")
    func cancel() {
        var lane = handing()
        #expect(lane.feed(.cancel(first.id)).commit?.resolved.first?.outcome == .failure(.cancelled))
        #expect(lane.feed(.leaving(first.id)).isEmpty)
        #expect(lane.lane.progress(of: first.id) == .absent)
    }

    @Test("G3 an attempt superseded before its command has left is not sent")
    func supersede() {
        var lane = handing()
        let commit = lane.request(second, overlap: .supersede).commit
        #expect(commit?.resolved.first?.outcome == .failure(.superseded))
        _ = lane.feed(.leaving(first.id))
        #expect(lane.lane.progress(of: first.id) == .absent)
    }

    @Test("G6 a reading asked for by an earlier attempt does not confirm the one in flight")
    func staleReading() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.pass(.seconds(30))
        _ = lane.pass(.seconds(2))
        _ = lane.feed(.committed)
        lane.underWay(second)
        let commit = lane.feed(.read(first.id, .unlocked)).commit
        #expect(commit?.resolved == [], "the bolt may have been there before the command")
        #expect(lane.lane.isUnresolved(second.id))
        #expect(commit?.events.map(\.type) == [.actionAttemptLateReport, .lockUnlocked])
    }

    @Test("a reading asked for by an earlier attempt does not end the reading of the one in flight")
    func staleReadingDuringReading() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.pass(.seconds(30))
        _ = lane.pass(.seconds(2))
        _ = lane.feed(.committed)
        lane.underWay(second)
        #expect(lane.pass(.seconds(30)) == [.read(second.id)])
        _ = lane.feed(.read(first.id, nil))
        #expect(lane.lane.isUnresolved(second.id))
    }
}

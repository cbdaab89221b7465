import KeywayModel
import KeywayTestKit
import Testing

@Suite("A store that fails")
struct LaneStoreFailureTests {
    let first = Samples.attempt(1)
    let second = Samples.attempt(2)

    @Test("a caller whose attempt certainly was not stored is refused, and nothing remains of it")
    func notStored() {
        var lane = LaneHarness()
        _ = lane.request(first)
        #expect(lane.feed(.commitFailed(mayBeDurable: false)) == [.refused(first.id, .storeUnavailable)])
        #expect(lane.lane.isIdle)
        #expect(lane.lane.device.state.wantedBolt == nil)
        #expect(lane.request(second).commit?.accepted.map(\.id) == [second.id])
    }

    @Test("G4 an attempt of unknown durability is refused, never sent, and ended should the store hold it")
    func perhapsStored() throws {
        var lane = LaneHarness()
        _ = lane.request(first)
        let failed = lane.feed(.commitFailed(mayBeDurable: true))
        #expect(failed == [.refused(first.id, .storeUnavailable)])
        let retried = try #require(lane.pass(.milliseconds(100)).commit)
        let ended = try #require(retried.resolved.first)
        #expect(ended.id == first.id)
        #expect(ended.dispatchedAt == nil)
        #expect(ended.status == .error)
        #expect(retried.events.map(\.type) == [.unlockDoorFailed])
        #expect(lane.feed(.committed).sent.isEmpty)
    }

    @Test("G1 an attempt that is refused is not announced as superseded as well", arguments: [true, false])
    func supersededAndRefused(mayBeDurable: Bool) {
        var lane = LaneHarness()
        _ = lane.request(first)
        _ = lane.request(second, overlap: .supersede)
        let refused = lane.feed(.commitFailed(mayBeDurable: mayBeDurable))
        #expect(refused == [.refused(first.id, .storeUnavailable), .refused(second.id, .storeUnavailable)])
        let ended = lane.pass(.milliseconds(100)).commit?.resolved ?? []
        #expect(ended.map(\.id) == (mayBeDurable ? [first.id] : []))
        #expect(ended.allSatisfy { $0.outcome != .failure(.superseded) })
    }

    @Test("G1 an attempt that was accepted and superseded in one failed write ends as superseded, if at all")
    func supersededInTheSameWrite() {
        for mayBeDurable in [true, false] {
            var lane = LaneHarness()
            _ = lane.report(.online(true))
            _ = lane.report(.battery(0.5))
            _ = lane.request(first)
            _ = lane.request(second, overlap: .supersede)
            _ = lane.feed(.committed)
            _ = lane.feed(.commitFailed(mayBeDurable: mayBeDurable))
            let ended = lane.pass(.milliseconds(100)).commit?.resolved ?? []
            let causes = ended.filter { $0.id == first.id }.map(\.outcome)
            #expect(causes == (mayBeDurable ? [.failure(.superseded)] : []))
        }
    }

    @Test("G7 a state that may have been stored with a refused attempt is taken back in the store as well")
    func stateOfUnknownDurability() throws {
        var lane = LaneHarness()
        _ = lane.request(first)
        _ = lane.feed(.commitFailed(mayBeDurable: true))
        for pause in [100, 200] {
            let retried = try #require(lane.pass(.milliseconds(pause)).commit)
            #expect(retried.state == lane.lane.device.state)
            #expect(retried.state?.wantedBolt == nil)
            _ = lane.feed(.commitFailed(mayBeDurable: false))
        }
        _ = lane.pass(.milliseconds(400))
        _ = lane.feed(.committed)
        _ = lane.request(second)
        #expect(lane.feed(.commitFailed(mayBeDurable: false)) == [.refused(second.id, .storeUnavailable)])
        #expect(lane.pass(.seconds(5)).isEmpty, "the store is known to have the state")
    }

    @Test("G2 a resolution that could not be written is written again unchanged, with growing pauses")
    func resolutionIsRetried() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        let commit = try #require(lane.report(.unlocked).commit)
        #expect(lane.feed(.commitFailed(mayBeDurable: true)).isEmpty)
        for pause in [100, 200, 400, 800, 1600, 3200, 5000, 5000] {
            #expect(lane.pass(.milliseconds(pause - 1)).isEmpty)
            let again = try #require(lane.pass(.milliseconds(1)).commit)
            #expect(again.changes == commit.changes, "same events, same ids")
            #expect(again.state == commit.state)
            _ = lane.feed(.commitFailed(mayBeDurable: true))
        }
        _ = lane.pass(.seconds(5))
        #expect(lane.feed(.committed).announced == [first.id])
    }

    @Test("while the store fails, a new attempt is refused at once, and accepted once it works again")
    func refusedMeanwhile() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.unlocked)
        _ = lane.feed(.commitFailed(mayBeDurable: false))
        #expect(lane.request(second) == [.refused(second.id, .storeUnavailable)])
        _ = lane.pass(.milliseconds(100))
        _ = lane.feed(.committed)
        #expect(lane.request(second).commit?.accepted.map(\.id) == [second.id])
    }

    @Test("an attempt that waited behind the failed commit is refused too, since its caller waits")
    func waitingIsRefused() {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.unlocked)
        _ = lane.request(second)
        #expect(lane.feed(.commitFailed(mayBeDurable: true)) == [.refused(second.id, .storeUnavailable)])
        #expect(lane.pass(.milliseconds(100)).commit?.accepted == [])
    }

    @Test("G3 a dispatch mark that could not be written keeps the command back until it is, or until the deadline")
    func markIsRetried() throws {
        var lane = LaneHarness()
        lane.underWay(first, after: .seconds(60))
        _ = lane.request(second, after: .seconds(2))
        _ = lane.feed(.committed)
        _ = lane.report(.unlocked)
        _ = lane.feed(.commitFailed(mayBeDurable: true))
        let retried = try #require(lane.pass(.seconds(2)).commit)
        #expect(retried.dispatched == [second.id])
        let done = lane.feed(.committed)
        #expect(done.sent.isEmpty)
        #expect(done.commit?.resolved.first?.outcome == .failure(.actionAttemptExpired))
    }

    @Test("what happens while a write waits for its next try joins it, in order")
    func joined() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.report(.unlocked)
        _ = lane.feed(.commitFailed(mayBeDurable: true))
        _ = lane.report(.locked, method: .manual)
        let retried = try #require(lane.pass(.milliseconds(100)).commit)
        #expect(retried.events.map(\.type) == [.unlockDoorSucceeded, .lockUnlocked, .lockLocked])
        #expect(retried.state?.reportedBolt == .locked)
    }

    @Test("a failed write that nothing is left of does not keep the lane from taking requests")
    func nothingLeftToRetry() {
        var back = LaneHarness(device: Samples.lock(state: DeviceState(reportedBolt: .locked, isDoorOpen: false)))
        _ = back.report(.doorOpen(true))
        _ = back.report(.doorOpen(false))
        #expect(back.feed(.commitFailed(mayBeDurable: false)).isEmpty)
        #expect(back.lane.nextWake == nil)
        #expect(back.request(first).commit?.accepted.map(\.id) == [first.id])
    }

    @Test("G7 readers are shown the state that the store has, not the one that is being written")
    func durableDevice() {
        var lane = LaneHarness()
        _ = lane.report(.online(false))
        #expect(lane.lane.device.state.isOnline == false)
        #expect(lane.lane.durableDevice.state.isOnline == true)
        _ = lane.feed(.committed)
        #expect(lane.lane.durableDevice.state.isOnline == false)
    }
}

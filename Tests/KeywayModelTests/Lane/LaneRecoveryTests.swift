import KeywayModel
import KeywayTestKit
import Testing

@Suite("After a restart")
struct LaneRecoveryTests {
    static func dispatched(_ number: UInt64) -> ActionAttempt {
        var attempt = Samples.attempt(number)
        attempt.dispatchedAt = attempt.createdAt
        attempt.timeline.append(TimelineEntry(.dispatched, at: attempt.createdAt))
        return attempt
    }

    let sent = dispatched(1)
    let waiting = Samples.attempt(2)

    @Test("an attempt that was never dispatched is dispatched if its deadline allows")
    func dispatchesWhatIsLeft() throws {
        var lane = LaneHarness(recovering: [waiting], late: .seconds(29))
        let commit = try #require(lane.feed(.woken).commit)
        #expect(commit.dispatched == [waiting.id])
        #expect(lane.feed(.committed).sent == [waiting.id])
    }

    @Test("G3 an attempt that was never dispatched and is past its deadline expires unsent")
    func expiresWhatIsLeft() throws {
        var lane = LaneHarness(recovering: [waiting], late: .seconds(30))
        let commit = try #require(lane.feed(.woken).commit)
        #expect(commit.resolved.first?.outcome == .failure(.actionAttemptExpired))
        #expect(lane.feed(.committed).sent.isEmpty)
    }

    @Test("G4 an attempt that may have been sent is not sent again, but settled by reading the device")
    func readsInstead() throws {
        var lane = LaneHarness(recovering: [sent, waiting], late: .seconds(5))
        #expect(lane.feed(.woken) == [.read(sent.id)])
        let commit = try #require(lane.feed(.read(sent.id, .unlocked)).commit)
        let resolved = try #require(commit.resolved.first)
        #expect(resolved.id == sent.id)
        #expect(resolved.outcome == .success(wasConfirmedByDevice: true))
        #expect(resolved.timeline.map(\.kind) == [.accepted, .dispatched, .recovered, .report, .resolved])
        #expect(commit.dispatched == [waiting.id])
        #expect(lane.feed(.committed).sent == [waiting.id])
    }

    @Test("G4 a device found elsewhere has until the deadline to report; nothing is repeated")
    func waitsForTheDevice() {
        var lane = LaneHarness(recovering: [sent], late: .seconds(5))
        _ = lane.feed(.woken)
        #expect(lane.feed(.read(sent.id, .locked)).sent.isEmpty)
        #expect(lane.lane.isUnresolved(sent.id))
        #expect(lane.pass(.seconds(25)) == [.read(sent.id)])
        #expect(lane.feed(.read(sent.id, .locked)).commit?.resolved.first?.outcome == .failure(.timedOut))
    }

    @Test("G4 a device that does not answer leaves the outcome unknown, once the deadline has passed")
    func outcomeUnknown() {
        var lane = LaneHarness(recovering: [sent], late: .seconds(40))
        #expect(lane.feed(.woken) == [.read(sent.id)])
        #expect(lane.feed(.read(sent.id, nil)).commit?.resolved.first?.outcome == .failure(.outcomeUnknown))
    }

    @Test("G3 a wall clock set back while Keyway was down gives no attempt more time than it had at first")
    func clockSetBack() {
        let clock = ManualTimeSource()
        clock.stepWallClock(by: .seconds(-7200))
        let now = clock.now().monotonic
        let lane = AttemptLane(device: Samples.lock(), recovering: [waiting], at: clock.now())
        #expect(lane.nextWake == now + .seconds(30))
    }

    @Test("G2 past its deadline, a possibly sent attempt is given no more than the grace")
    func graceAfterRestart() {
        var lane = LaneHarness(recovering: [sent], late: .seconds(40))
        _ = lane.feed(.woken)
        #expect(lane.pass(.seconds(2)).commit?.resolved.first?.outcome == .failure(.outcomeUnknown))
    }

    @Test("G4 should two attempts of a device be marked as sent, neither is sent again")
    func twoMarked() {
        let other = Self.dispatched(3)
        var lane = LaneHarness(recovering: [sent, other], late: .seconds(5))
        var actions = lane.feed(.woken) + lane.feed(.read(sent.id, .unlocked)) + lane.feed(.committed)
        #expect(actions.contains(.read(sent.id)))
        #expect(actions.contains(.read(other.id)))
        actions += lane.feed(.read(other.id, .unlocked)) + lane.feed(.committed)
        #expect(actions.sent.isEmpty)
        #expect(lane.lane.isIdle)
    }
}

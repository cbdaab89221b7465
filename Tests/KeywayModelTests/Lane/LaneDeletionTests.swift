import KeywayModel
import KeywayTestKit
import Testing

@Suite("A lane whose device is deleted or made anew")
struct LaneDeletionTests {
    private let first = Samples.attempt(1)
    private let second = Samples.attempt(2, .lockDoor)

    @Test("G3 what was not sent is cancelled, and nothing is sent any more")
    func unsent() throws {
        var lane = LaneHarness()
        _ = lane.request(first)
        _ = lane.request(second)
        #expect(lane.feed(.delete(token: 7)).commit == nil)
        let commit = try #require(lane.feed(.committed).commit)
        #expect(commit.resolved.map(\.id) == [first.id, second.id])
        #expect(commit.resolved.allSatisfy { $0.outcome == .failure(.cancelled, "The device was deleted.") })
        #expect(commit.events.last?.type == .deviceDeleted)
        #expect(lane.lane.length == 0)
        let end = lane.feed(.committed)
        #expect(end.contains(.recorded(7)))
        #expect(end.sent.isEmpty)
    }

    @Test("nothing new is accepted, and nobody hears what the device says")
    func afterwards() {
        var lane = LaneHarness()
        _ = lane.feed(.delete(token: 1))
        _ = lane.feed(.committed)
        #expect(lane.request(first) == [.refused(first.id, .deviceDeleted)])
        #expect(lane.report(.bolt(.unlocked), token: 2) == [.recorded(2)])
        #expect(lane.lane.device.state.reportedBolt == .locked)
    }

    @Test("G6 an attempt that was sent before still ends as the device says")
    func sentBefore() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.feed(.delete(token: 1))
        _ = lane.feed(.committed)
        let commit = try #require(lane.report(.unlocked).commit)
        #expect(commit.resolved.map(\.outcome) == [.success(wasConfirmedByDevice: true)])
    }

    @Test("deleting again changes nothing")
    func again() {
        var lane = LaneHarness()
        _ = lane.feed(.delete(token: 1))
        _ = lane.feed(.committed)
        #expect(lane.feed(.delete(token: 2)) == [.recorded(2)])
    }

    @Test("G2 a device made anew ends everything that it was asked for")
    func reset() throws {
        var fresh = Samples.lock()
        fresh.nickname = "Anew"
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        let commit = try #require(lane.feed(.reset(fresh, token: 3)).commit)
        #expect(
            commit.resolved.map(\.outcome) == [
                .failure(.cancelled, "The sandbox workspace was reset."),
                .failure(.uncategorizedError, "The sandbox workspace was reset."),
            ]
        )
        #expect(commit.changes.last == .reset(fresh))
        #expect(commit.state == fresh.state)
        #expect(lane.feed(.committed).contains(.recorded(3)))
        #expect(lane.lane.device == fresh)
    }

    @Test("a deleted device that is made anew takes requests again")
    func resetAfterDeletion() {
        var lane = LaneHarness()
        _ = lane.feed(.delete(token: 1))
        _ = lane.feed(.committed)
        _ = lane.feed(.reset(Samples.lock(), token: 2))
        _ = lane.feed(.committed)
        #expect(lane.request(first).commit?.accepted.map(\.id) == [first.id])
    }

    @Test("a subscription that has run out keeps commands from the device, and is told once")
    func subscription() throws {
        var lane = LaneHarness()
        #expect(lane.report(.subscription(isExpired: true)).commit?.events.map(\.type) == [.deviceSubscriptionRequired])
        _ = lane.feed(.committed)
        #expect(lane.report(.subscription(isExpired: true)).commit == nil)
        #expect(lane.lane.device.healthIssues.map(\.errorCode) == ["subscription_required"])
        _ = lane.request(first)
        let refused = try #require(lane.feed(.committed).commit?.resolved.first)
        #expect(refused.outcome == .failure(.remoteControlDisabled))
        _ = lane.feed(.committed)
        let renewed = lane.report(.subscription(isExpired: false)).commit?.events
        #expect(renewed?.map(\.type) == [.deviceSubscriptionResolved])
    }

    @Test("an unmanaged device comes and goes under names of its own")
    func unmanaged() {
        var labelled = Samples.lock()
        labelled.isManaged = false
        var lane = LaneHarness()
        lane.lane.relabel(as: labelled)
        #expect(lane.report(.accountDisconnected).commit?.events.map(\.type) == [.unmanagedDeviceDisconnected])
        _ = lane.feed(.committed)
        #expect(lane.lane.device.healthIssues.map(\.errorCode) == ["account_disconnected"])
        #expect(lane.report(.online(true)).commit?.events.map(\.type) == [.unmanagedDeviceConnected])
    }
}

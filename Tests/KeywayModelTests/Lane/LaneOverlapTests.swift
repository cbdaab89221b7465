import KeywayModel
import KeywayTestKit
import Testing

@Suite("Requests for a device that is busy")
struct LaneOverlapTests {
    let first = Samples.attempt(1, .unlockDoor)
    let second = Samples.attempt(2, .unlockDoor)
    let third = Samples.attempt(3, .lockDoor)

    /// A lane with one attempt in flight and, if wanted, others behind it.
    func busy(_ waiting: ActionAttempt...) -> LaneHarness {
        var lane = LaneHarness()
        lane.underWay(first)
        for attempt in waiting {
            _ = lane.request(attempt)
            _ = lane.feed(.committed)
        }
        return lane
    }

    @Test("an idle device takes the attempt, whatever the overlap rule", arguments: Overlap.allCases)
    func idle(overlap: Overlap) {
        var lane = LaneHarness()
        #expect(lane.request(first, overlap: overlap).commit?.accepted.map(\.id) == [first.id])
        #expect(lane.feed(.committed).sent == [first.id])
    }

    @Test("G5 reject: the new attempt is refused, naming the one in the way")
    func reject() {
        var lane = busy()
        #expect(lane.request(second, overlap: .reject) == [.refused(second.id, .overlapping(first.id))])
    }

    @Test("G5 join: the caller shares the attempt for the same action, and nothing more is sent")
    func join() throws {
        var lane = busy()
        let actions = lane.request(second, overlap: .join)
        guard case .joined(second.id, let shared) = try #require(actions.first) else {
            Issue.record("not joined: \(actions)")
            return
        }
        #expect(shared.id == first.id)
        #expect(lane.lane.length == 1)
    }

    @Test("G5 join: only the last attempt is shared, since an earlier one may be undone by what waits behind it")
    func joinOnlyTheLast() {
        var lane = busy(third)
        #expect(lane.request(second, overlap: .join).commit?.accepted.map(\.id) == [second.id])
    }

    @Test("G1 join: the caller is told only when the shared attempt is durable, and refused if it cannot be stored")
    func joinNotYetDurable() {
        var durable = LaneHarness()
        _ = durable.request(first)
        #expect(durable.request(second, overlap: .join).isEmpty)
        let told = durable.feed(.committed)
        #expect(told.accepted == [first.id])
        #expect(durable.feed(.committed).contains { if case .joined(second.id, _) = $0 { true } else { false } })

        var failing = LaneHarness()
        _ = failing.request(first)
        _ = failing.request(second, overlap: .join)
        #expect(
            failing.feed(.commitFailed(mayBeDurable: false)) == [
                .refused(first.id, .storeUnavailable), .refused(second.id, .storeUnavailable),
            ]
        )
    }

    @Test("G9 join: the caller's idempotency key points at the shared attempt, durably before the caller is told")
    func joinWithKey() throws {
        var lane = busy()
        let record = IdempotencyRecord(
            requester: .apiKey(Samples.id(1)),
            key: "k",
            requestHash: [1],
            attemptID: second.id,
            createdAt: lane.now
        )
        let commit = try #require(lane.request(second, overlap: .join, idempotency: record).commit)
        guard case .join(second.id, let shared, let stored) = try #require(commit.changes.first) else {
            Issue.record("no join: \(commit.changes)")
            return
        }
        #expect(shared.id == first.id)
        #expect(stored == record.pointing(at: first.id))
    }

    @Test("G5 supersede: what was not sent ends as superseded; what was sent goes on")
    func supersede() throws {
        var lane = busy(second)
        let commit = try #require(lane.request(third, overlap: .supersede).commit)
        #expect(commit.resolved.map(\.id) == [second.id])
        #expect(commit.resolved.first?.outcome == .failure(.superseded))
        #expect(commit.accepted.map(\.id) == [third.id])
        _ = lane.feed(.committed)
        _ = lane.report(.unlocked)
        #expect(lane.feed(.committed).sent == [third.id])
    }

    @Test("G5 supersede: an attempt whose dispatch mark is being written is not sent either")
    func supersedeMarked() {
        var lane = LaneHarness()
        _ = lane.request(first)
        #expect(lane.request(third, overlap: .supersede).isEmpty, "one write at a time")
        let done = lane.feed(.committed)
        #expect(done.sent.isEmpty)
        #expect(done.commit?.resolved.map(\.id) == [first.id])
        #expect(lane.feed(.committed).sent == [third.id])
    }

    @Test("G12 supersede makes room in a full lane")
    func supersedeFull() {
        var lane = LaneHarness(limits: LaneLimits(maximumLength: 2))
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        #expect(lane.request(third, overlap: .supersede).commit?.accepted.map(\.id) == [third.id])
    }
}

@Suite("Taking an attempt back")
struct LaneCancelTests {
    let first = Samples.attempt(1)
    let second = Samples.attempt(2)

    @Test("an attempt that waits ends as cancelled and is never sent")
    func waiting() throws {
        var lane = LaneHarness()
        lane.underWay(first)
        _ = lane.request(second)
        _ = lane.feed(.committed)
        #expect(lane.lane.progress(of: second.id) == .unsent)
        let commit = try #require(lane.feed(.cancel(second.id)).commit)
        #expect(commit.resolved.first?.outcome == .failure(.cancelled))
        #expect(commit.events.map(\.type) == [.unlockDoorFailed])
        #expect(lane.feed(.committed).announced == [second.id])
        _ = lane.report(.unlocked)
        #expect(lane.feed(.committed).sent.isEmpty)
    }

    @Test("G3 an attempt cancelled while its dispatch mark is written is not sent")
    func marking() {
        var lane = LaneHarness()
        _ = lane.request(first)
        #expect(lane.lane.progress(of: first.id) == .unsent)
        _ = lane.feed(.cancel(first.id))
        let done = lane.feed(.committed)
        #expect(done.sent.isEmpty)
        #expect(done.commit?.resolved.first?.outcome == .failure(.cancelled))
    }

    @Test("an attempt that was sent, or may have been, cannot be cancelled")
    func sent() {
        var lane = LaneHarness()
        lane.underWay(first)
        #expect(lane.lane.progress(of: first.id) == .sent)
        #expect(lane.feed(.cancel(first.id)).isEmpty)
        #expect(lane.lane.isUnresolved(first.id))
        var recovered = LaneHarness(recovering: [LaneRecoveryTests.dispatched(1)])
        #expect(recovered.lane.progress(of: first.id) == .sent)
        _ = recovered.feed(.woken)
        #expect(recovered.lane.progress(of: first.id) == .sent)
    }

    @Test("an attempt with an outcome is not in the lane")
    func absent() {
        var lane = LaneHarness()
        #expect(lane.lane.progress(of: first.id) == .absent)
        #expect(lane.feed(.cancel(first.id)).isEmpty)
    }
}

import KeywayModel
import KeywayTestKit

/// Drives a lane as the engine does, one step at a time, and remembers what it was told to do.
struct LaneHarness {
    var lane: AttemptLane
    let clock = ManualTimeSource()
    let ids = CountingIdentifiers(startingAt: 1000)

    init(device: Device = Samples.lock(), limits: LaneLimits = LaneLimits()) {
        lane = AttemptLane(device: device, limits: limits)
    }

    /// A lane as it is after a restart, at `late` after the attempts were accepted; returns the first actions too.
    init(
        recovering attempts: [ActionAttempt],
        recent: [ActionAttempt] = [],
        device: Device = Samples.lock(),
        late: Duration = .zero
    ) {
        clock.advance(by: late)
        lane = AttemptLane(device: device, recovering: attempts, recent: recent, at: clock.now())
    }

    var now: Timestamp { clock.now().wall }

    /// Feeds an input; a command that is to be sent leaves at once.
    mutating func feed(_ input: AttemptLane.Input) -> [AttemptLane.Action] {
        let actions = feedWithoutLeaving(input)
        return actions + actions.sent.flatMap { feedWithoutLeaving(.leaving($0)) }
    }

    /// Feeds an input; a command that is to be sent stays with the shell until ``AttemptLane/Input/leaving(_:)``.
    mutating func feedWithoutLeaving(_ input: AttemptLane.Input) -> [AttemptLane.Action] {
        lane.handle(input, at: clock.now(), ids: ids)
    }

    mutating func request(
        _ attempt: ActionAttempt,
        after duration: Duration = .seconds(30),
        overlap: Overlap = .queue,
        idempotency: IdempotencyRecord? = nil
    ) -> [AttemptLane.Action] {
        let deadline = clock.now().monotonic + duration
        return feed(.request(.init(attempt, deadline: deadline, overlap: overlap, idempotency: idempotency)))
    }

    mutating func report(
        _ bolt: BoltState,
        method: LockMethod? = nil,
        attemptID: Identifier<ActionAttempt>? = nil,
        isReplay: Bool = false
    ) -> [AttemptLane.Action] {
        report(.bolt(bolt), method: method, attemptID: attemptID, isReplay: isReplay)
    }

    mutating func report(
        _ content: DeviceReport.Content,
        method: LockMethod? = nil,
        attemptID: Identifier<ActionAttempt>? = nil,
        isReplay: Bool = false,
        token: UInt64? = nil
    ) -> [AttemptLane.Action] {
        let report = DeviceReport(
            deviceID: lane.device.id,
            content: content,
            method: method,
            attemptID: attemptID,
            isReplay: isReplay
        )
        return feed(.reported(report, token: token))
    }

    /// Moves the clock and wakes the lane if it asked for that.
    mutating func pass(_ duration: Duration) -> [AttemptLane.Action] {
        clock.advance(by: duration)
        guard let wake = lane.nextWake, wake <= clock.now().monotonic else { return [] }
        return feed(.woken)
    }

    /// An attempt that the driver has acknowledged.
    mutating func underWay(_ attempt: ActionAttempt, after duration: Duration = .seconds(30)) {
        _ = request(attempt, after: duration)
        _ = feed(.committed)
        _ = feed(.answered(attempt.id, .acknowledged))
    }
}

extension [AttemptLane.Action] {
    /// The commit among the actions, of which there is at most one.
    var commit: LaneCommit? {
        let commits = compactMap { action -> LaneCommit? in
            if case .commit(let commit) = action { commit } else { nil }
        }
        precondition(commits.count <= 1)
        return commits.first
    }

    /// The attempts whose commands are to be sent.
    var sent: [Identifier<ActionAttempt>] {
        compactMap { if case .send(let command) = $0 { command.attemptID } else { nil } }
    }

    /// The attempts whose callers are told that they are accepted.
    var accepted: [Identifier<ActionAttempt>] {
        compactMap { if case .accepted(let attempt) = $0 { attempt.id } else { nil } }
    }

    /// The attempts announced as resolved.
    var announced: [Identifier<ActionAttempt>] {
        compactMap { if case .resolved(let attempt) = $0 { attempt.id } else { nil } }
    }
}

extension LaneCommit {
    /// The attempts resolved by the commit, in order.
    var resolved: [ActionAttempt] {
        changes.compactMap { if case .resolve(let attempt, _) = $0 { attempt } else { nil } }
    }

    /// The attempts accepted by the commit, in order.
    var accepted: [ActionAttempt] {
        changes.compactMap { if case .accept(let attempt, _) = $0 { attempt } else { nil } }
    }

    /// The attempts given a dispatch mark after their acceptance.
    var dispatched: [Identifier<ActionAttempt>] {
        changes.compactMap { if case .dispatch(let id, _, _) = $0 { id } else { nil } }
    }

    /// The events of the commit, in order.
    var events: [Event] {
        changes.flatMap { change -> [Event] in
            switch change {
            case .accept, .join, .dispatch, .reset: []
            case .resolve(_, let events), .lateReport(_, _, let events), .report(let events),
                .delete(_, let events):
                events
            }
        }
    }
}

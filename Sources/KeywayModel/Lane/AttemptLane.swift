/// One device's lane: its unresolved attempts in acceptance order, of which at most one is in flight (G5).
///
/// A pure value. It takes an input and the moment, and returns what is to be done; it does no I/O, reads no clock and
/// holds no callback, so a test or a simulation can drive it through any interleaving of crashes, failing writes and
/// reordered reports.
///
/// Two rules carry most of the guarantees. There is at most one write under way, and what happens meanwhile joins the
/// next one, so durable state is always a prefix of what happened (G7). And an attempt is sent only when the write
/// that holds its dispatch mark is durable and its deadline has not passed (G3, G4).
package struct AttemptLane: Sendable {
    /// The device, with the state as of the last input.
    package private(set) var device: Device
    /// The lane's bounds.
    package let limits: LaneLimits

    /// The device's state as the store has it.
    private var durableState: DeviceState
    /// The rest of the device as the store has it.
    private var durableRecord: Device
    /// Whether a failed write may have put another state there.
    private var isDurableStateUncertain = false
    /// The attempt that holds the device.
    private var head: Head?
    /// The attempts behind it, in acceptance order.
    private var queue: [Waiting] = []
    /// Resolved attempts that a late report may contradict.
    private var watched: [Watched] = []

    /// What the next write will hold.
    private var pending: LaneCommit
    /// The reports that the next write will make durable.
    private var pendingTokens: [UInt64] = []
    /// The write under way.
    private var writing: (commit: LaneCommit, tokens: [UInt64])?
    /// When to try a failed write again; nil unless the last one failed.
    private var retryAt: MonotonicInstant?
    /// The pause after the next failure.
    private var retryDelay: Duration
    /// Whether Keyway is stopping.
    private var isDraining = false

    /// The attempt that holds the device, and how far it is.
    private struct Head: Sendable {
        var attempt: ActionAttempt
        let deadline: MonotonicInstant
        var stage: Stage
        /// When the driver was given the command; nil before, and after a restart.
        var leftAt: MonotonicInstant?
        /// The last rest of the bolt that the device reported since the command was sent.
        var reportedSinceSent: BoltState?
        var reportCount = 0
    }

    /// How far the attempt that holds the device is.
    private enum Stage: Hashable, Sendable {
        /// Its dispatch mark is not durable yet.
        ///
        /// Next: `handing`, or resolved as never sent.
        case marking
        /// Its dispatch mark is durable, and the shell has the command, but has not begun to send it.
        ///
        /// Next: `sending`, or resolved as never sent.
        case handing
        /// The driver has the command and has not answered.
        ///
        /// Next: `awaiting`, `reading`, or resolved.
        case sending
        /// The driver has answered, or a restart cut the answer off.
        ///
        /// Next: `reading`, or resolved.
        case awaiting
        /// The deadline has passed and the device is asked where it is.
        ///
        /// Next: resolved, at `until` at the latest.
        case reading(until: MonotonicInstant)

        /// Whether the command certainly has not left.
        var isUnsent: Bool { self == .marking || self == .handing }
    }

    /// An attempt that waits for its turn.
    private struct Waiting: Sendable {
        let attempt: ActionAttempt
        let deadline: MonotonicInstant
        /// False while its acceptance is being written.
        var isDurable: Bool

        /// Whether it can be said to have never been sent.
        var canExpire: Bool { isDurable && attempt.dispatchedAt == nil }
    }

    /// A resolved attempt about which the device has not had its last word.
    private struct Watched: Sendable {
        let attempt: ActionAttempt
        let until: MonotonicInstant
    }

    /// Makes the lane of a device that has no unresolved attempts.
    package init(device: Device, limits: LaneLimits = LaneLimits()) {
        precondition(limits.maximumLength > 0)
        self.device = device
        self.limits = limits
        durableState = device.state
        durableRecord = device
        retryDelay = limits.firstWriteRetryDelay
        pending = LaneCommit(deviceID: device.id, workspaceID: device.workspaceID)
    }

    /// Makes a lane of what a store holds, after a restart or when a device is first heard of.
    ///
    /// An attempt with a dispatch mark may have been sent: it is never sent again, but settled by reading the device
    /// (G4). The others are taken up where they were. Follow with ``Input/woken``.
    ///
    /// - Parameters:
    ///   - device: The device as stored.
    ///   - unresolved: Its pending attempts in acceptance order.
    ///   - recent: The latest ``maximumRecent`` of its attempts in acceptance order, whatever became of them: a late
    ///     report may contradict some of them still (G8).
    ///   - limits: The lane's bounds.
    ///   - moment: Now; what is left of a deadline is counted from the wall clock once, and from then on monotonically. It
    ///     is never more than the attempt had at first.
    package init(
        device: Device,
        recovering unresolved: [ActionAttempt],
        recent: [ActionAttempt] = [],
        limits: LaneLimits = LaneLimits(),
        at moment: Moment
    ) {
        self.init(device: device, limits: limits)
        for attempt in unresolved {
            precondition(attempt.deviceID == device.id && attempt.status == .pending)
            // A wall clock that was set back while Keyway was down must not give an attempt more time than it had.
            let whole = attempt.deadlineAt - attempt.createdAt
            let left = min(max(.zero, attempt.deadlineAt - moment.wall), whole)
            queue.append(Waiting(attempt: attempt, deadline: moment.monotonic + left, isDurable: true))
        }
        for attempt in recent where attempt.awaitsLateTruth {
            guard let resolvedAt = attempt.resolvedAt else { continue }
            let left = limits.lateReportWindow - max(.zero, moment.wall - resolvedAt)
            if left > .zero { watched.append(Watched(attempt: attempt, until: moment.monotonic + left)) }
        }
        watched.removeFirst(max(0, watched.count - Self.maximumWatched))
    }

    /// How many of a device's latest attempts its lane wants to see when it is made.
    ///
    /// Enough to find those whose outcome is uncertain among others that never left.
    package static var maximumRecent: Int { 32 }

    // MARK: Questions

    /// The device with its state as the store has it.
    package var durableDevice: Device {
        var device = durableRecord
        device.state = durableState
        return device
    }

    /// An accepted attempt without an outcome, with what happened to it so far, which may be ahead of the store.
    package func unresolvedAttempt(_ id: Identifier<ActionAttempt>) -> ActionAttempt? {
        head?.attempt.id == id ? head?.attempt : queue.first { $0.attempt.id == id }?.attempt
    }

    /// Whether the attempt has an outcome that is still to be written.
    package func isEnding(_ id: Identifier<ActionAttempt>) -> Bool {
        pending.resolves(id) || writing?.commit.resolves(id) == true
    }

    /// When the lane next wants ``Input/woken``; nil if only an outside event can change it.
    package var nextWake: MonotonicInstant? {
        var earliest: MonotonicInstant?
        func consider(_ instant: MonotonicInstant) { earliest = min(earliest ?? instant, instant) }
        if writing == nil, let retryAt { consider(retryAt) }
        switch head?.stage {
        case .sending, .awaiting: if let deadline = head?.deadline { consider(deadline) }
        case .reading(let until): consider(until)
        case .marking, .handing, nil: break
        }
        for index in queue.indices where queue[index].canExpire { consider(queue[index].deadline) }
        return earliest
    }

    /// Whether the attempt is accepted and has no outcome yet.
    package func isUnresolved(_ id: Identifier<ActionAttempt>) -> Bool {
        head?.attempt.id == id || queue.contains { $0.attempt.id == id }
    }

    /// How far an attempt is, as far as cancelling it goes.
    package func progress(of id: Identifier<ActionAttempt>) -> Progress {
        if let current = head, current.attempt.id == id { return current.stage.isUnsent ? .unsent : .sent }
        guard let waiting = queue.first(where: { $0.attempt.id == id }) else { return .absent }
        return waiting.attempt.dispatchedAt == nil ? .unsent : .sent
    }

    /// The number of attempts without an outcome.
    package var length: Int { queue.count + (head == nil ? 0 : 1) }

    /// True if no attempt is in flight and everything is durable: nothing is lost by stopping now.
    package var isQuiet: Bool { head == nil && writing == nil && pending.isEmpty }

    /// True if the lane holds nothing that could not be read from the store again.
    package var isIdle: Bool { isQuiet && queue.isEmpty && watched.isEmpty && !isDraining }

    /// Takes a new description of the device, which is durable already.
    package mutating func describe(as description: DeviceDescription, driverSettings: JSONValue) {
        device.description = description
        device.driverSettings = driverSettings
        durableRecord.description = description
        durableRecord.driverSettings = driverSettings
    }

    // MARK: The one door

    /// Takes an input and says what to do about it.
    ///
    /// - Parameters:
    ///   - input: What happened.
    ///   - moment: When.
    ///   - ids: Where the identities of new events come from.
    /// - Returns: What the shell must do, in order.
    package mutating func handle(_ input: Input, at moment: Moment, ids: any IdentifierSource) -> [Action] {
        var step = Step(moment: moment, ids: ids)
        switch input {
        case .request(let wanted): request(wanted, &step)
        case .cancel(let id): cancel(id, &step)
        case .committed: committed(&step)
        case .commitFailed(let mayBeDurable): commitFailed(mayBeDurable: mayBeDurable, &step)
        case .leaving(let id): leaving(id, &step)
        case .answered(let id, let answer): answered(id, answer, &step)
        case .reported(let report, let token): reported(report, token: token, &step)
        case .read(let id, let bolt): read(bolt, for: id, &step)
        case .simulatedOutcome(let id, let outcome): simulatedOutcome(id, outcome, &step)
        case .delete(let token): delete(token: token, &step)
        case .reset(let fresh, let token): reset(to: fresh, token: token, &step)
        case .woken: break
        case .drain: isDraining = true
        }
        advance(&step)
        return step.actions
    }

    /// What one call of ``handle(_:at:ids:)`` works with.
    private struct Step {
        let moment: Moment
        let ids: any IdentifierSource
        var actions: [Action] = []
    }

    // MARK: Requests and writes

    private mutating func request(_ request: Request, _ step: inout Step) {
        let id = request.attempt.id
        precondition(request.attempt.deviceID == device.id && request.attempt.status == .pending)
        precondition(request.attempt.dispatchedAt == nil)
        if isDraining {
            step.actions.append(.refused(id, .shuttingDown))
        } else if device.deletedAt != nil {
            step.actions.append(.refused(id, .deviceDeleted))
        } else if retryAt != nil {
            step.actions.append(.refused(id, .storeUnavailable))
        } else if request.overlap == .reject, let current = head?.attempt ?? queue.first?.attempt {
            step.actions.append(.refused(id, .overlapping(current.id)))
        } else if request.overlap == .join, let last = queue.last?.attempt ?? head?.attempt,
            last.actionType == request.attempt.actionType, last.parameters == request.attempt.parameters
        {
            join(request, to: last, &step)
        } else {
            if request.overlap == .supersede { supersedeUnsent(&step) }
            if length < limits.maximumLength {
                accept(request, &step)
            } else {
                step.actions.append(.refused(id, .laneFull))
            }
        }
    }

    private mutating func accept(_ request: Request, _ step: inout Step) {
        var attempt = request.attempt
        attempt.timeline = [TimelineEntry(.accepted, at: attempt.createdAt)]
        if head == nil, queue.isEmpty, obstacle(to: attempt, deadline: request.deadline, step) == nil {
            attempt.dispatchedAt = step.moment.wall
            attempt.timeline.append(TimelineEntry(.dispatched, at: step.moment.wall))
            head = Head(attempt: attempt, deadline: request.deadline, stage: .marking)
            want(attempt.actionType)
        } else {
            queue.append(Waiting(attempt: attempt, deadline: request.deadline, isDurable: false))
        }
        pending.changes.append(.accept(attempt, request.idempotency))
    }

    private mutating func join(_ request: Request, to attempt: ActionAttempt, _ step: inout Step) {
        if request.idempotency == nil, isDurable(attempt.id) {
            step.actions.append(.joined(request.attempt.id, attempt))
        } else {
            // Commits are durable in order, so when this one is, the attempt's acceptance is too.
            let record = request.idempotency.map { $0.pointing(at: attempt.id) }
            pending.changes.append(.join(requestID: request.attempt.id, attempt, record))
        }
    }

    private func isDurable(_ id: Identifier<ActionAttempt>) -> Bool {
        let isBeingAccepted = [writing?.commit, pending]
            .contains { commit in
                commit?.changes.contains { if case .accept(let attempt, _) = $0 { attempt.id == id } else { false } }
                    ?? false
            }
        return !isBeingAccepted
    }

    private mutating func cancel(_ id: Identifier<ActionAttempt>, _ step: inout Step) {
        guard progress(of: id) == .unsent, let attempt = takeUnsent(id) else { return }
        resolveNeverSent(attempt, .failure(.cancelled), &step)
    }

    private mutating func supersedeUnsent(_ step: inout Step) {
        for id in [head?.attempt.id].compactMap(\.self) + queue.map(\.attempt.id) {
            guard let attempt = takeUnsent(id) else { continue }
            resolveNeverSent(attempt, .failure(.superseded), &step)
        }
    }

    /// Takes an attempt out of the lane if its command has not left.
    private mutating func takeUnsent(_ id: Identifier<ActionAttempt>) -> ActionAttempt? {
        if let current = head, current.attempt.id == id {
            guard current.stage.isUnsent else { return nil }
            head = nil
            return current.attempt
        }
        guard let index = queue.firstIndex(where: { $0.attempt.id == id && $0.attempt.dispatchedAt == nil }) else {
            return nil
        }
        return queue.remove(at: index).attempt
    }

    private mutating func committed(_ step: inout Step) {
        guard let done = writing else { preconditionFailure("no write is under way") }
        writing = nil
        if let state = done.commit.state {
            durableState = state
            isDurableStateUncertain = false
        }
        retryAt = nil
        retryDelay = limits.firstWriteRetryDelay
        for change in done.commit.changes {
            switch change {
            case .join(let requestID, let attempt, _): step.actions.append(.joined(requestID, attempt))
            case .accept(let attempt, _):
                step.actions.append(.accepted(attempt))
                if let index = queue.firstIndex(where: { $0.attempt.id == attempt.id }) {
                    queue[index].isDurable = true
                } else {
                    sendIfStillRight(attempt.id, &step)
                }
            case .dispatch(let id, _, _): sendIfStillRight(id, &step)
            case .resolve(let attempt, _): step.actions.append(.resolved(attempt))
            case .delete(let time, _): durableRecord.deletedAt = time
            case .reset(let fresh): durableRecord = fresh
            case .lateReport, .report: break
            }
        }
        for token in done.tokens { step.actions.append(.recorded(token)) }
    }

    /// The dispatch mark is durable: the command may go to the shell.
    private mutating func sendIfStillRight(_ id: Identifier<ActionAttempt>, _ step: inout Step) {
        guard var sending = head, sending.attempt.id == id, sending.stage == .marking else { return }
        if let obstacle = lastObstacle(to: sending, step) {
            resolveNeverSent(sending.attempt, obstacle, &step)
            head = nil
        } else {
            sending.stage = .handing
            head = sending
            let command = Command(
                attemptID: id,
                deviceID: device.id,
                actionType: sending.attempt.actionType,
                parameters: sending.attempt.parameters,
                deadline: sending.deadline,
                deadlineAt: sending.attempt.deadlineAt
            )
            step.actions.append(.send(command))
        }
    }

    /// The shell is about to give the command to the driver: the last look before it leaves (G3).
    ///
    /// Until now nothing that the device said could be an answer to the command (G6).
    private mutating func leaving(_ id: Identifier<ActionAttempt>, _ step: inout Step) {
        guard var current = head, current.attempt.id == id, current.stage == .handing else { return }
        if let obstacle = lastObstacle(to: current, step) {
            resolveNeverSent(current.attempt, obstacle, &step)
            head = nil
        } else {
            current.stage = .sending
            current.leftAt = step.moment.monotonic
            head = current
        }
    }

    private mutating func commitFailed(mayBeDurable: Bool, _ step: inout Step) {
        guard let failed = writing else { preconditionFailure("no write is under way") }
        writing = nil
        var kept: [LaneCommit.Change] = []
        var refused: Set<Identifier<ActionAttempt>> = []
        for change in failed.commit.changes {
            if let id = refuse(change, &step) {
                refused.insert(id)
                if mayBeDurable, case .accept(let attempt, _) = change, !failed.commit.resolves(id) {
                    // Its caller was told no. Should the store hold it after all, it ends as what it is: never sent.
                    let message = "Keyway could not make sure that the attempt was stored. Nothing was sent."
                    kept.append(resolution(neverSent: attempt, .failure(.uncategorizedError, message), step))
                }
            } else if mayBeDurable || !change.resolves(oneOf: refused) {
                kept.append(change)
            }
        }
        for change in pending.changes {
            if let id = refuse(change, &step) {
                refused.insert(id)
            } else if !change.resolves(oneOf: refused) {
                // What was refused and ended meanwhile was never accepted, or has its end above.
                kept.append(change)
            }
        }
        pending.changes = kept
        if mayBeDurable, failed.commit.state != nil { isDurableStateUncertain = true }
        pending.state = device.state == durableState && !isDurableStateUncertain ? nil : device.state
        pendingTokens = failed.tokens + pendingTokens
        if pending.isEmpty {
            // Nothing is left to try again, as when a state went back to what the store has.
            retryAt = nil
            retryDelay = limits.firstWriteRetryDelay
        } else {
            retryAt = step.moment.monotonic + retryDelay
            retryDelay = min(retryDelay * 2, limits.longestWriteRetryDelay)
        }
    }

    /// Tells the caller that a change which only it waits for could not be made; nil for any other change.
    private mutating func refuse(_ change: LaneCommit.Change, _ step: inout Step) -> Identifier<ActionAttempt>? {
        let id: Identifier<ActionAttempt>
        switch change {
        case .accept(let attempt, _):
            id = attempt.id
            forget(id)
        case .join(let requestID, _, _): id = requestID
        case .dispatch, .resolve, .lateReport, .report, .delete, .reset: return nil
        }
        step.actions.append(.refused(id, .storeUnavailable))
        return id
    }

    private mutating func forget(_ id: Identifier<ActionAttempt>) {
        if head?.attempt.id == id {
            head = nil
            device.state.wantedBolt = durableState.wantedBolt
        }
        queue.removeAll { $0.attempt.id == id }
    }

    // MARK: What the driver and the device say

    private mutating func answered(_ id: Identifier<ActionAttempt>, _ answer: CommandAnswer, _ step: inout Step) {
        guard var current = head, current.attempt.id == id, !current.stage.isUnsent else { return }
        switch answer {
        case .acknowledged:
            current.attempt.acknowledgedAt = step.moment.wall
            current.attempt.timeline.append(TimelineEntry(.acknowledged, at: step.moment.wall))
        case .unanswered(let detail):
            current.attempt.timeline.append(TimelineEntry(.unanswered, at: step.moment.wall, detail: detail))
        case .delivered:
            current.attempt.acknowledgedAt = step.moment.wall
            current.attempt.timeline.append(TimelineEntry(.acknowledged, at: step.moment.wall))
            assume(current.attempt)
            resolveHead(current, .success(wasConfirmedByDevice: false), &step)
            return
        case .completed:
            current.attempt.acknowledgedAt = step.moment.wall
            current.attempt.timeline.append(TimelineEntry(.acknowledged, at: step.moment.wall))
            assume(current.attempt)
            resolveHead(current, .success(wasConfirmedByDevice: nil), &step)
            return
        case .refused(.actionAttemptExpired, _):
            resolveNeverSent(current.attempt, .failure(.actionAttemptExpired), &step)
            head = nil
            return
        case .refused(let cause, let detail):
            current.attempt.timeline.append(
                TimelineEntry(.report, at: step.moment.wall, detail: detail ?? cause.rawValue)
            )
            resolveHead(current, .failure(cause), &step)
            return
        }
        if current.stage == .sending { current.stage = .awaiting }
        head = current
    }

    /// Takes what the device said; `mayConfirm` is false if it was said before the command in flight was sent.
    private mutating func reported(
        _ report: DeviceReport,
        token: UInt64?,
        mayConfirm: Bool = true,
        _ step: inout Step
    ) {
        precondition(report.deviceID == device.id)
        guard device.deletedAt == nil || head != nil else {
            // Nobody wants to know any more, but whoever brings it may go on.
            if let token { pendingTokens.append(token) }
            return
        }
        let stateBefore = device.state
        switch report.content {
        case .bolt(let bolt): reportedBolt(bolt, report, mayConfirm: mayConfirm, &step)
        case .commandFailed(let cause, let detail): reportedFailure(cause, detail, report, &step)
        case .online, .bridgeOffline, .accountDisconnected, .added, .removed: reportedPresence(report, &step)
        case .battery(let level): reportedBattery(level, saidToBeLow: false, report, &step)
        case .batteryLow(let level): reportedBattery(level, saidToBeLow: true, report, &step)
        case .doorOpen(let isOpen): device.state.isDoorOpen = isOpen
        case .accessDenied(let denial):
            let event = makeEvent(.lockAccessDenied, details: .accessDenied(denial), step)
            pending.changes.append(.report(events: [event]))
        case .subscription(let isExpired): reportedSubscription(isExpired: isExpired, step)
        case .warning(let code, let isPresent): reportedWarning(code, isPresent: isPresent, step)
        }
        // A device that repeats itself many times a second must not cause as many writes.
        var withoutTime = device.state
        withoutTime.reportedAt = stateBefore.reportedAt
        if withoutTime != stateBefore || !pending.changes.isEmpty { pending.state = device.state }
        if let token { pendingTokens.append(token) }
    }

    private mutating func reportedBolt(
        _ bolt: BoltState,
        _ report: DeviceReport,
        mayConfirm: Bool,
        _ step: inout Step
    ) {
        let before = device.state
        let isOutdated = isOutdated(report, at: \.boltClaimedAt)
        if isOutdated {
            // Said before what is known already; it can still be the answer to an attempt that it names.
            guard report.attemptID != nil else { return }
        } else if bolt.isMoving {
            device.state.movingBolt = bolt
        } else {
            rest(at: bolt, step)
        }
        if !report.isReplay, mayConfirm, settleHead(with: bolt, report, isOutdated: isOutdated, &step) { return }
        let method = report.method ?? .unknown
        var contradicted: ActionAttempt?
        if !report.isReplay, let index = contradictedIndex(by: bolt, report, step) {
            let attempt = watched.remove(at: index).attempt
            let entry = TimelineEntry(.lateReport, at: step.moment.wall, detail: bolt.rawValue)
            pending.changes.append(.lateReport(attempt.id, entry, events: [lateReport(of: attempt, bolt, step)]))
            contradicted = attempt
        }
        let isNews = !isOutdated && bolt.isSettled && (before.reportedBolt != bolt || before.isAssumed)
        // A replay that knows how the bolt was moved tells of a movement, one that does not only where the bolt is.
        let isFirstSight = report.isReplay && report.method == nil && before.reportedBolt == .unknown
        if isNews && !isFirstSight {
            let movement = BoltMovement(
                method: contradicted == nil ? method : report.method ?? .remote,
                code: report.code
            )
            let occurredAt = report.claimedAt.map { min($0, step.moment.wall) }
            let event = lockEvent(bolt, movement, by: contradicted, occurredAt: occurredAt, step)
            pending.changes.append(.report(events: [event]))
        }
    }

    /// Whether the provider's clock says that a report is not newer than the newest of its kind; if it is, it becomes
    /// the newest.
    ///
    /// The answer to the attempt in flight comes once, so it may share its time with another report.
    private mutating func isOutdated(
        _ report: DeviceReport,
        at newest: WritableKeyPath<DeviceState, Timestamp?>
    ) -> Bool {
        guard let claimedAt = report.claimedAt else { return false }
        if let known = device.state[keyPath: newest] {
            let isAnswer = report.attemptID != nil && report.attemptID == head?.attempt.id
            if claimedAt < known || claimedAt == known && !isAnswer { return true }
        }
        device.state[keyPath: newest] = claimedAt
        return false
    }

    private mutating func rest(at bolt: BoltState, _ step: Step) {
        device.state.movingBolt = nil
        device.state.reportedBolt = bolt
        device.state.reportedAt = step.moment.wall
        device.state.isAssumed = false
    }

    /// Whether Keyway had a report already when the driver was given the command.
    private func wasReceived(_ report: DeviceReport, before head: Head) -> Bool {
        guard let receivedAt = report.receivedAt, let leftAt = head.leftAt else { return false }
        return receivedAt < leftAt
    }

    /// Settles the attempt in flight with a fresh report of the bolt, if it does settle it.
    private mutating func settleHead(
        with bolt: BoltState,
        _ report: DeviceReport,
        isOutdated: Bool,
        _ step: inout Step
    ) -> Bool {
        guard var current = head, !current.stage.isUnsent,
            report.attemptID == nil || report.attemptID == current.attempt.id, !wasReceived(report, before: current)
        else { return false }
        note(.report, bolt.rawValue, on: &current, step)
        if bolt.isSettled { current.reportedSinceSent = bolt }
        head = current
        guard let wanted = current.attempt.actionType.wantedState else { return false }
        if bolt == wanted {
            let method = report.method ?? .remote
            // The bolt has moved on if there is newer news, and that has been told.
            resolveHead(current, .success(wasConfirmedByDevice: true), moved: isOutdated ? nil : method, &step)
            return true
        }
        if bolt == .jammed {
            resolveHead(current, .failure(.lockJammed), &step)
            return true
        }
        return false
    }

    private mutating func reportedFailure(
        _ cause: FailureCause,
        _ detail: String?,
        _ report: DeviceReport,
        _ step: inout Step
    ) {
        if cause == .lockJammed, !isOutdated(report, at: \.boltClaimedAt) { rest(at: .jammed, step) }
        if var current = head, !current.stage.isUnsent, !report.isReplay,
            report.attemptID == nil || report.attemptID == current.attempt.id, !wasReceived(report, before: current)
        {
            note(.report, detail ?? cause.rawValue, on: &current, step)
            resolveHead(current, .failure(cause), &step)
        } else if let id = report.attemptID, let index = watched.firstIndex(where: { $0.attempt.id == id }) {
            let attempt = watched.remove(at: index).attempt
            let entry = TimelineEntry(.lateReport, at: step.moment.wall, detail: detail ?? cause.rawValue)
            let bolt: BoltState = cause == .lockJammed ? .jammed : .unknown
            pending.changes.append(.lateReport(id, entry, events: [lateReport(of: attempt, bolt, step)]))
        }
    }

    /// Takes that the device can be reached or not, or that its provider has it or not.
    private mutating func reportedPresence(_ report: DeviceReport, _ step: inout Step) {
        guard !isOutdated(report, at: \.onlineClaimedAt) else { return }
        let before = device.state
        let isRemoved = before.offlineCause == .removed
        switch report.content {
        case .added where isRemoved, .online(true) where !isRemoved:
            (device.state.isOnline, device.state.offlineCause) = (true, nil)
        case .removed: (device.state.isOnline, device.state.offlineCause) = (false, .removed)
        case .online(false) where !isRemoved: (device.state.isOnline, device.state.offlineCause) = (false, nil)
        case .bridgeOffline where !isRemoved: (device.state.isOnline, device.state.offlineCause) = (false, .bridge)
        case .accountDisconnected where !isRemoved:
            (device.state.isOnline, device.state.offlineCause) = (false, .account)
        default: return
        }
        let isNews = device.state.isOnline != before.isOnline || isRemoved != (device.state.offlineCause == .removed)
        guard isNews else { return }
        device.state.onlineChangedAt = step.moment.wall
        let event: Event
        switch report.content {
        case .added: event = makeEvent(.deviceAdded, step)
        case .removed: event = makeEvent(.deviceRemoved, step)
        case .online(true): event = makeEvent(device.isManaged ? .deviceConnected : .unmanagedDeviceConnected, step)
        default:
            let cause = DisconnectionCause(device.state.offlineCause)
            event = makeEvent(
                device.isManaged ? .deviceDisconnected : .unmanagedDeviceDisconnected,
                details: .disconnection(cause, DeviceHealth(device)),
                step
            )
        }
        pending.changes.append(.report(events: [event]))
    }

    private mutating func reportedBattery(
        _ level: Double,
        saidToBeLow: Bool,
        _ report: DeviceReport,
        _ step: inout Step
    ) {
        guard !isOutdated(report, at: \.batteryClaimedAt) else { return }
        let level = min(max(level, 0), 1)
        let wasLow = device.state.isBatteryLow
        device.state.batteryLevel = level
        if saidToBeLow || level < DeviceState.lowBatteryLevel {
            device.state.isBatteryLow = true
        } else if level >= DeviceState.recoveredBatteryLevel {
            device.state.isBatteryLow = false
        }
        guard device.state.isBatteryLow, !wasLow else { return }
        pending.changes.append(.report(events: [makeEvent(.deviceLowBattery, details: .battery(level: level), step)]))
    }

    private mutating func reportedSubscription(isExpired: Bool, _ step: Step) {
        guard isExpired != (device.state.subscriptionExpiredAt != nil) else { return }
        device.state.subscriptionExpiredAt = isExpired ? step.moment.wall : nil
        let event =
            isExpired
            ? makeEvent(.deviceSubscriptionRequired, details: .health(DeviceHealth(device)), step)
            : makeEvent(.deviceSubscriptionResolved, step)
        pending.changes.append(.report(events: [event]))
    }

    private mutating func reportedWarning(_ code: DeviceWarning.Code, isPresent: Bool, _ step: Step) {
        guard device.state.warnings.contains(where: { $0.code == code }) != isPresent else { return }
        if isPresent {
            device.state.warnings.append(DeviceWarning(code, createdAt: step.moment.wall))
        } else {
            device.state.warnings.removeAll { $0.code == code }
        }
    }

    private mutating func read(_ bolt: BoltState?, for id: Identifier<ActionAttempt>, _ step: inout Step) {
        if let bolt {
            // Read for an attempt that is over, it may tell where the bolt was before the next command was sent.
            let report = DeviceReport(deviceID: device.id, content: .bolt(bolt))
            reported(report, token: nil, mayConfirm: head?.attempt.id == id, &step)
        }
        if let current = head, current.attempt.id == id, case .reading = current.stage { giveUp(on: current, &step) }
    }

    private mutating func simulatedOutcome(_ id: Identifier<ActionAttempt>, _ outcome: Outcome, _ step: inout Step) {
        guard
            let attempt = head?.attempt.id == id ? head?.attempt : queue.first(where: { $0.attempt.id == id })?.attempt
        else { return }
        var method: LockMethod?
        if case .success(let result) = outcome {
            assume(attempt)
            if result.wasConfirmedByDevice == true, attempt.actionType.wantedState != nil {
                device.state.isAssumed = false
                device.state.reportedAt = step.moment.wall
                method = .remote
            }
            pending.state = device.state
        }
        if let current = head, current.attempt.id == id {
            resolveHead(current, outcome, moved: method, &step)
        } else {
            queue.removeAll { $0.attempt.id == id }
            pending.changes.append(resolution(of: attempt, outcome, moved: method, step))
        }
    }

    // MARK: The device's record

    /// Takes the owner's new name, metadata and so on of the device, which are durable already.
    package mutating func relabel(as labelled: Device) {
        device.nickname = labelled.nickname
        device.customMetadata = labelled.customMetadata
        device.isManaged = labelled.isManaged
        durableRecord.nickname = labelled.nickname
        durableRecord.customMetadata = labelled.customMetadata
        durableRecord.isManaged = labelled.isManaged
    }

    private mutating func delete(token: UInt64, _ step: inout Step) {
        pendingTokens.append(token)
        guard device.deletedAt == nil else { return }
        for id in [head?.attempt.id].compactMap(\.self) + queue.map(\.attempt.id) {
            guard let attempt = takeUnsent(id) else { continue }
            resolveNeverSent(attempt, .failure(.cancelled, "The device was deleted."), &step)
        }
        device.deletedAt = step.moment.wall
        let event = makeEvent(.deviceDeleted, details: .deviceName(device.displayName), step)
        pending.changes.append(.delete(at: step.moment.wall, events: [event]))
    }

    /// Makes the device anew: what it was asked to do and has not done, it will not do any more.
    private mutating func reset(to fresh: Device, token: UInt64, _ step: inout Step) {
        precondition(fresh.id == device.id)
        pendingTokens.append(token)
        let message = "The sandbox workspace was reset."
        for id in [head?.attempt.id].compactMap(\.self) + queue.map(\.attempt.id) {
            guard let attempt = takeUnsent(id) else { continue }
            resolveNeverSent(attempt, .failure(.cancelled, message), &step)
        }
        if let current = head { resolveHead(current, .failure(.uncategorizedError, message), &step) }
        for left in queue {
            pending.changes.append(resolution(of: left.attempt, .failure(.uncategorizedError, message), step))
        }
        queue = []
        watched = []
        device = fresh
        pending.changes.append(.reset(fresh))
        pending.state = fresh.state
    }

    // MARK: Going on

    /// Does what the passing of time or the last input made possible.
    private mutating func advance(_ step: inout Step) {
        if var current = head {
            switch current.stage {
            case .sending, .awaiting:
                if step.moment.monotonic >= current.deadline {
                    current.stage = .reading(until: step.moment.monotonic + limits.resolutionGrace)
                    head = current
                    step.actions.append(.read(current.attempt.id))
                }
            case .reading(let until):
                if step.moment.monotonic >= until { giveUp(on: current, &step) }
            case .marking, .handing: break
            }
        }
        expireQueue(&step)
        promote(&step)
        if writing == nil, !pending.isEmpty, retryAt.map({ step.moment.monotonic >= $0 }) ?? true {
            writing = (pending, pendingTokens)
            step.actions.append(.commit(pending))
            pending = LaneCommit(deviceID: device.id, workspaceID: device.workspaceID)
            pendingTokens = []
        }
        if writing == nil, pending.isEmpty {
            // Nothing is left to write, so what these reports said is durable or changed nothing.
            for token in pendingTokens { step.actions.append(.recorded(token)) }
            pendingTokens = []
        }
    }

    /// Ends what waits behind an attempt that waits for the device to come back, but does not want to wait for that.
    private mutating func failImpatient(_ step: inout Step) {
        guard let cause = device.state.obstacle else { return }
        for waiting in queue where waiting.canExpire && !waiting.attempt.waitsWhileOffline(cause) {
            resolveNeverSent(waiting.attempt, .failure(cause), &step)
        }
        queue.removeAll { $0.canExpire && !$0.attempt.waitsWhileOffline(cause) }
    }

    private mutating func expireQueue(_ step: inout Step) {
        let now = step.moment.monotonic
        for waiting in queue where waiting.canExpire && now >= waiting.deadline {
            resolveNeverSent(waiting.attempt, .failure(.actionAttemptExpired), &step)
        }
        queue.removeAll { $0.canExpire && now >= $0.deadline }
    }

    /// Gives the device to the next attempt, passing over those that cannot be sent.
    private mutating func promote(_ step: inout Step) {
        while head == nil, !isDraining, let next = queue.first, next.isDurable {
            queue.removeFirst()
            if next.attempt.dispatchedAt != nil {
                takeUp(next, &step)
            } else if let obstacle = obstacle(to: next.attempt, deadline: next.deadline, step) {
                if case .failure(let failure) = obstacle, next.attempt.waitsWhileOffline(failure.cause) {
                    queue.insert(next, at: 0)
                    return failImpatient(&step)
                }
                resolveNeverSent(next.attempt, obstacle, &step)
            } else {
                var attempt = next.attempt
                attempt.dispatchedAt = step.moment.wall
                attempt.timeline.append(TimelineEntry(.dispatched, at: step.moment.wall))
                head = Head(attempt: attempt, deadline: next.deadline, stage: .marking)
                want(attempt.actionType)
                pending.changes.append(
                    .dispatch(attempt.id, at: step.moment.wall, timeline: attempt.timeline)
                )
            }
        }
    }

    /// Takes up an attempt that was marked as sent before a restart: it is watched and read, but not sent (G4).
    private mutating func takeUp(_ recovered: Waiting, _ step: inout Step) {
        var attempt = recovered.attempt
        attempt.timeline.append(TimelineEntry(.recovered, at: step.moment.wall))
        let isOver = step.moment.monotonic >= recovered.deadline
        let stage: Stage = isOver ? .reading(until: step.moment.monotonic + limits.resolutionGrace) : .awaiting
        head = Head(attempt: attempt, deadline: recovered.deadline, stage: stage)
        step.actions.append(.read(attempt.id))
    }

    /// Why the attempt must not be sent now; nil if it may.
    private func obstacle(to attempt: ActionAttempt, deadline: MonotonicInstant, _ step: Step) -> Outcome? {
        if step.moment.monotonic >= deadline { return .failure(.actionAttemptExpired) }
        guard let needed = attempt.actionType.requiredCapability, device.description.capabilities.contains(needed)
        else { return .failure(.notSupported) }
        return device.state.obstacle.map { .failure($0) }
    }

    /// Why an attempt whose dispatch mark is written must not be sent after all; nil if it may.
    ///
    /// One that waits for its device can no longer wait in the queue, so its driver does the rest of the waiting.
    private func lastObstacle(to head: Head, _ step: Step) -> Outcome? {
        let obstacle = obstacle(to: head.attempt, deadline: head.deadline, step)
        if case .failure(let failure) = obstacle, head.attempt.waitsWhileOffline(failure.cause) { return nil }
        return obstacle
    }

    private mutating func giveUp(on current: Head, _ step: inout Step) {
        // Known to be elsewhere only if the device said so after the command; what it said before proves nothing.
        let isElsewhere =
            current.attempt.actionType.wantedState != nil && current.reportedSinceSent != nil
            && device.state.isOnline
        resolveHead(current, .failure(isElsewhere ? .timedOut : .outcomeUnknown), &step)
    }

    private mutating func resolveHead(
        _ current: Head,
        _ outcome: Outcome,
        moved method: LockMethod? = nil,
        _ step: inout Step
    ) {
        device.state.movingBolt = nil
        head = nil
        let change = resolution(of: current.attempt, outcome, moved: method, step)
        pending.changes.append(change)
        pending.state = device.state
        if case .failure(let failure) = outcome, failure.cause == .timedOut || failure.cause == .outcomeUnknown,
            case .resolve(let attempt, _) = change
        {
            watched.removeAll { $0.until <= step.moment.monotonic }
            if watched.count == Self.maximumWatched { watched.removeFirst() }
            watched.append(Watched(attempt: attempt, until: step.moment.monotonic + limits.lateReportWindow))
        }
    }

    /// The most resolved attempts of one device that a late report can still contradict; the oldest gives way.
    private static var maximumWatched: Int { 8 }

    private mutating func resolveNeverSent(_ attempt: ActionAttempt, _ outcome: Outcome, _ step: inout Step) {
        pending.changes.append(resolution(neverSent: attempt, outcome, step))
    }

    private func resolution(neverSent attempt: ActionAttempt, _ outcome: Outcome, _ step: Step) -> LaneCommit.Change {
        var attempt = attempt
        attempt.dispatchedAt = nil
        attempt.timeline.removeAll { $0.kind == .dispatched }
        return resolution(of: attempt, outcome, step)
    }

    /// The change that gives an attempt its outcome, with the event that says so and, if the bolt was seen to move, the
    /// lock's event after it.
    private func resolution(
        of attempt: ActionAttempt,
        _ outcome: Outcome,
        moved method: LockMethod? = nil,
        _ step: Step
    ) -> LaneCommit.Change {
        var attempt = attempt
        attempt.outcome = outcome
        attempt.resolvedAt = step.moment.wall
        var cause: FailureCause?
        if case .failure(let failure) = outcome { cause = failure.cause }
        attempt.timeline.append(TimelineEntry(.resolved, at: step.moment.wall, detail: cause?.rawValue))
        var events: [Event] = []
        if let type = EventType.resolution(of: attempt.actionType, succeeded: cause == nil) {
            let details = Event.Details.resolution(actionType: attempt.actionType, status: attempt.status)
            events.append(makeEvent(type, attempt: attempt, details: details, step))
        }
        if let method, let bolt = attempt.actionType.wantedState {
            let mover = method == .remote ? attempt : nil
            events.append(lockEvent(bolt, BoltMovement(method: method), by: mover, step))
        }
        return .resolve(attempt, events: events)
    }

    // MARK: Small things

    private mutating func want(_ actionType: ActionType) {
        guard let bolt = actionType.wantedState else { return }
        device.state.wantedBolt = bolt
        pending.state = device.state
    }

    /// Writes down what a command should have done; a bolt that did not say where it is is marked as assumed.
    private mutating func assume(_ attempt: ActionAttempt) {
        if case .autoLock(let setting) = attempt.parameters { device.state.autoLock = setting }
        guard let bolt = attempt.actionType.wantedState else { return }
        device.state.movingBolt = nil
        device.state.wantedBolt = bolt
        device.state.reportedBolt = bolt
        device.state.isAssumed = true
    }

    private func note(_ kind: TimelineEntry.Kind, _ detail: String, on head: inout Head, _ step: Step) {
        head.reportCount += 1
        guard head.reportCount <= limits.maximumTimelineReports else { return }
        head.attempt.timeline.append(TimelineEntry(kind, at: step.moment.wall, detail: detail))
    }

    /// The newest watched attempt that wanted what the device now reports, unless somebody else moved the bolt.
    private func contradictedIndex(by bolt: BoltState, _ report: DeviceReport, _ step: Step) -> Int? {
        watched.lastIndex { candidate in
            guard candidate.until > step.moment.monotonic else { return false }
            if let id = report.attemptID { return candidate.attempt.id == id && bolt.isSettled }
            let movedByOther = report.method != nil && report.method != .remote
            return candidate.attempt.actionType.wantedState == bolt && !movedByOther
        }
    }

    private func lockEvent(
        _ bolt: BoltState,
        _ movement: BoltMovement,
        by attempt: ActionAttempt?,
        occurredAt: Timestamp? = nil,
        _ step: Step
    ) -> Event {
        let type: EventType = bolt == .locked ? .lockLocked : .lockUnlocked
        return makeEvent(type, attempt: attempt, details: .bolt(movement), occurredAt: occurredAt, step)
    }

    private func lateReport(of attempt: ActionAttempt, _ bolt: BoltState, _ step: Step) -> Event {
        let details = Event.Details.lateReport(actionType: attempt.actionType, status: attempt.status, reported: bolt)
        return makeEvent(.actionAttemptLateReport, attempt: attempt, details: details, step)
    }

    private func makeEvent(
        _ type: EventType,
        attempt: ActionAttempt? = nil,
        details: Event.Details = .none,
        occurredAt: Timestamp? = nil,
        _ step: Step
    ) -> Event {
        Event(
            id: step.ids.next(),
            type: type,
            workspaceID: device.workspaceID,
            createdAt: step.moment.wall,
            occurredAt: occurredAt ?? step.moment.wall,
            connectedAccountID: device.connectedAccountID,
            deviceID: device.id,
            deviceCustomMetadata: device.customMetadata.isEmpty ? nil : device.customMetadata,
            actionAttemptID: attempt?.id,
            details: details
        )
    }
}

extension ActionAttempt {
    /// Whether it waits for the device to come back if this keeps it from being sent.
    fileprivate func waitsWhileOffline(_ cause: FailureCause) -> Bool {
        parameters == .waitWhileOffline && (cause == .deviceOffline || cause == .deviceDisconnected)
    }

    /// Whether it was sent and ended without anybody knowing what the device did, and the device has not said since.
    fileprivate var awaitsLateTruth: Bool {
        guard case .failure(let failure) = outcome, dispatchedAt != nil else { return false }
        return (failure.cause == .timedOut || failure.cause == .outcomeUnknown)
            && !timeline.contains { $0.kind == .lateReport }
    }
}

extension LaneCommit {
    /// Whether an attempt gets its outcome here.
    fileprivate func resolves(_ id: Identifier<ActionAttempt>) -> Bool {
        changes.contains { $0.resolves(oneOf: [id]) }
    }
}

extension LaneCommit.Change {
    /// Whether one of some attempts gets its outcome here.
    fileprivate func resolves(oneOf ids: Set<Identifier<ActionAttempt>>) -> Bool {
        if case .resolve(let attempt, _) = self { ids.contains(attempt.id) } else { false }
    }
}

import KeywayModel
import KeywayStore

/// What a commit did to the store: G1, G2, G7, G8, G11 and G12.
extension Checker {
    /// Compares the tables after a commit with what was there before.
    mutating func applied(
        _ commit: LaneCommit,
        _ tables: MemoryTables,
        device: Int,
        _ coverage: inout Coverage
    ) throws(Violation) {
        let workspace = devices[device].workspaceID
        guard commit.deviceID == devices[device].id, commit.workspaceID == workspace else {
            throw Violation(.sealed, "a commit for another device", device: device)
        }
        let events = try newEvents(tables, device: device)
        var resolved: [Identifier<ActionAttempt>] = []
        var contradicted: [Identifier<ActionAttempt>] = []
        for change in commit.changes {
            guard let id = change.attemptID, let after = tables.attempt(id, in: workspace) else { continue }
            guard var file = files[id], file.device == device else {
                throw Violation(.accepted, "\(id.number) is stored, and nobody asked for it", device: device)
            }
            if file.stored == nil { try stored(after, &file, device: device) }
            if let before = file.stored, before != after {
                try changed(before, after, &file, &resolved, &contradicted, device: device)
            }
            file.stored = after
            if after.dispatchedAt != nil, file.marked == nil { file.marked = (time.now, time.life) }
            files[id] = file
        }
        try checkResolutions(resolved, events, device: device, &coverage)
        try checkRepetitions(resolved, events, device: device)
        try checkLateReports(contradicted, events, device: device, &coverage)
        try checkState(events, tables, device: device)
    }

    // MARK: Attempts

    private mutating func stored(
        _ attempt: ActionAttempt,
        _ file: inout AttemptFile,
        device: Int
    ) throws(Violation) {
        let name = "\(attempt.id.number)"
        guard !file.isRefused else {
            throw Violation(.accepted, "\(name) is stored although it was refused", device: device)
        }
        let request = file.request
        guard attempt.deviceID == request.deviceID, attempt.actionType == request.actionType,
            attempt.parameters == request.parameters,
            attempt.requestedBy == request.requestedBy, attempt.createdAt == request.createdAt,
            attempt.deadlineAt == request.deadlineAt, attempt.workspaceID == request.workspaceID
        else { throw Violation(.accepted, "\(name) is not stored as it was asked for", device: device) }
        if let turn = file.turn { try storedFor(turn, attempt, device: device) }
        storedCount += 1
        devices[device].storedCount += 1
        file.position = devices[device].storedCount
        var pending = attempt
        pending.outcome = nil
        pending.resolvedAt = nil
        // Stored and resolved in one commit: the resolution is looked at like any other.
        file.stored = attempt.status == .pending ? attempt : pending
        devices[device].unresolved.append(attempt.id)
    }

    /// The most entries of an attempt's timeline that are no reports: accepted, dispatched, acknowledged, not answered,
    /// recovered, refused, resolved, and one late report.
    private static var otherEntries: Int { 8 }

    private mutating func changed(
        _ before: ActionAttempt,
        _ after: ActionAttempt,
        _ file: inout AttemptFile,
        _ resolved: inout [Identifier<ActionAttempt>],
        _ contradicted: inout [Identifier<ActionAttempt>],
        device: Int
    ) throws(Violation) {
        let name = "\(after.id.number)"
        guard after.timeline.count <= limits.maximumTimelineReports + Self.otherEntries else {
            throw Violation(.bounded, "\(name) has \(after.timeline.count) entries on its timeline", device: device)
        }
        guard before.status != .pending else {
            if after.status == .pending { return }
            file.resolvedAt = time.now
            file.resolvedIn = time.life
            devices[device].unresolved.removeAll { $0 == after.id }
            resolved.append(after.id)
            // What contradicts it may have come while the resolution waited for its commit.
            contradicted += after.timeline.filter { $0.kind == .lateReport }.map { _ in after.id }
            return
        }
        guard after.outcome == before.outcome, after.resolvedAt == before.resolvedAt,
            after.dispatchedAt == before.dispatchedAt, after.acknowledgedAt == before.acknowledgedAt
        else {
            let message = """
                \(name) was \(before.outcome?.summary ?? "pending") and became \(after.outcome?.summary ?? "pending")
                """
            throw Violation(.resolvedOnce, message, device: device)
        }
        let added = after.timeline.dropFirst(before.timeline.count)
        guard after.timeline.starts(with: before.timeline), added.allSatisfy({ $0.kind == .lateReport }) else {
            throw Violation(.resolvedOnce, "the timeline of \(name) changed after its end", device: device)
        }
        contradicted += added.map { _ in after.id }
    }

    // MARK: Events

    private mutating func newEvents(_ tables: MemoryTables, device: Int) throws(Violation) -> [Event] {
        let workspace = devices[device].workspaceID
        let count = tables.eventCount(in: workspace)
        let before = eventCounts[workspace, default: 0]
        guard count >= before else { throw Violation(.agreement, "events were lost", device: device) }
        let new = tables.events(in: workspace, after: before)
        eventCounts[workspace] = count
        for event in new {
            guard eventIDs.insert(event.id).inserted else {
                throw Violation(.agreement, "an event is stored twice: \(event.type)", device: device)
            }
            guard fingerprints.insert(EventFingerprint(event)).inserted else {
                throw Violation(.agreement, "one thing made two events: \(event.type)", device: device)
            }
            guard event.workspaceID == workspace, event.deviceID == devices[device].id else {
                throw Violation(.sealed, "an event of another device", device: device)
            }
        }
        return new
    }

    private mutating func checkResolutions(
        _ resolved: [Identifier<ActionAttempt>],
        _ events: [Event],
        device: Int,
        _ coverage: inout Coverage
    ) throws(Violation) {
        let announcements = events.filter { if case .resolution = $0.details { true } else { false } }
        let told = resolved.filter { id in
            files[id]?.stored.map { EventType.resolution(of: $0.actionType, succeeded: true) != nil } ?? true
        }
        guard announcements.compactMap(\.actionAttemptID).sorted() == told.sorted() else {
            let message = """
                \(told.map(\.number)) were resolved, with events for \
                \(announcements.map { $0.actionAttemptID?.number ?? 0 })
                """
            throw Violation(.agreement, message, device: device)
        }
        for event in announcements {
            guard let id = event.actionAttemptID, let attempt = files[id]?.stored else { continue }
            let type = EventType.resolution(of: attempt.actionType, succeeded: attempt.status == .success)
            guard event.type == type,
                event.details == .resolution(actionType: attempt.actionType, status: attempt.status)
            else { throw Violation(.agreement, "the event of \(id.number) says something else", device: device) }
            if attempt.outcome == .success(wasConfirmedByDevice: true) {
                let wanted: EventType = attempt.actionType == .lockDoor ? .lockLocked : .lockUnlocked
                guard events.contains(where: { $0.type == wanted }) else {
                    throw Violation(.agreement, "\(id.number) is confirmed, with no \(wanted.rawValue)", device: device)
                }
            }
        }
        for id in resolved { try checkOutcome(of: id, device: device, &coverage) }
    }

    /// A bolt or a connection that is said to have changed twice in the same way has made one event too many, unless an
    /// attempt was confirmed or the bolt was somewhere else in between.
    private mutating func checkRepetitions(
        _ resolved: [Identifier<ActionAttempt>],
        _ events: [Event],
        device: Int
    ) throws(Violation) {
        let confirmed = resolved.contains { id in
            files[id]?.stored.map { $0.status == .success && $0.actionType.wantedState != nil } ?? false
        }
        for event in events {
            switch event.type {
            case .lockLocked, .lockUnlocked:
                guard confirmed || !isRepetition(event, device) else {
                    throw Violation(.agreement, "one movement made two events: \(event.type)", device: device)
                }
                devices[device].lastLockEvent = event
            case .deviceConnected, .deviceDisconnected:
                guard devices[device].lastConnectionEvent != event.type else {
                    throw Violation(.agreement, "one change made two events: \(event.type)", device: device)
                }
                devices[device].lastConnectionEvent = event.type
            default: break
            }
        }
    }

    /// Whether a lock event says the same as the one before, and nothing happened to the bolt in between.
    ///
    /// What is assumed or stuck may come to rest where it was, and that is news.
    private func isRepetition(_ event: Event, _ device: Int) -> Bool {
        guard let before = devices[device].lastLockEvent, before.type == event.type else { return false }
        guard let unsettled = devices[device].unsettledWall else { return true }
        return !wasWallStepped && unsettled < before.createdAt
    }

    private mutating func checkLateReports(
        _ contradicted: [Identifier<ActionAttempt>],
        _ events: [Event],
        device: Int,
        _ coverage: inout Coverage
    ) throws(Violation) {
        let late = events.filter { $0.type == .actionAttemptLateReport }
        guard late.compactMap(\.actionAttemptID).sorted() == contradicted.sorted() else {
            let message = "late reports on \(contradicted.map(\.number)), with \(late.count) events"
            throw Violation(.lateTruth, message, device: device)
        }
        for event in late {
            guard let id = event.actionAttemptID, case .failure(let failure) = files[id]?.stored?.outcome,
                failure.cause == .timedOut || failure.cause == .outcomeUnknown,
                case .lateReport(_, .error, _) = event.details
            else { throw Violation(.lateTruth, "a late report contradicts no outcome", device: device) }
            coverage.note(.lateReport)
            if files[id]?.resolvedIn != time.life { coverage.note(.lateReportAfterRestart) }
            devices[device].lateReports += 1
            devices[device].watched.removeAll { $0.id == id }
        }
    }

    // MARK: The device's state

    /// The last lock event of a commit says where the bolt is, and no bolt moves without an event.
    private mutating func checkState(
        _ events: [Event],
        _ tables: MemoryTables,
        device: Int
    ) throws(Violation) {
        guard let after = tables.device(devices[device].id, in: nil)?.state else { return }
        let before = devices[device].stored
        devices[device].stored = after
        let movements = events.filter { $0.type == .lockLocked || $0.type == .lockUnlocked }
        if let last = movements.last {
            let said: BoltState = last.type == .lockLocked ? .locked : .unlocked
            let isLater = after.isAssumed || !after.reportedBolt.isSettled
            guard after.reportedBolt == said || isLater else {
                let message = "the last event says \(said), the device's state \(after.reportedBolt)"
                throw Violation(.agreement, message, device: device)
            }
        } else if after.reportedBolt.isSettled, !after.isAssumed, before.reportedBolt != .unknown {
            guard after.reportedBolt == before.reportedBolt, !before.isAssumed else {
                let message = "the bolt went from \(before.reportedBolt) to \(after.reportedBolt) without an event"
                throw Violation(.agreement, message, device: device)
            }
        }
    }
}

extension LaneCommit.Change {
    /// The attempt that the change may change.
    fileprivate var attemptID: Identifier<ActionAttempt>? {
        switch self {
        case .accept(let attempt, _): attempt.id
        case .dispatch(let id, _, _): id
        case .resolve(let attempt, _): attempt.id
        case .lateReport(let id, _, _): id
        case .join, .report, .delete, .reset: nil
        }
    }
}

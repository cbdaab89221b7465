import KeywayModel
import KeywayStore

/// What callers ask for and are told: G1, G5 and G9.
extension Checker {
    mutating func requested(
        _ attempt: ActionAttempt,
        _ call: Call,
        _ lane: AttemptLane,
        _ clock: SimulatedClock,
        deadline: WorldTime
    ) {
        latestWall = max(clock.latestWall, attempt.createdAt)
        let unresolved = devices[call.device].unresolved.filter { lane.isUnresolved($0) }
        files[attempt.id] = AttemptFile(
            request: attempt,
            device: call.device,
            overlap: call.overlap,
            turn: call.turn,
            lookupWall: call.lookupWall,
            requestedAt: time.now,
            lengthBefore: lane.length,
            unresolvedBefore: unresolved,
            unsentBefore: unresolved.filter { files[$0]?.handedOverAt == nil && files[$0]?.ban == nil },
            deadline: deadline
        )
        if call.overlap == .supersede { devices[call.device].supersededAt = time.now }
    }

    mutating func cancelled(_ id: Identifier<ActionAttempt>) {
        files[id]?.isCancelled = true
        files[id]?.ban = (.noLateActuation, "it was cancelled")
    }

    mutating func decided(_ id: Identifier<ActionAttempt>, _ outcome: Outcome) {
        files[id]?.decided.append(outcome)
        if let device = files[id]?.device { devices[device].unsettledWall = time.wall }
    }

    /// A caller cannot take back what was sent, and only that.
    func refusedToCancel(
        _ id: Identifier<ActionAttempt>,
        device: Int
    ) throws(Violation) {
        guard let file = files[id] else { return }
        guard file.handedOverAt != nil || file.marked.map({ $0.life < time.life }) ?? false else {
            throw Violation(.oneAtATime, "\(id.number) is said to have been sent, and was not", device: device)
        }
    }

    /// Everybody who waits is told an outcome.
    func announced(_ attempt: ActionAttempt, _ tables: MemoryTables, device: Int) throws(Violation) {
        guard let stored = tables.attempt(attempt.id, in: devices[device].workspaceID) else {
            // Its caller was told that it could not be stored, so nobody waits for it.
            if files[attempt.id]?.mayBeUnstored == true { return }
            throw Violation(.accepted, "\(attempt.id.number) is announced and not stored", device: device)
        }
        guard stored.outcome == attempt.outcome, stored.resolvedAt == attempt.resolvedAt else {
            let message = """
                \(attempt.id.number) is announced as \(attempt.outcome?.summary ?? "pending"), stored as \
                \(stored.outcome?.summary ?? "pending")
                """
            throw Violation(.accepted, message, device: device)
        }
    }

    mutating func told(
        _ answer: CallAnswer,
        _ call: Call,
        _ tables: MemoryTables,
        _ clock: SimulatedClock
    ) throws(Violation) {
        latestWall = max(clock.latestWall, clock.moment(time.now).wall)
        switch answer {
        case .accepted(let attempt):
            try toldOfAttempt(attempt, call, tables)
            try toldAccepted(attempt, call)
        case .joined(let attempt):
            try toldOfAttempt(attempt, call, tables)
            try toldJoined(attempt, call)
        case .repeated(let attempt): try toldOfAttempt(attempt, call, tables)
        case .refused(let refusal): try toldRefused(refusal, call)
        case .keyReused:
            guard let turn = call.turn,
                let record = tables.idempotencyRecord(of: turn.requester, key: turn.key),
                record.requestHash != [call.body]
            else { throw Violation(.safeRetry, "a key is said to be used for another request", device: call.device) }
        case .storeUnreadable: break
        }
    }

    private mutating func toldOfAttempt(
        _ attempt: ActionAttempt,
        _ call: Call,
        _ tables: MemoryTables
    ) throws(Violation) {
        let device = call.device
        guard let stored = tables.attempt(attempt.id, in: devices[device].workspaceID) else {
            throw Violation(.accepted, "a caller is told of \(attempt.id.number), which is not stored", device: device)
        }
        guard stored.deviceID == devices[device].id, stored.actionType == call.actionType,
            stored.parameters == call.parameters
        else {
            throw Violation(.safeRetry, "a caller gets an attempt it did not ask for", device: device)
        }
        guard let turn = call.turn else { return }
        let record = tables.idempotencyRecord(of: turn.requester, key: turn.key)
        guard record.map({ $0.attemptID == attempt.id && $0.requestHash == [call.body] }) ?? hasExpired(call) else {
            let message = "the key of the request for \(attempt.id.number) is not stored with it"
            throw Violation(.safeRetry, message, device: device)
        }
        if let before = keys[turn]?.told.last, !isOver(before.createdAt) {
            guard before.id == attempt.id, before.body == call.body else {
                let message = "one key got both \(before.id.number) and \(attempt.id.number)"
                throw Violation(.safeRetry, message, device: device)
            }
        } else {
            keys[turn, default: KeyFile()].told
                .append(
                    (attempt.id, call.body, record?.createdAt ?? attempt.createdAt)
                )
        }
    }

    private mutating func toldAccepted(_ attempt: ActionAttempt, _ call: Call) throws(Violation) {
        guard let file = files[attempt.id] else { return }
        if call.overlap == .reject, file.lengthBefore > 0 {
            throw Violation(.oneAtATime, "accepted beside others, against its rule", device: call.device)
        }
        if call.overlap == .supersede {
            for id in file.unsentBefore where files[id]?.handedOverAt == nil {
                files[id]?.ban = (.oneAtATime, "it was superseded by \(attempt.id.number)")
            }
        }
        if call.overlap == .join, let last = file.unresolvedBefore.last,
            file.unresolvedBefore.count == file.lengthBefore, let wish = files[last]?.request,
            wish.actionType == call.actionType,
            wish.parameters == call.parameters
        {
            throw Violation(.oneAtATime, "\(attempt.id.number) should have joined \(last.number)", device: call.device)
        }
    }

    private func toldJoined(_ attempt: ActionAttempt, _ call: Call) throws(Violation) {
        guard call.overlap == .join, let file = call.attemptID.flatMap({ files[$0] }),
            let shared = files[attempt.id]
        else { throw Violation(.oneAtATime, "joined against its rule", device: call.device) }
        guard shared.resolvedAt.map({ $0 > file.requestedAt }) ?? true else {
            throw Violation(.oneAtATime, "joined to \(attempt.id.number), which was resolved", device: call.device)
        }
        // Another action that waits behind the shared attempt would undo it.
        if let position = file.unresolvedBefore.firstIndex(of: attempt.id),
            let later = file.unresolvedBefore[(position + 1)...].first
        {
            let message = "joined to \(attempt.id.number), behind which \(later.number) waits"
            throw Violation(.oneAtATime, message, device: call.device)
        }
    }

    private mutating func toldRefused(_ refusal: AttemptLane.Refusal, _ call: Call) throws(Violation) {
        guard let id = call.attemptID, let file = files[id] else { return }
        switch refusal {
        case .overlapping(let other):
            guard file.lengthBefore > 0, call.overlap == .reject else {
                throw Violation(.oneAtATime, "refused as overlapping, against its rule", device: call.device)
            }
            guard let inTheWay = files[other], inTheWay.device == call.device,
                inTheWay.resolvedAt.map({ $0 > file.requestedAt }) ?? true
            else { throw Violation(.oneAtATime, "refused for an attempt that is no more", device: call.device) }
            files[id]?.isRefused = true
        case .laneFull:
            guard file.lengthBefore >= limits.maximumLength else {
                let message = "refused as full with \(file.lengthBefore) attempts"
                throw Violation(.bounded, message, device: call.device)
            }
            files[id]?.isRefused = true
        case .shuttingDown: files[id]?.isRefused = true
        case .storeUnavailable: files[id]?.mayBeUnstored = true
        case .deviceDeleted:
            throw Violation(.agreement, "refused as deleted, which nobody did", device: call.device)
        }
    }

    // MARK: Keys

    /// Whether a key was used before.
    func knows(_ call: Call) -> Bool {
        call.turn.map { keys[$0]?.told.isEmpty == false } ?? false
    }

    /// Whether a key first used at a time may be forgotten by now.
    ///
    /// Once the wall clock has shown the end of its lifetime, it may be pruned, even if the clock is set back later.
    func isOver(_ createdAt: Timestamp) -> Bool {
        latestWall.map { $0 - createdAt >= IdempotencyRecord.lifetime } ?? false
    }

    private func hasExpired(_ call: Call) -> Bool {
        call.lookupWall.map { isOver($0) } ?? false
    }

    /// An attempt is stored for a key: only one may be, in the lifetime of the key.
    mutating func storedFor(_ turn: KeyTurn, _ attempt: ActionAttempt, device: Int) throws(Violation) {
        if let before = keys[turn]?.stored.last, !isOver(before.createdAt) {
            let message = "one key made both \(before.id.number) and \(attempt.id.number)"
            throw Violation(.safeRetry, message, device: device)
        }
        keys[turn, default: KeyFile()].stored.append((attempt.id, attempt.createdAt))
    }
}

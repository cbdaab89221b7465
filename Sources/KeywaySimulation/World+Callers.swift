import KeywayModel
import KeywayStore

/// The callers, and the way of a request to its lane as `Engine` has it.
extension World {
    /// Some caller wants something new, or the same as before.
    func newCall() {
        guard !isHealing else { return }
        let habits = scenario.callers
        if let earlier = keyedCalls.last, random.chance(habits.repeatsKey) {
            var call = calls[random.chance(0.5) ? earlier : random.pick(keyedCalls)].again
            if random.chance(0.4) {
                call = Call(
                    device: call.device,
                    actionType: call.actionType,
                    deadline: call.deadline,
                    overlap: call.overlap,
                    requester: call.requester,
                    key: call.key,
                    body: call.body &+ 1
                )
            }
            make(call, after: .zero)
        } else {
            let device = random.below(devices.count)
            let call = Call(
                device: device,
                actionType: random.chance(0.15) ? .configureAutoLock : random.pick(ActionType.boltMoves),
                deadline: random.duration(in: habits.deadline),
                overlap: random.pick(habits.overlaps),
                requester: requester(of: device),
                key: random.chance(habits.usesKey) ? "key \(calls.count)" : nil,
                body: UInt8(truncatingIfNeeded: calls.count)
            )
            if call.key != nil { keyedCalls.append(calls.count) }
            make(call, after: .zero)
            if call.key != nil, random.chance(habits.doubles) {
                make(call, after: random.duration(in: .zero ... .seconds(3)))
            }
        }
        // Nobody hammers at a server that does not answer.
        outside(.newCall, after: random.duration(in: habits.pause) * (isUp ? 1 : 10))
    }

    /// One of two keys of the device's workspace.
    private func requester(of device: Int) -> Requester {
        let workspace = devices[device].workspaceID
        return .apiKey(Identifier(high: workspace.high ^ UInt64(1 + random.below(2)), low: workspace.low))
    }

    private func make(_ call: Call, after delay: Duration) {
        calls.append(call)
        outside(.asks(call: calls.count - 1), after: delay)
    }

    // MARK: The way of a request

    func asks(_ number: Int) throws(Violation) {
        guard isUp else {
            loseAnswer(number)
            return
        }
        calls[number].isInside = true
        guard let turn = calls[number].turn else {
            try accept(number)
            return
        }
        if turnstile[turn] != nil {
            coverage.note(.keyWaited)
            turnstile[turn]?.append(number)
        } else {
            turnstile[turn] = []
            inProcess(.keyLookup(call: number), after: random.duration(in: .zero ... .milliseconds(10)))
        }
    }

    func keyLookup(_ number: Int) throws(Violation) {
        let call = calls[number]
        guard let key = call.key, !readFails() else { return try finish(number, .storeUnreadable) }
        calls[number].lookupWall = moment.wall
        guard let record = tables.idempotencyRecord(of: call.requester, key: key),
            moment.wall - record.createdAt < IdempotencyRecord.lifetime
        else {
            if checker.knows(call) { coverage.note(.keyExpired) }
            return try accept(number)
        }
        guard record.requestHash == [call.body] else { return try finish(number, .keyReused) }
        guard let attempt = tables.attempt(record.attemptID, in: devices[call.device].workspaceID) else {
            return try accept(number)
        }
        coverage.note(.keyRepeated)
        try finish(number, .repeated(attempt))
    }

    private func accept(_ number: Int) throws(Violation) {
        let call = calls[number]
        if isStopping, shells[call.device] == nil { return try finish(number, .refused(.shuttingDown)) }
        guard makeShell(call.device), let lane = shells[call.device]?.lane else {
            return try finish(number, .storeUnreadable)
        }
        let moment = moment
        let attempt = ActionAttempt(
            id: ids.next(),
            workspaceID: devices[call.device].workspaceID,
            deviceID: devices[call.device].id,
            actionType: call.actionType,
            parameters: call.parameters,
            requestedBy: call.requester,
            createdAt: moment.wall,
            deadlineAt: moment.wall + call.deadline
        )
        let record = call.key.map { key in
            IdempotencyRecord(
                requester: call.requester,
                key: key,
                requestHash: [call.body],
                attemptID: attempt.id,
                createdAt: moment.wall
            )
        }
        calls[number].attemptID = attempt.id
        callsInLane[attempt.id] = number
        checker.requested(attempt, calls[number], lane, clock, deadline: now + call.deadline)
        let request = AttemptLane.Request(
            attempt,
            deadline: moment.monotonic + call.deadline,
            overlap: call.overlap,
            idempotency: record
        )
        try feed(.request(request), to: call.device)
    }

    // MARK: Answers

    /// Gives a call its answer, and the next one with the same key its turn.
    func finish(_ number: Int, _ answer: CallAnswer) throws(Violation) {
        calls[number].isOver = true
        let call = calls[number]
        if let turn = call.turn {
            if turnstile[turn]?.isEmpty == false, let next = turnstile[turn]?.removeFirst() {
                inProcess(.keyLookup(call: next), after: random.duration(in: .zero ... .milliseconds(10)))
            } else {
                turnstile[turn] = nil
            }
        }
        if call.key != nil {
            trace.note(call.device, at: now, "the caller of \(call.key ?? "") is told: \(answer.summary)")
        }
        try checker.told(answer, call, tables, clock)
        switch answer {
        case .accepted(let attempt):
            coverage.note(.accepted)
            if call.overlap == .supersede { coverage.note(.supersedingAccepted) }
            think(about: attempt, on: call.device)
        case .joined(let attempt):
            coverage.note(.joined)
            think(about: attempt, on: call.device)
        case .repeated: break
        case .refused(.overlapping): coverage.note(.refusedAsOverlapping)
        case .refused(.laneFull): coverage.note(.refusedAsFull)
        case .refused(.shuttingDown): coverage.note(.refusedAsStopping)
        case .refused(.storeUnavailable), .storeUnreadable:
            coverage.note(.refusedByStore)
            retry(call)
        case .keyReused: coverage.note(.refusedKeyReused)
        case .refused(.deviceDeleted): break
        }
        if strikes(0.03), call.key != nil {
            coverage.note(.answerLost)
            retry(call)
        }
    }

    /// The server died, or was not there.
    func loseAnswer(_ number: Int) {
        guard !calls[number].isOver else { return }
        calls[number].isOver = true
        coverage.note(.noAnswer)
        retry(calls[number])
    }

    /// A caller with a key tries again; one without cannot know what it would do.
    private func retry(_ call: Call) {
        guard !isHealing, call.key != nil, random.chance(0.7) else { return }
        make(call.again, after: random.duration(in: .milliseconds(100) ... .seconds(30)))
    }

    /// A caller that has an attempt may take it back, and a tester may decide how it ends.
    private func think(about attempt: ActionAttempt, on device: Int) {
        if strikes(scenario.callers.cancels) {
            outside(.takesBack(device: device, attempt.id), after: random.duration(in: .zero ... .seconds(20)))
        }
        if strikes(scenario.callers.decides) {
            outside(.testerDecides(device: device, attempt.id), after: random.duration(in: .zero ... .seconds(20)))
        }
    }

    func takesBack(_ device: Int, _ id: Identifier<ActionAttempt>) throws(Violation) {
        guard isUp, let lane = shells[device]?.lane else { return }
        switch lane.progress(of: id) {
        case .unsent:
            coverage.note(.cancelled)
            checker.cancelled(id)
            try feed(.cancel(id), to: device)
        case .sent:
            coverage.note(.cancelTooLate)
            try checker.refusedToCancel(id, device: device)
        case .absent: coverage.note(.cancelNotPending)
        }
    }

    func testerDecides(_ device: Int, _ id: Identifier<ActionAttempt>) throws(Violation) {
        guard isUp, shells[device]?.lane.isUnresolved(id) == true else { return }
        let outcome = random.pick([
            Outcome.success(wasConfirmedByDevice: true), .success(wasConfirmedByDevice: nil),
            .failure(.deviceBusy), .failure(.outcomeUnknown), .failure(.timedOut), .failure(.lockJammed),
        ])
        coverage.note(.decidedByTester)
        checker.decided(id, outcome)
        try feed(.simulatedOutcome(id, outcome), to: device)
    }
}

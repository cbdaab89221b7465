import KeywayModel
import KeywayStore

/// The shell around the lanes: performs their actions exactly as `LaneRunner` and `Engine` do.
extension World {
    /// Brings an input to a device's lane and performs what follows.
    func feed(_ input: AttemptLane.Input, to device: Int) throws(Violation) {
        guard let actions = shells[device]?.lane.handle(input, at: moment, ids: ids) else { return }
        trace.mix(UInt64(device))
        for action in actions { trace.mix(action.traceNumber) }
        trace.note(device, at: now, "\(input.summary) -> \(actions.map(\.summary).joined(separator: ", "))")
        for action in actions { try perform(action, device) }
        arm(device)
        if let shell = shells[device] { try checker.afterFeeding(shell, tables, device: device) }
        endStopIfQuiet()
    }

    private func perform(_ action: AttemptLane.Action, _ device: Int) throws(Violation) {
        switch action {
        case .commit(let commit): try write(commit, device)
        case .send(let command):
            checker.wished(command.attemptID)
            inProcess(.handOver(device: device, command), after: random.duration(in: scenario.server.handOverDelay))
        case .read(let id): ask(device, for: id)
        case .accepted(let attempt):
            if let call = callsInLane.removeValue(forKey: attempt.id) { try finish(call, .accepted(attempt)) }
        case .joined(let requestID, let attempt):
            if let call = callsInLane.removeValue(forKey: requestID) { try finish(call, .joined(attempt)) }
        case .refused(let id, let refusal):
            if let call = callsInLane.removeValue(forKey: id) { try finish(call, .refused(refusal)) }
        case .resolved(let attempt): try checker.announced(attempt, tables, device: device)
        case .recorded(let token): try checker.recorded(token, device: device)
        }
    }

    /// The lane of a device, made of what the store holds if there is none yet; false if that cannot be read.
    func makeShell(_ device: Int) -> Bool {
        if shells[device] != nil { return true }
        guard !readFails(), let stored = tables.device(devices[device].id, in: devices[device].workspaceID) else {
            return false
        }
        shells[device] = LaneShell(makeLane(stored, recovering: []))
        return true
    }

    private func makeLane(_ device: Device, recovering unresolved: [ActionAttempt]) -> AttemptLane {
        let query = ActionAttemptQuery(
            workspaceID: device.workspaceID,
            deviceID: device.id,
            limit: AttemptLane.maximumRecent
        )
        return AttemptLane(
            device: device,
            recovering: unresolved,
            recent: tables.attempts(query).elements.reversed(),
            limits: scenario.limits,
            at: moment
        )
    }

    // MARK: Timers

    private func arm(_ device: Int) {
        guard let shell = shells[device], let wake = shell.lane.nextWake else { return }
        if let armed = shell.armedFor, wake >= armed { return }
        shells[device]?.armedFor = wake
        let due = max(now, clock.time(of: wake)) - now
        inProcess(.timer(device: device, wake), after: due + random.duration(in: scenario.server.timerDelay))
    }

    func timer(_ device: Int, _ instant: MonotonicInstant) throws(Violation) {
        if shells[device]?.armedFor == instant { shells[device]?.armedFor = nil }
        try feed(.woken, to: device)
    }

    // MARK: Sending and reading

    func handOver(_ device: Int, _ command: Command) throws(Violation) {
        try feed(.leaving(command.attemptID), to: device)
        guard shells[device]?.lane.progress(of: command.attemptID) == .sent else {
            coverage.note(.commandKeptByLastLook)
            return
        }
        try checker.handedOver(command, tables, device: device)
        if checker.files[command.attemptID]?.mayBeUnstored == true { coverage.note(.refusedAndSent) }
        perform(command, on: device)
    }

    func answered(_ device: Int, _ id: Identifier<ActionAttempt>, _ answer: CommandAnswer) throws(Violation) {
        checker.heard(answer, to: id)
        try feed(.answered(id, answer), to: device)
    }

    // MARK: The process

    func start() {
        guard !isUp else { return }
        guard !readFails() else {
            outside(.start, after: .milliseconds(100))
            return
        }
        life += 1
        isUp = true
        isStopping = false
        startedAt = now
        clock.restart(&random)
        look()
        checker.started(at: moment)
        trace.note(nil, at: now, "process \(self.life) begins")
        let moment = moment
        for remains in tables.unresolvedLanes {
            guard let index = devices.firstIndex(where: { $0.id == remains.device.id }) else { continue }
            for attempt in remains.attempts {
                coverage.note(attempt.dispatchedAt == nil ? .recovered : .recoveredMarked)
            }
            shells[index] = LaneShell(makeLane(remains.device, recovering: remains.attempts))
            // The first input comes by the same timer that brings all the later ones.
            shells[index]?.armedFor = moment.monotonic
            inProcess(.timer(device: index, moment.monotonic), after: .zero)
        }
        inProcess(.keysPruned, after: .seconds(1))
        for index in devices.indices { connect(index) }
        if !isHealing, random.chance(scenario.server.stops) {
            inProcess(.stopBegins, after: random.duration(in: .seconds(1) ... .seconds(300)))
        }
    }

    func crash() throws(Violation) {
        coverage.note(.crash)
        trace.note(nil, at: now, "process \(self.life) dies")
        for index in shells.indices {
            guard let shell = shells[index], let commit = shell.writing else { continue }
            if shell.hasTakenEffect {
                coverage.note(.crashBeforeAnswer)
            } else if !isOutage, random.chance(0.5) {
                // What was on its way to the store may still arrive.
                coverage.note(.crashWithEffect)
                try apply(commit, index)
            } else {
                coverage.note(.crashWithoutEffect)
            }
        }
        endProcess()
    }

    /// The process is asked to stop: nothing new is accepted or sent, and what is in flight may end.
    func stopBegins() throws(Violation) {
        coverage.note(.stop)
        trace.note(nil, at: now, "process \(self.life) is asked to stop")
        for device in shells.indices { try feed(.drain, to: device) }
        isStopping = true
        inProcess(.stopIsOver, after: .seconds(10))
        endStopIfQuiet()
    }

    func stopIsOver() {
        coverage.note(.stopTimedOut)
        endProcess()
    }

    private func endStopIfQuiet() {
        if isStopping, shells.allSatisfy({ $0?.lane.isQuiet ?? true }) { endProcess() }
    }

    /// Everything in the process is gone.
    func endProcess() {
        if checker.hasWishedCommands { coverage.note(.crashBeforeLeaving) }
        if checker.hasCommandsInFlight { coverage.note(.crashInFlight) }
        checker.died()
        isUp = false
        isStopping = false
        shells = shells.map { _ in nil }
        callsInLane = [:]
        turnstile = [:]
        for index in devices.indices {
            devices[index].commandsInHand = 0
            devices[index].lastLeft = nil
        }
        for call in calls.indices where calls[call].isInside && !calls[call].isOver { loseAnswer(call) }
        outside(.start, after: random.duration(in: scenario.server.downtime))
    }
}

import KeywayModel
import KeywayStore

/// The store: real tables behind a door that is slow, shut or untruthful at times.
extension World {
    func write(_ commit: LaneCommit, _ device: Int) throws(Violation) {
        guard shells[device]?.writing == nil else {
            throw Violation(.agreement, "two commits of one lane at once", device: device)
        }
        shells[device]?.writing = commit
        shells[device]?.hasTakenEffect = false
        shells[device]?.writingSince = now
        inProcess(.commitTakesEffect(device: device), after: random.duration(in: scenario.store.effectDelay))
    }

    func commitTakesEffect(_ device: Int) throws(Violation) {
        guard let commit = shells[device]?.writing else { return }
        let answer: StoreAnswer
        if isOutage || strikes(scenario.store.fails) {
            answer = .failed(mayBeDurable: isOutage && random.chance(0.3))
            coverage.note(.commitFailed)
        } else if strikes(scenario.store.failsUnknown) {
            answer = .failed(mayBeDurable: true)
            coverage.note(.commitUnknown)
        } else {
            try apply(commit, device)
            shells[device]?.hasTakenEffect = true
            if strikes(scenario.store.failsAfterwards) {
                answer = .failed(mayBeDurable: true)
                coverage.note(.commitDenied)
            } else {
                answer = .committed
            }
        }
        trace.note(device, at: now, "store: \(answer)\(self.shells[device]?.hasTakenEffect == true ? ", durable" : "")")
        inProcess(.commitAnswered(device: device, answer), after: random.duration(in: scenario.store.answerDelay))
    }

    func commitAnswered(_ device: Int, _ answer: StoreAnswer) throws(Violation) {
        guard let shell = shells[device] else { return }
        if now - shell.writingSince > .seconds(1) { coverage.note(.commitSlow) }
        shells[device]?.writing = nil
        switch answer {
        case .committed: try feed(.committed, to: device)
        case .failed(let mayBeDurable):
            checker.commitFailed(device: device)
            try feed(.commitFailed(mayBeDurable: mayBeDurable), to: device)
        }
    }

    /// Makes a commit durable, and lets the checker see what that changed.
    func apply(_ commit: LaneCommit, _ device: Int) throws(Violation) {
        do {
            try tables.apply(commit)
        } catch {
            throw Violation(.agreement, "the tables refuse a commit: \(error)", device: device)
        }
        try checker.applied(commit, tables, device: device, &coverage)
    }

    /// Whether reading the store fails right now.
    func readFails() -> Bool {
        guard isOutage || strikes(scenario.store.failsToRead) else { return false }
        coverage.note(.readFailed)
        return true
    }

    func outageBegins() {
        guard !isHealing else { return }
        isOutage = true
        coverage.note(.outage)
        trace.note(nil, at: now, "the store stops working")
        outside(.outageEnds, after: random.duration(in: scenario.store.outageFor))
    }

    func outageEnds() {
        guard isOutage else { return }
        isOutage = false
        checker.outageEnded()
        trace.note(nil, at: now, "the store works again")
        again(.outageBegins, within: scenario.store.outagePause)
    }

    func pruneKeys() {
        if !readFails() {
            let end = moment.wall + (.zero - IdempotencyRecord.lifetime)
            _ = tables.forgetIdempotencyRecords(before: end)
        }
        if !isHealing { inProcess(.keysPruned, after: .seconds(3600)) }
    }
}

import KeywayModel

/// That an outcome is true: G6, and that it comes neither early nor without reason.
extension Checker {
    /// The most outcomes of a device that a report must be able to contradict.
    ///
    /// The lane remembers eight; decisions that are not durable yet may have taken the places of a few.
    private static var maximumWatched: Int { 5 }

    /// Looks at an attempt that a commit has just resolved.
    mutating func checkOutcome(
        of id: Identifier<ActionAttempt>,
        device: Int,
        _ coverage: inout Coverage
    ) throws(Violation) {
        guard let file = files[id], let attempt = file.stored, let outcome = attempt.outcome else { return }
        coverage.note(outcome.occurrence)
        if case .failure(let failure) = outcome, failure.cause == .timedOut || failure.cause == .outcomeUnknown,
            attempt.dispatchedAt != nil
        {
            // Decided at the deadline at the earliest; a tester may decide at any time.
            let since = file.decided.isEmpty ? max(file.deadline, file.requestedAt) : file.requestedAt
            devices[device].watched.removeAll { $0.until <= time.now }
            if devices[device].watched.count == Self.maximumWatched { devices[device].watched.removeFirst() }
            devices[device].watched.append((id, since + limits.lateReportWindow))
        }
        if file.decided.contains(outcome) { return }
        guard try isTrue(outcome, file, attempt, device) else {
            let message = "\(id.number) ended as \(outcome.summary), and nothing says so"
            throw Violation(.truth, message, device: device)
        }
    }

    private func isTrue(
        _ outcome: Outcome,
        _ file: AttemptFile,
        _ attempt: ActionAttempt,
        _ device: Int
    ) throws(Violation) -> Bool {
        switch outcome {
        case .success(let result):
            switch result.wasConfirmedByDevice {
            case true?: attempt.actionType.wantedState.map { hasHeard(.bolt($0), after: file, device) } ?? false
            case false?: file.answers.contains(.delivered)
            case nil: attempt.actionType.wantedState == nil && file.answers.contains(.completed)
            }
        case .failure(let failure): try isTrue(failure.cause, file, attempt, device)
        }
    }

    private func isTrue(
        _ cause: FailureCause,
        _ file: AttemptFile,
        _ attempt: ActionAttempt,
        _ device: Int
    ) throws(Violation) -> Bool {
        let isUnsent = attempt.dispatchedAt == nil
        if isUnsent, file.leftAt != nil { return false }
        switch cause {
        case .timedOut, .outcomeUnknown, .actionAttemptExpired:
            guard time.now >= file.deadline else {
                let message = "\(attempt.id.number) ended as \(cause.rawValue) before its deadline at \(file.deadline)"
                throw Violation(.resolvedOnce, message, device: device)
            }
            switch cause {
            case .timedOut:
                return attempt.actionType.wantedState != nil
                    && BoltState.allCases.contains { bolt in
                        bolt.isSettled && bolt != attempt.actionType.wantedState
                            && hasHeard(.bolt(bolt), after: file, device)
                    }
            case .outcomeUnknown: return file.marked != nil
            default: return isUnsent
            }
        case .cancelled: return file.isCancelled && isUnsent
        case .superseded: return isUnsent && devices[device].supersededAt.map { $0 >= file.requestedAt } ?? false
        case .uncategorizedError: return file.mayBeUnstored && isUnsent
        case .deviceOffline where isUnsent:
            return attempt.parameters != .waitWhileOffline
                && (devices[device].offlineSeenAt.map { $0 >= file.requestedAt } ?? false
                    || !devices[device].stored.isOnline)
        default:
            let isRefused = file.answers.contains { if case .refused(cause, _) = $0 { true } else { false } }
            return isRefused || hasHeardFailure(cause, after: file, device)
        }
    }

    /// Whether the device said something after the command of an attempt had left, and a driver passed it on as fresh.
    private func hasHeard(_ content: DeviceReport.Content, after file: AttemptFile, _ device: Int) -> Bool {
        heardSince(file, device).contains { $0.content == content }
    }

    private func hasHeardFailure(_ cause: FailureCause, after file: AttemptFile, _ device: Int) -> Bool {
        heardSince(file, device)
            .contains { hearing in
                switch hearing.content {
                case .commandFailed(cause, _): true
                case .bolt(.jammed): cause == .lockJammed
                default: false
                }
            }
    }

    private func heardSince(_ file: AttemptFile, _ device: Int) -> [Hearing] {
        // If the process died between mark and command, nobody knows whether it left; the mark has to do (G4).
        let isRecovered = file.marked.map { $0.life < time.life } ?? false
        let since = file.leftAt ?? (isRecovered ? file.marked?.at : nil)
        // A driver that still waits for its connection at the deadline has the command, and will not send it.
        let sinceForReading = file.handedOverAt ?? since
        return devices[device].hearings
            .filter { hearing in
                guard let since = hearing.isReading ? sinceForReading : since else { return false }
                return !hearing.isReplay && hearing.madeAt >= since
                    && (hearing.attemptID == nil || hearing.attemptID == file.request.id)
            }
    }
}

extension Outcome {
    fileprivate var occurrence: Occurrence {
        switch self {
        case .success(let result):
            switch result.wasConfirmedByDevice {
            case true?: .confirmed
            case false?: .unconfirmed
            case nil: .completed
            }
        case .failure(let failure):
            switch failure.cause {
            case .lockJammed: .jammed
            case .timedOut: .timedOut
            case .outcomeUnknown: .unknown
            case .actionAttemptExpired: .expired
            case .cancelled: .takenBack
            case .superseded: .superseded
            case .deviceOffline: .offline
            case .uncategorizedError: .notStoredForSure
            default: .refusedByDriver
            }
        }
    }
}

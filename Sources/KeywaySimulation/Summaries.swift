import KeywayModel

// How the trace writes things: short, with small numbers for identities.

extension AttemptLane.Input {
    var summary: String {
        switch self {
        case .request(let request):
            "request \(request.attempt.id.number) \(request.attempt.actionType.rawValue) \(request.overlap)"
                + (request.idempotency.map { ", \($0.key)" } ?? "")
        case .committed: "committed"
        case .commitFailed(let mayBeDurable): "commit failed\(mayBeDurable ? ", may be durable" : "")"
        case .cancel(let id): "cancel \(id.number)"
        case .leaving(let id): "leaving \(id.number)"
        case .answered(let id, let answer): "answered \(id.number) \(answer)"
        case .reported(let report, _):
            "reported \(report.content)\(report.isReplay ? ", replay" : "")"
                + (report.attemptID.map { ", for \($0.number)" } ?? "") + (report.method.map { ", \($0)" } ?? "")
        case .read(let id, let bolt): "read \(bolt.map(\.rawValue) ?? "nothing") for \(id.number)"
        case .simulatedOutcome(let id, let outcome): "tester ends \(id.number) as \(outcome.summary)"
        case .delete: "delete"
        case .reset: "reset"
        case .woken: "woken"
        case .drain: "drain"
        }
    }
}

extension AttemptLane.Action {
    var summary: String {
        switch self {
        case .commit(let commit): "commit [\(commit.changes.map(\.summary).joined(separator: "; "))]"
        case .accepted(let attempt): "accepted \(attempt.id.number)"
        case .joined(let id, let attempt): "joined \(id.number) to \(attempt.id.number)"
        case .refused(let id, let refusal): "refused \(id.number): \(refusal)"
        case .send(let command): "send \(command.attemptID.number)"
        case .read(let id): "read for \(id.number)"
        case .resolved(let attempt): "resolved \(attempt.id.number)"
        case .recorded(let token): "recorded \(token)"
        }
    }
}

extension AttemptLane.Action {
    /// What goes into the hash of the trace: the kind of action, and what it is about.
    var traceNumber: UInt64 {
        switch self {
        case .commit(let commit): UInt64(commit.changes.count) << 3
        case .accepted(let attempt): attempt.id.number << 3 | 1
        case .joined(let id, _): id.number << 3 | 2
        case .refused(let id, _): id.number << 3 | 3
        case .send(let command): command.attemptID.number << 3 | 4
        case .read(let id): id.number << 3 | 5
        case .resolved(let attempt): attempt.id.number << 3 | 6
        case .recorded(let token): token << 3 | 7
        }
    }
}

extension LaneCommit.Change {
    var summary: String {
        switch self {
        case .accept(let attempt, _): "accept \(attempt.id.number)\(attempt.dispatchedAt == nil ? "" : " with mark")"
        case .join(let id, let attempt, _): "join \(id.number) to \(attempt.id.number)"
        case .dispatch(let id, _, _): "mark \(id.number)"
        case .resolve(let attempt, _):
            "resolve \(attempt.id.number) \(attempt.outcome?.summary ?? "without outcome")"
        case .lateReport(let id, let entry, _): "late report \(entry.detail ?? "") on \(id.number)"
        case .report(let events): events.map(\.type.rawValue).joined(separator: ", ")
        case .delete: "delete"
        case .reset: "reset"
        }
    }
}

extension Outcome {
    var summary: String {
        switch self {
        case .success(let result):
            switch result.wasConfirmedByDevice {
            case true?: "success, confirmed"
            case false?: "success, unconfirmed"
            case nil: "success"
            }
        case .failure(let failure): failure.cause.rawValue
        }
    }
}

extension CallAnswer {
    var summary: String {
        switch self {
        case .accepted(let attempt): "accepted \(attempt.id.number)"
        case .joined(let attempt): "joined to \(attempt.id.number)"
        case .repeated(let attempt): "the earlier \(attempt.id.number)"
        case .refused(let refusal): "refused, \(refusal)"
        case .keyReused: "key used for another request"
        case .storeUnreadable: "store unavailable"
        }
    }
}

import HTTPTypes
import KeywayEngine
import KeywayModel

extension Call {
    /// How long the caller wants its answer to be held for the outcome, and what header says that it was.
    ///
    /// `Prefer: wait=N` counts before `sync: true`, and that before the server's default.
    ///
    /// - Parameters:
    ///   - sync: Whether the request says `sync: true`.
    ///   - standard: How long to wait if it says nothing.
    /// - Returns: The time, zero if the answer is not to be held, and the header.
    private func wait(sync: Bool, otherwise standard: Duration) -> (time: Duration, applied: HTTPFields) {
        if let preferredWait {
            let longest = Int(services.configuration.maximumSyncWait / .seconds(1))
            let seconds = min(preferredWait, longest)
            return (.seconds(seconds), [.preferenceApplied: "wait=\(seconds)"])
        }
        return (sync ? services.configuration.maximumSyncWait : standard, [:])
    }

    /// Waits for an attempt's outcome as long as the caller wants to, and answers with the attempt as it is then.
    ///
    /// - Parameters:
    ///   - attempt: The attempt, which is accepted.
    ///   - sync: Whether the request says `sync: true`.
    ///   - standard: How long to wait if the request says nothing.
    ///   - includesTimeline: Whether the answer shows the timeline.
    /// - Returns: The answer of an endpoint that answers with an attempt.
    func answer(
        with attempt: ActionAttempt,
        sync: Bool,
        otherwise standard: Duration,
        includesTimeline: Bool = false
    ) async -> Reply {
        let (time, applied) = wait(sync: sync, otherwise: standard)
        var attempt = attempt
        if attempt.status == .pending, time > .zero {
            let lifetime = attempt.deadlineAt - services.time.now().wall + services.engine.resolutionGrace
            // The attempt is accepted, so whatever goes wrong now must not look as if it were not: a caller who was told
            // 503 would ask for the door to be opened again.
            attempt = (try? await services.engine.resolution(of: attempt, within: min(lifetime, time))) ?? attempt
            attempt = await services.engine.latest(attempt)
        }
        var reply: Reply = ["action_attempt": ActionAttemptBody(attempt: attempt, includesTimeline: includesTimeline)]
        reply.headers = applied
        return reply
    }
}

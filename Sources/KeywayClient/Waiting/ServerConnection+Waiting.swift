import Logging

extension ServerConnection {
    /// The attempt with an identity.
    func attempt(_ id: String, includesTimeline: Bool, hold: Int? = nil) -> APIRequest {
        var query = Query()
        query["action_attempt_id"] = .text(id)
        if includesTimeline { query["include"] = .list(["timeline"]) }
        var request = APIRequest.read("/action_attempts/get", query)
        request.hold = hold
        return request
    }

    /// Waits for the outcome of an attempt.
    ///
    /// What is temporarily wrong with the server does not end the wait: the attempt is accepted and goes on.
    ///
    /// - Parameters:
    ///   - attempt: The attempt as it was last seen.
    ///   - wasHeld: Whether the server held the answer in which it was seen.
    ///   - wait: The wait so far.
    ///   - patience: What the caller is told of how long was waited.
    /// - Returns: The success.
    /// - Throws: ``KeywayClient/ActionFailed``, ``KeywayClient/ActionNotResolved``, or what a request throws that has no
    ///   chance of a better answer.
    func outcome(
        of attempt: KeywayClient.ActionAttempt,
        wasHeld: Bool,
        _ wait: AttemptWait,
        patience: Duration
    ) async throws -> KeywayClient.ActionSuccess {
        var (attempt, wait, wasHeld) = (attempt, wait, wasHeld)
        var trouble: (any TemporaryTrouble)?
        while true {
            if let success = try attempt.outcome() { return success }
            let step = wait.step(
                wasHeld: wasHeld,
                retryAfter: trouble?.retryAfter ?? .zero,
                fraction: surroundings.fraction,
                at: clock.now
            )
            switch step {
            case .ask: break
            case .pause(let pause): try await clock.sleep(for: pause)
            case .giveUp:
                throw KeywayClient.ActionNotResolved(attempt: attempt, patience: patience, lastTrouble: trouble)
            }
            let hold = wait.hold(at: clock.now)
            let limit =
                min(wait.end - clock.now, .seconds(hold ?? 0) + configuration.requestTimeout) + Self.lastMoment
            do {
                let request = self.attempt(attempt.id, includesTimeline: false, hold: hold)
                let answer = try await sendOnce(request, within: limit)
                attempt = try answer.object("action_attempt")
                wasHeld = answer.wasHeld
                trouble = nil
            } catch let error as any TemporaryTrouble where error.isTemporary {
                logger.debug("an attempt could not be asked for", metadata: ["error": "\(error)"])
                trouble = error
                wasHeld = false
            }
        }
    }
}

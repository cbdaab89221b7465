/// Decides how the outcome of an attempt is waited for: held by the server where it can, else by asking again.
struct AttemptWait {
    /// What to do after an answer with a pending attempt, or none.
    enum Step: Hashable {
        /// Ask at once.
        case ask
        /// Ask after a pause.
        case pause(Duration)
        /// The patience is over.
        case giveUp
    }

    /// The reading of the clock at which the patience is over.
    let end: Duration
    private let longestHold: Duration
    private let backoff = Backoff(first: .milliseconds(300), longest: .seconds(2))
    private var pauses = 0

    init(from now: Duration, patience: Duration, longestHold: Duration) {
        end = now + patience
        self.longestHold = longestHold
    }

    /// For how many whole seconds the server is asked to hold a request that is sent now; nil: it is not.
    func hold(at now: Duration) -> Int? {
        let seconds = min(end - now, longestHold).components.seconds
        return seconds >= 1 ? Int(seconds) : nil
    }

    /// What to do now that the attempt is known to be pending, or nothing could be learnt.
    ///
    /// - Parameters:
    ///   - wasHeld: Whether the server held the request for as long as it was asked to.
    ///   - retryAfter: How long the server wants to be left alone.
    ///   - fraction: A random number from 0 to 1.
    ///   - now: The reading of the clock.
    /// - Returns: The step.
    mutating func step(
        wasHeld: Bool,
        retryAfter: Duration = .zero,
        fraction: Double,
        at now: Duration
    ) -> Step {
        let rest = end - now
        guard rest > .zero else { return .giveUp }
        if wasHeld {
            if hold(at: now) != nil { return .ask }
            // Less than a second is left, which cannot be asked for; at its end there is one last look.
            if rest < .seconds(1) { return .pause(rest) }
        }
        let pause = max(backoff.pause(pauses, fraction: fraction), retryAfter)
        pauses += 1
        return .pause(min(pause, rest))
    }
}

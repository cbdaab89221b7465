/// Decides whether a request is tried again, and after what pause.
struct RetryPlan {
    private static let backoff = Backoff(first: .milliseconds(400), longest: .seconds(5))

    private let maximumTries: Int
    private let longestRetryAfter: Duration
    private let end: Duration?
    private var tries = 1

    /// Makes the plan of one request, whose first try is under way.
    ///
    /// - Parameters:
    ///   - configuration: How often, and how long the server may ask to be left alone.
    ///   - end: No try begins after this reading of the clock; nil: there is no such bound.
    init(_ configuration: KeywayClient.Configuration, until end: Duration? = nil) {
        maximumTries = configuration.maximumTries
        longestRetryAfter = configuration.longestRetryAfter
        self.end = end
    }

    /// The pause before the next try; nil if there is to be none, and the error stands.
    mutating func pause(after error: any Error, fraction: Double, at now: Duration) -> Duration? {
        guard let trouble = error as? any TemporaryTrouble, trouble.isTemporary, tries < maximumTries else {
            return nil
        }
        let retryAfter = trouble.retryAfter ?? .zero
        guard retryAfter <= longestRetryAfter else { return nil }
        let pause = max(Self.backoff.pause(tries - 1, fraction: fraction), retryAfter)
        if let end, now + pause >= end { return nil }
        tries += 1
        return pause
    }
}

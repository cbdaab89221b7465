/// When a delivery that failed is tried again (wire contract, section 5).
package enum RetrySchedule {
    /// How long after each failure the next try is: 8 tries with the first one, about 27 h 35 min in all.
    package static let delays: [Duration] = [
        .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600), .seconds(5 * 3600), .seconds(10 * 3600),
        .seconds(10 * 3600),
    ]
    /// How far a delay may be from its entry, as a part of it, so that what failed together does not come back together.
    package static let jitter = 0.2
    /// The longest wait that a receiver can ask for with `Retry-After`.
    package static let longestRetryAfter: Duration = .seconds(86400)

    /// Says how long to wait after a failure.
    ///
    /// - Parameters:
    ///   - failures: How often the delivery has failed by now, at least 1.
    ///   - retryAfter: What the receiver asked for: never sooner than that, within ``longestRetryAfter``; nil: nothing.
    ///   - random: Where the jitter comes from.
    /// - Returns: The wait; nil: it was the last try.
    package static func delay(
        afterFailures failures: Int,
        retryAfter: Duration? = nil,
        using random: inout some RandomNumberGenerator
    ) -> Duration? {
        precondition(failures > 0)
        guard failures <= delays.count else { return nil }
        let scheduled = delays[failures - 1] * Double.random(in: 1 - jitter...1 + jitter, using: &random)
        guard let retryAfter else { return scheduled }
        return max(scheduled, min(max(retryAfter, .zero), longestRetryAfter))
    }
}

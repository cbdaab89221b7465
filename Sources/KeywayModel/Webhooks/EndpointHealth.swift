/// How the endpoint of a webhook does: whether it fails, since when, and whether that was too long.
package struct EndpointHealth: Hashable, Codable, Sendable {
    /// When the first failure was after which nothing succeeded; nil while it does not fail.
    package private(set) var failingSince: Timestamp?
    /// When the latest of those failures was; nil while it does not fail.
    package private(set) var lastFailureAt: Timestamp?
    /// When it was disabled; nil while deliveries are sent.
    package private(set) var disabledAt: Timestamp?
    /// Why it was disabled; nil while deliveries are sent.
    package private(set) var disabledReason: DisabledReason?

    /// How long an endpoint may fail, and nothing but fail, before it is disabled (wire contract, section 5).
    package static let patience: Duration = .seconds(5 * 86400)
    /// How long a silence without any try ends what an endpoint is held to have failed before.
    ///
    /// An endpoint that gets an event a week and missed two of them has not failed for a week. 36 h is half as long again
    /// as the longest wait between two tries of one delivery, ``RetrySchedule/longestRetryAfter``, so that an endpoint
    /// that keeps asking for that wait is disabled as well.
    package static let memory: Duration = .seconds(36 * 3600)

    /// Why an endpoint was disabled.
    package enum DisabledReason: String, Codable, CaseIterable, Sendable {
        /// It failed, and nothing but failed, for ``EndpointHealth/patience``.
        case failing
        /// It answered 410: the receiver wants nothing more, ever.
        case gone
    }

    /// Begins as the health of an endpoint that is not known to fail.
    package init() {}

    /// Whether deliveries are sent.
    package var isEnabled: Bool { disabledAt == nil }

    /// Whether the latest try failed.
    package var isFailing: Bool { failingSince != nil }

    /// Notes that a delivery succeeded.
    package mutating func succeeded() {
        failingSince = nil
        lastFailureAt = nil
    }

    /// Notes that a try failed at a time.
    ///
    /// - Returns: Whether that was one too many, so that the endpoint is disabled from now on.
    package mutating func failed(at time: Timestamp) -> Bool {
        if let lastFailureAt, time - lastFailureAt > Self.memory { failingSince = nil }
        let since = failingSince ?? time
        failingSince = since
        lastFailureAt = max(lastFailureAt ?? time, time)
        guard isEnabled, time - since >= Self.patience else { return false }
        disable(because: .failing, at: time)
        return true
    }

    /// Notes that the receiver wants nothing more.
    ///
    /// - Returns: Whether the endpoint was enabled before.
    package mutating func gone(at time: Timestamp) -> Bool {
        guard isEnabled else { return false }
        disable(because: .gone, at: time)
        return true
    }

    private mutating func disable(because reason: DisabledReason, at time: Timestamp) {
        disabledAt = time
        disabledReason = reason
    }
}

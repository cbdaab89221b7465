package import KeywayModel

/// The engine's settings.
package struct EngineConfiguration: Hashable, Sendable {
    /// The deadlines a caller may ask for.
    ///
    /// From one second, below which no real lock answers, to a day.
    package static let deadlines: ClosedRange<Duration> = .seconds(1) ... .seconds(86400)

    /// The time an attempt has, if its caller does not say.
    ///
    /// Default 30 s.
    package var defaultDeadline: Duration
    /// The bounds of each lane.
    package var lane: LaneLimits
    /// How long a caller who ends an attempt waits for that to be durable.
    ///
    /// Default 5 s. After that it is told to try again.
    package var longestWriteWait: Duration
    /// How often a device may be asked to do the same thing.
    package var rateLimit: RateLimit
    /// How long a stopping server waits for attempts in flight.
    ///
    /// Default 10 s. What is in flight after that is settled after the next start.
    package var drainTimeout: Duration

    /// Makes a configuration; every value has its default.
    package init(
        defaultDeadline: Duration = .seconds(30),
        lane: LaneLimits = LaneLimits(),
        longestWriteWait: Duration = .seconds(5),
        rateLimit: RateLimit = RateLimit(),
        drainTimeout: Duration = .seconds(10)
    ) {
        self.defaultDeadline = defaultDeadline
        self.lane = lane
        self.longestWriteWait = longestWriteWait
        self.rateLimit = rateLimit
        self.drainTimeout = drainTimeout
    }
}

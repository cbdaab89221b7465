extension KeywayClient {
    /// The times and bounds of a client.
    public struct Configuration: Hashable, Sendable {
        /// How long an action is waited for before ``ActionNotResolved`` is thrown.
        ///
        /// More than zero; default 60 s.
        public var patience: Duration = .seconds(60)
        /// How long the server may take to answer, beyond the time that it was asked to wait.
        ///
        /// More than zero; default 30 s.
        public var requestTimeout: Duration = .seconds(30)
        /// How long the server is asked at most to hold one request while an action is pending.
        ///
        /// Up to 60 s, which is the server's own bound; default 30 s, so that proxies do not take a waiting connection
        /// for a dead one. Zero: the server is never asked to hold, and is polled instead.
        public var longestHold: Duration = .seconds(30)
        /// How often a request is tried at most, the first time included.
        ///
        /// At least 1; default 4. Only what has a chance is tried again: no connection, no answer, and the statuses
        /// 429, 502, 503 and 504.
        public var maximumTries = 4
        /// The longest `Retry-After` that is waited for; after a longer one the ``APIError`` is thrown at once.
        ///
        /// Default 30 s.
        public var longestRetryAfter: Duration = .seconds(30)
        /// How long an event stream may be silent before its connection counts as dead.
        ///
        /// More than zero; default 45 s, which is three of the server's heartbeats.
        public var streamSilence: Duration = .seconds(45)
        /// The longest pause before an event stream is connected again.
        ///
        /// More than zero; default 30 s.
        public var longestReconnectPause: Duration = .seconds(30)
        /// The largest answer in bytes.
        ///
        /// At least 1; default 64 MiB.
        public var maximumAnswerBytes = 64 << 20
        /// The largest single event of a stream in bytes.
        ///
        /// At least 1; default 1 MiB.
        public var maximumEventBytes = 1 << 20

        /// Makes a configuration of the defaults.
        public init() {}

        func check() throws(InvalidConfiguration) {
            let durations = [
                ("patience", patience), ("requestTimeout", requestTimeout), ("streamSilence", streamSilence),
                ("longestReconnectPause", longestReconnectPause),
            ]
            for (name, duration) in durations where duration <= .zero {
                throw InvalidConfiguration(message: "\(name) must be more than zero.")
            }
            guard (Duration.zero...Duration.seconds(60)).contains(longestHold) else {
                throw InvalidConfiguration(message: "longestHold must be from zero to 60 seconds.")
            }
            let counts = [
                ("maximumTries", maximumTries), ("maximumAnswerBytes", maximumAnswerBytes),
                ("maximumEventBytes", maximumEventBytes),
            ]
            for (name, count) in counts where count < 1 {
                throw InvalidConfiguration(message: "\(name) must be at least 1.")
            }
        }
    }
}

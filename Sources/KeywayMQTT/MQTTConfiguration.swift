/// The settings of the driver, which hold for every connected account.
package struct MQTTConfiguration: Hashable, Sendable {
    /// How often the driver looks which connected accounts there are.
    ///
    /// Default 2 s: an account added or removed on the command line counts within that.
    package var accountPollInterval: Duration
    /// After how much silence Keyway and a broker ask each other whether they are still there.
    ///
    /// Default 15 s, 5 s at least. A connection that stays silent for twice as long is given up.
    package var keepAlive: Duration
    /// The longest that making a connection to a broker may take.
    ///
    /// Default 10 s.
    package var connectTimeout: Duration
    /// The longest pause between two tries to connect; the first one is a second, and each further one doubles it.
    ///
    /// Default 60 s. Zero for no pauses at all.
    package var longestReconnectPause: Duration
    /// How long a connection may be gone before the locks behind it count as offline.
    ///
    /// Default 5 s: a broker that is started again is no news for every lock. Commands are refused from the first moment.
    package var disconnectGrace: Duration
    /// How long after a connection is made the locks have to say whether they can be reached.
    ///
    /// Default 10 s. A lock that has said nothing by then counts as online, and one that is not announced as offline.
    package var reachPatience: Duration
    /// The longest that reading where a bolt is may take.
    ///
    /// Default 1.5 s, 2 s at most: a reading that comes after the grace of an attempt (G2) tells nobody anything.
    package var readTimeout: Duration
    /// How long after its deadline an attempt may still be settled by what its lock says.
    ///
    /// Default 3 s; it must be longer than the engine's grace.
    package var settlingTime: Duration
    /// The most locks of one account; further ones are not taken.
    ///
    /// Default 1,000.
    package var maximumLocks: Int

    /// Makes a configuration; every value has its default.
    package init(
        accountPollInterval: Duration = .seconds(2),
        keepAlive: Duration = .seconds(15),
        connectTimeout: Duration = .seconds(10),
        longestReconnectPause: Duration = .seconds(60),
        disconnectGrace: Duration = .seconds(5),
        reachPatience: Duration = .seconds(10),
        readTimeout: Duration = .milliseconds(1500),
        settlingTime: Duration = .seconds(3),
        maximumLocks: Int = 1_000
    ) {
        self.accountPollInterval = accountPollInterval
        self.keepAlive = max(keepAlive, .seconds(5))
        self.connectTimeout = connectTimeout
        self.longestReconnectPause = longestReconnectPause
        self.disconnectGrace = disconnectGrace
        self.reachPatience = reachPatience
        self.readTimeout = min(readTimeout, .seconds(2))
        self.settlingTime = settlingTime
        self.maximumLocks = maximumLocks
    }
}

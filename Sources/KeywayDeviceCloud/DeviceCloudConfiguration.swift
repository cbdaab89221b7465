/// The settings of the driver, which hold for every connected account.
package struct DeviceCloudConfiguration: Hashable, Sendable {
    /// How long after one reading of all the locks of an account the next begins.
    ///
    /// Default 60 s.
    package var discoveryInterval: Duration
    /// How often the driver looks which connected accounts there are.
    ///
    /// Default 2 s: an account added or removed on the command line counts within that.
    package var accountPollInterval: Duration
    /// The longest that reading where a bolt is may take.
    ///
    /// Default 1.5 s, 2 s at most: a reading that comes after the grace of an attempt (G2) tells nobody anything.
    package var readTimeout: Duration
    /// The longest that storing what a callback says may take; then its sender is told to bring it again.
    ///
    /// Default 15 s.
    package var callbackTimeout: Duration
    /// The most commands of one account that are on their way to the maker at one time; further ones wait.
    ///
    /// Default 16.
    package var maximumConcurrentCommands: Int
    /// The most readings of one account at one time; further ones wait.
    ///
    /// Default 8.
    package var maximumConcurrentReadings: Int
    /// The most locks of one account; an account that has more is not read at all.
    ///
    /// Default 10,000.
    package var maximumLocks: Int
    /// The longest answer of a maker that is read, in bytes.
    ///
    /// Default 4 MiB, which holds the list of the most locks with 400 bytes each.
    package var maximumAnswerBytes: Int

    /// Makes a configuration; every value has its default.
    package init(
        discoveryInterval: Duration = .seconds(60),
        accountPollInterval: Duration = .seconds(2),
        readTimeout: Duration = .milliseconds(1500),
        callbackTimeout: Duration = .seconds(15),
        maximumConcurrentCommands: Int = 16,
        maximumConcurrentReadings: Int = 8,
        maximumLocks: Int = 10_000,
        maximumAnswerBytes: Int = 4 << 20
    ) {
        self.discoveryInterval = discoveryInterval
        self.accountPollInterval = accountPollInterval
        self.readTimeout = min(readTimeout, .seconds(2))
        self.callbackTimeout = callbackTimeout
        self.maximumConcurrentCommands = maximumConcurrentCommands
        self.maximumConcurrentReadings = maximumConcurrentReadings
        self.maximumLocks = maximumLocks
        self.maximumAnswerBytes = maximumAnswerBytes
    }
}

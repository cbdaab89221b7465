/// The settings of the webhook sender, which hold for every webhook.
package struct WebhookConfiguration: Hashable, Sendable {
    /// How long a receiver has for the whole exchange: looking up its name, connecting, taking the event, and answering.
    ///
    /// Default 15 s (wire contract, section 5). Range: 1 to 60 s.
    package var requestTimeout: Duration
    /// The most requests under way at one time.
    ///
    /// Default 64. Range: 4 to 1024. The last quarter is kept for endpoints that have none under way, and those whose
    /// latest try failed have half of them at most, one each.
    package var maximumRequests: Int
    /// The most requests under way to one endpoint at one time.
    ///
    /// Default 8. Range: 1 to 64.
    package var maximumRequestsPerEndpoint: Int
    /// How often the sender looks for deliveries that nobody has told it of, and puts away what is done with.
    ///
    /// Default 10 s. Range: 1 to 300 s.
    package var pollInterval: Duration
    /// How long deliveries can be looked back at, and sent again, after they were done.
    ///
    /// Default 30 days. Range: 1 to 365 days.
    package var retention: Duration
    /// How long requests under way may go on when the server stops; those that are cut off are sent again by the next
    /// one.
    ///
    /// Default 10 s. Range: 0 to 600 s.
    package var drainTimeout: Duration

    /// Makes a configuration; every value has its default.
    package init(
        requestTimeout: Duration = .seconds(15),
        maximumRequests: Int = 64,
        maximumRequestsPerEndpoint: Int = 8,
        pollInterval: Duration = .seconds(10),
        retention: Duration = .seconds(30 * 86400),
        drainTimeout: Duration = .seconds(10)
    ) {
        self.requestTimeout = requestTimeout
        self.maximumRequests = maximumRequests
        self.maximumRequestsPerEndpoint = maximumRequestsPerEndpoint
        self.pollInterval = pollInterval
        self.retention = retention
        self.drainTimeout = drainTimeout
    }
}

package import KeywayDriver

/// The settings of the HTTP side.
package struct APIConfiguration: Hashable, Sendable {
    /// The address to listen on.
    ///
    /// Default 127.0.0.1: this machine only.
    package var host: String
    /// The port to listen on; 0: any free one.
    ///
    /// Default 8080.
    package var port: Int
    /// The largest request body in bytes; a larger one is answered with 413.
    ///
    /// Default 1 MiB (wire contract, section 1.3).
    package var maximumBodyBytes: Int
    /// The most rows of one page; a larger `limit` is taken as this.
    ///
    /// Default 1,000. Clients see by `has_next_page` that there is more, so a large `limit` needs no error.
    package var maximumPageSize: Int
    /// The most rows of an answer that the contract gives no pages; more are answered with an error that says where
    /// the pages are.
    ///
    /// Default 10,000.
    package var maximumUnpagedRows: Int
    /// Where clients reach this server, such as `https://locks.example.com/api`; nil: what their `Host` header says.
    ///
    /// Links in answers begin with it. Default nil.
    package var publicBaseURL: String?
    /// How long a connection may be silent before or while it sends a request.
    ///
    /// Default 60 s.
    package var idleTimeout: Duration
    /// The most connections at one time; further ones wait to be accepted.
    ///
    /// Default 4,096.
    package var maximumConnections: Int
    /// The longest a request with `sync` waits for the outcome.
    ///
    /// Default 60 s; SDKs give up after 30 s unless told otherwise (wire contract, section 1.9).
    package var maximumSyncWait: Duration

    /// How long a request for an action waits for the outcome if it says nothing about waiting; zero: not at all.
    ///
    /// Default zero. Clients that poll anyway then get most outcomes at once, at the cost of connections that stay open.
    package var defaultWait: Duration
    /// The most event streams at one time; more are answered with 429.
    ///
    /// Default 2,048: half of the connections.
    package var maximumEventStreams: Int
    /// The most event streams of one credential at one time; more are answered with 429.
    ///
    /// Default 1,024.
    package var maximumEventStreamsPerKey: Int
    /// How long an event stream is silent at most, and how often its credential is looked at again.
    ///
    /// Default 15 s, as the HTML standard recommends.
    package var eventStreamHeartbeat: Duration
    /// How long one write to an event stream may take before its reader is cut off.
    ///
    /// Default 30 s.
    package var eventStreamWriteTimeout: Duration
    /// What who reads `/metrics` must present as a bearer token; nil: there is no `/metrics`.
    ///
    /// Default nil.
    package var metricsToken: Secret?

    /// Makes a configuration; every value has its default.
    package init(
        host: String = "127.0.0.1",
        port: Int = 8080,
        maximumBodyBytes: Int = 1 << 20,
        maximumPageSize: Int = 1000,
        maximumUnpagedRows: Int = 10_000,
        publicBaseURL: String? = nil,
        idleTimeout: Duration = .seconds(60),
        maximumConnections: Int = 4096,
        maximumSyncWait: Duration = .seconds(60),
        defaultWait: Duration = .zero,
        maximumEventStreams: Int = 2048,
        maximumEventStreamsPerKey: Int = 1024,
        eventStreamHeartbeat: Duration = .seconds(15),
        eventStreamWriteTimeout: Duration = .seconds(30),
        metricsToken: Secret? = nil
    ) {
        self.host = host
        self.port = port
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumPageSize = maximumPageSize
        self.maximumUnpagedRows = maximumUnpagedRows
        self.publicBaseURL = publicBaseURL
        self.idleTimeout = idleTimeout
        self.maximumConnections = maximumConnections
        self.maximumSyncWait = maximumSyncWait
        self.defaultWait = defaultWait
        self.maximumEventStreams = maximumEventStreams
        self.maximumEventStreamsPerKey = maximumEventStreamsPerKey
        self.eventStreamHeartbeat = eventStreamHeartbeat
        self.eventStreamWriteTimeout = eventStreamWriteTimeout
        self.metricsToken = metricsToken
    }
}

import KeywayDriver

/// How to reach a broker and be taken by it.
struct BrokerOptions: Hashable, Sendable {
    /// The name or address of the broker.
    var host: String
    /// The port, 1 to 65,535.
    var port: Int
    /// How the connection is encrypted; nil: not at all.
    var tls: MQTTSettings.TLS?
    /// The user's name; nil: none.
    var user: String?
    /// The user's password; nil: none.
    var password: Secret?
    /// Under which name the broker knows this connection; a second one with the same name puts the first one out.
    var clientID: String
    /// After how much silence the broker and Keyway ask each other whether they are still there.
    ///
    /// Default 15 s. At least 5 s, the library's bound. A connection that is silent for twice as long is given up.
    var keepAlive: Duration = .seconds(15)
    /// The longest that making a connection may take, from the look-up of the name to the broker's consent.
    ///
    /// Default 10 s.
    var connectTimeout: Duration = .seconds(10)
    /// The most messages to publish that wait for their turn.
    ///
    /// Default 1,024.
    var maximumWaitingMessages = 1024
    /// The most messages that the broker has not acknowledged at one time; the broker may want fewer.
    ///
    /// Default 16. Less than the library's own bound of 20, over which it would keep messages and send them later.
    var maximumMessagesInFlight = 16

    /// What is subscribed to before everything else, with a packet of its own: a broker may have kept more than it has
    /// room to send at once, and then drops what comes last.
    var urgentTopics: Set<String> = []

    /// Where others can see whether this connection stands: `online`, or `offline`, kept by the broker.
    var statusTopic: String { "keyway/\(clientID)/status" }
}

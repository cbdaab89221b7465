/// What became of a message that was to be published.
enum PublishOutcome: Hashable, Sendable {
    /// It was surely not sent, and will not be.
    case notSent(Obstacle)
    /// The broker took it.
    case acknowledged
    /// The broker took it, and says that nobody is subscribed to the topic: it reached no one, and will not.
    case noSubscriber
    /// The broker refused it, with this reason: it reached no one, and will not.
    case refused(code: UInt8, String)
    /// It may have been sent: the connection broke, or was given up in time for the deadline, before the broker answered.
    ///
    /// What of it had not left by then never will.
    case unknown(String)

    /// Why something was not sent.
    enum Obstacle: Hashable, Sendable {
        /// There is no connection to the broker, for this reason.
        case notConnected(String)
        /// Too little time was left for a message that the broker can be told to forget in time, or none.
        case tooLate
        /// Too many messages wait already.
        case tooMany
        /// The library will not send such a message, for this reason.
        case unsendable(String)
    }
}

/// What a receiver answered.
struct ReceiverAnswer: Hashable, Sendable {
    /// The HTTP status.
    let status: Int
    /// The beginning of the body; nil if there is none.
    var text: String?
    /// The header `retry-after`.
    var retryAfter: String?
    /// The header `webhook-delivery`, with which a receiver can stop the retries of one delivery.
    var wish: String?

    /// Whether the receiver asks not to send this event again.
    var aborts: Bool { wish == "abort-message" }
}

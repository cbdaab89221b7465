import KeywayModel

/// A message that the broker passed on.
struct InboundMessage: Hashable, Sendable {
    /// Where it was published.
    let topic: String
    /// What was published, byte for byte.
    let payload: [UInt8]
    /// Whether the broker had kept it: it says what was true once, and proves nothing about now.
    let isRetained: Bool
    /// When it came.
    let receivedAt: MonotonicInstant
    /// Its place among everything that this connection received and sent.
    let stamp: TrafficStamp
}

/// The place of a message in the traffic of one connection.
///
/// Given by the one thread that reads from the socket and writes to it, so of two stamps of one connection the smaller
/// one is of what happened first.
struct TrafficStamp: Hashable, Sendable {
    /// Which connection, counted from 1 over the life of an account.
    let generation: UInt64
    /// The how manieth message of it, either way.
    let number: UInt64

    /// Whether this was after another on the same connection; false if the connections differ.
    func follows(_ other: TrafficStamp) -> Bool {
        generation == other.generation && number > other.number
    }
}

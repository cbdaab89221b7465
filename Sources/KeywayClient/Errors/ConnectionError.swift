extension KeywayClient {
    /// The server could not be reached, or did not answer.
    ///
    /// Nothing is known about whether it received the request. Requests that act are sent with an idempotency key, so
    /// the tries that the client made itself did nothing twice.
    public struct ConnectionError: Error, Sendable, CustomStringConvertible {
        /// The address that was tried.
        public let endpoint: String
        /// What went wrong, in a few words.
        public let reason: String

        /// One sentence with the address and what went wrong.
        public var description: String { "The server at \(endpoint) cannot be reached: \(reason)." }
    }
}

extension KeywayClient.ConnectionError: TemporaryTrouble {
    var isTemporary: Bool { true }
    var retryAfter: Duration? { nil }
}

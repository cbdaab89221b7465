extension KeywayClient {
    /// Something answered that does not speak the API, such as a proxy with a page of its own.
    public struct UnreadableAnswer: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong with the answer, in one sentence.
        public let message: String
        /// The HTTP status; nil where there was none.
        public internal(set) var status: Int?
        /// The request's identity in the server's log; nil if the server did not say.
        public internal(set) var requestID: String?
        /// When a new try has a fair chance; nil if the server did not say.
        public internal(set) var retryAfter: Duration?

        /// The message with the status.
        public var description: String { message + (status.map { " (HTTP status \($0))" } ?? "") }
    }
}

extension KeywayClient.UnreadableAnswer: TemporaryTrouble {
    var isTemporary: Bool { status.map(Self.isTemporary(status:)) ?? false }
}

extension KeywayClient {
    /// An action was still pending when the client's patience ended.
    ///
    /// The attempt goes on without the client, and may still succeed until its deadline. Ask again with
    /// ``ActionAttempts/outcome(of:patience:)``, or take it back with ``ActionAttempts/cancel(_:)``.
    public struct ActionNotResolved: Error, Sendable, CustomStringConvertible {
        /// The attempt as it was last seen.
        public let attempt: ActionAttempt
        /// How long it was waited for.
        public let patience: Duration
        /// Why the server could not be asked at the end; nil if it could.
        public let lastTrouble: (any Error)?

        /// One sentence with the attempt's identity.
        public var description: String {
            "The attempt \(attempt.id) was still pending after \(patience)."
                + (lastTrouble.map { " The server could not be asked again: \($0)" } ?? "")
        }
    }
}

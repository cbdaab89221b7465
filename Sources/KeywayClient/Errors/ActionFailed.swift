extension KeywayClient {
    /// An action ended without the wanted outcome.
    public struct ActionFailed: Error, Hashable, Sendable, CustomStringConvertible {
        /// The attempt as it ended.
        public let attempt: ActionAttempt
        /// Why it failed.
        public let cause: FailureCause
        /// One sentence for a person.
        public let message: String
        /// Whether the same request, made again a little later, has a fair chance.
        ///
        /// False as well where the device may have acted already: then repeating must be a decision and not a reflex.
        public let isRetryable: Bool

        /// The attempt's identity.
        public var attemptID: String { attempt.id }

        /// The message with its cause.
        public var description: String { "\(message) (\(cause))" }
    }
}

extension KeywayClient {
    /// An action reached what was wanted.
    public struct ActionSuccess: Hashable, Sendable {
        /// The attempt as it ended.
        public let attempt: ActionAttempt

        /// Whether the device itself reported the wanted state after the command.
        ///
        /// False if the command was delivered and the device cannot confirm; nil if the server does not know.
        public var wasConfirmedByDevice: Bool? { attempt.wasConfirmedByDevice }
    }
}

extension KeywayClient.ActionAttempt {
    /// What the attempt came to; nil while it is pending.
    ///
    /// - Throws: ``KeywayClient/ActionFailed`` if it failed.
    public func outcome() throws(KeywayClient.ActionFailed) -> KeywayClient.ActionSuccess? {
        switch status {
        case .success: return KeywayClient.ActionSuccess(attempt: self)
        case .error:
            let failure = failure ?? Failure(json: .null)
            throw KeywayClient.ActionFailed(
                attempt: self,
                cause: failure.cause,
                message: failure.message,
                isRetryable: failure.isRetryable
            )
        default: return nil
        }
    }
}

import KeywayModel

/// A caller's idempotency key, and what it was sent with (G9).
package struct IdempotencyClaim: Hashable, Sendable {
    /// The key: 1 to 255 characters.
    package let key: String
    /// SHA-256 of the path and the parameters: the same key with another hash is an error.
    package let requestHash: [UInt8]

    /// Makes a claim.
    package init(key: String, requestHash: [UInt8]) {
        self.key = key
        self.requestHash = requestHash
    }

    /// What is remembered of it once its request has got an attempt, or was about none.
    func record(
        by requester: Requester,
        attemptID: Identifier<ActionAttempt>,
        at time: Timestamp
    ) -> IdempotencyRecord {
        IdempotencyRecord(
            requester: requester,
            key: key,
            requestHash: requestHash,
            attemptID: attemptID,
            createdAt: time
        )
    }
}

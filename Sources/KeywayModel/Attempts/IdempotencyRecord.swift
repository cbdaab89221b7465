/// What Keyway remembers of a request with an idempotency key, so that a retry gets the same attempt (G9).
package struct IdempotencyRecord: Hashable, Sendable {
    /// How long a key is remembered.
    ///
    /// 24 hours (G9).
    package static let lifetime: Duration = .seconds(86400)

    /// What stands in the place of an attempt's id if the request was about none, as when a virtual device is told how
    /// to behave: no attempt has this id.
    package static let noAttempt = Identifier<ActionAttempt>(high: 0, low: 0)

    /// Whose key it is: keys of different requesters have nothing to do with each other.
    package let requester: Requester
    /// The key, as the caller chose it: 1 to 255 characters.
    package let key: String
    /// SHA-256 of what was asked for: the path and the parameters.
    package let requestHash: [UInt8]
    /// The attempt that the caller got, or ``noAttempt``.
    package let attemptID: Identifier<ActionAttempt>
    /// When it was accepted; the key is forgotten ``lifetime`` later.
    package let createdAt: Timestamp

    /// Makes a record.
    package init(
        requester: Requester,
        key: String,
        requestHash: [UInt8],
        attemptID: Identifier<ActionAttempt>,
        createdAt: Timestamp
    ) {
        self.requester = requester
        self.key = key
        self.requestHash = requestHash
        self.attemptID = attemptID
        self.createdAt = createdAt
    }

    /// The same key, pointing at another attempt, which its caller shares.
    package func pointing(at attemptID: Identifier<ActionAttempt>) -> IdempotencyRecord {
        IdempotencyRecord(
            requester: requester,
            key: key,
            requestHash: requestHash,
            attemptID: attemptID,
            createdAt: createdAt
        )
    }
}

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
}

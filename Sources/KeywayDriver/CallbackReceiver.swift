package import KeywayModel

/// A driver whose provider calls back over HTTP, at `/providers/{provider}/{connected_account_id}/events`.
package protocol CallbackReceiver: Sendable {
    /// Takes a callback, which nobody has authenticated yet.
    ///
    /// - Parameters:
    ///   - callback: What came.
    ///   - accountID: The connected account that its path names, which need not exist.
    /// - Returns: What to answer.
    func receive(_ callback: Callback, for accountID: Identifier<ConnectedAccount>) async -> CallbackVerdict
}

/// A provider's request to Keyway, as it came.
package struct Callback: Sendable {
    /// The header fields, by name in lower case; of several with one name the last.
    package let headers: [String: String]
    /// The body, byte for byte.
    package let body: [UInt8]

    /// Makes a callback.
    package init(headers: [String: String], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }
}

/// What a provider is told about its callback.
package enum CallbackVerdict: Hashable, Sendable {
    /// Everything it says is durable, or means nothing to Keyway.
    case accepted
    /// It is not proven to come from the account's provider, or there is no such account; which of them is not said.
    case unauthorized
    /// It is authentic but cannot be read, for this reason, which holds nothing secret.
    case malformed(String)
    /// It could not be made durable now; the provider should bring it again.
    case unavailable
}

package import KeywayModel

/// A driver that looks at the devices of a connected account when it is told to, beside when it would by itself.
package protocol AccountSynchronizer: Sendable {
    /// Has an account's devices looked at as soon as possible, without waiting for that; no effect on an account that it
    /// does not serve.
    func synchronize(_ accountID: Identifier<ConnectedAccount>) async
}

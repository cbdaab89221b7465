package import KeywayModel

/// Where a driver learns which connected accounts there are and which of their locks are known: the store, as the
/// composition root gives it.
package struct AccountSource: Sendable {
    /// Reads every account of the driver's provider, removed ones included.
    package let accounts: @Sendable () async throws -> [ConnectedAccount]
    /// Reads every stored device of an account.
    package let devices: @Sendable (ConnectedAccount) async throws -> [Device]

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - accounts: Every account of the provider, removed ones included.
    ///   - devices: Every stored device of an account.
    package init(
        accounts: @escaping @Sendable () async throws -> [ConnectedAccount],
        devices: @escaping @Sendable (ConnectedAccount) async throws -> [Device]
    ) {
        self.accounts = accounts
        self.devices = devices
    }
}

/// One configured connection to a provider, and with it the devices it reaches.
package struct ConnectedAccount: Hashable, Sendable {
    /// Its identity.
    package let id: Identifier<ConnectedAccount>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// The kind of connection.
    package let provider: Provider
    /// Its name for people.
    package var displayName: String
    /// When it was made.
    package let createdAt: Timestamp

    /// Makes a connected account.
    package init(
        id: Identifier<ConnectedAccount>,
        workspaceID: Identifier<Workspace>,
        provider: Provider,
        displayName: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.provider = provider
        self.displayName = displayName
        self.createdAt = createdAt
    }
}

/// A kind of connection; each has one driver.
package struct Provider: Hashable, Sendable, RawRepresentable {
    /// The name as stored, such as `sandbox`.
    package let rawValue: String

    /// Names a provider.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Virtual locks with scripted behaviour.
    package static let sandbox = Provider(rawValue: "sandbox")
}

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
    /// What its driver needs to use the connection, secrets included: shown by no API, no log and no description.
    package var settings: JSONValue
    /// When it was removed; nil while it is in use.
    ///
    /// Its devices and their history stay; its settings do not.
    package var removedAt: Timestamp?

    /// Makes a connected account.
    package init(
        id: Identifier<ConnectedAccount>,
        workspaceID: Identifier<Workspace>,
        provider: Provider,
        displayName: String,
        createdAt: Timestamp,
        settings: JSONValue = .null,
        removedAt: Timestamp? = nil
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.provider = provider
        self.displayName = displayName
        self.createdAt = createdAt
        self.settings = settings
        self.removedAt = removedAt
    }
}

extension ConnectedAccount: CustomStringConvertible, CustomReflectable {
    /// The identity and the provider, and nothing secret.
    package var description: String { "connected account \(id) of \(provider.rawValue)" }

    /// What debuggers and `dump` show: not the settings either.
    package var customMirror: Mirror {
        Mirror(self, children: ["id": id, "workspaceID": workspaceID, "provider": provider.rawValue])
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
    /// Locks behind a maker's HTTP API.
    package static let deviceCloud = Provider(rawValue: "device_cloud")
}

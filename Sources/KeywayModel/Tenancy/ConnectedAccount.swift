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
    /// The owner's own keys and values.
    package var customMetadata: [String: MetadataValue]
    /// Whether the owner lets Keyway act on devices that turn up; if not, they are only shown.
    package var automaticallyManagesNewDevices: Bool
    /// The kinds of device that the owner wants of it, in the words of the wire contract (section 3.7).
    package var acceptedCapabilities: [String]
    /// The owner's key of the customer whose it is; nil if there is none.
    ///
    /// Can be set only once (wire contract, section 4.7).
    package var customerKey: String?
    /// Since when the connection is gone; nil while it stands.
    package var disconnectedAt: Timestamp?
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
        customMetadata: [String: MetadataValue] = [:],
        automaticallyManagesNewDevices: Bool = true,
        acceptedCapabilities: [String] = ["lock"],
        customerKey: String? = nil,
        disconnectedAt: Timestamp? = nil,
        settings: JSONValue = .null,
        removedAt: Timestamp? = nil
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.provider = provider
        self.displayName = displayName
        self.createdAt = createdAt
        self.customMetadata = customMetadata
        self.automaticallyManagesNewDevices = automaticallyManagesNewDevices
        self.acceptedCapabilities = acceptedCapabilities
        self.customerKey = customerKey
        self.disconnectedAt = disconnectedAt
        self.settings = settings
        self.removedAt = removedAt
    }
}

extension ConnectedAccount: CustomStringConvertible, CustomReflectable {
    /// Its errors right now (wire contract, section 3.7).
    package var healthIssues: [HealthIssue] {
        guard let disconnectedAt else { return [] }
        let message = "The connection to the provider is gone."
        return [HealthIssue(errorCode: "account_disconnected", message: message, createdAt: disconnectedAt)]
    }

    /// The identity and the provider, and nothing secret.
    package var description: String { "connected account \(id) of \(provider.rawValue)" }

    /// What debuggers and `dump` show: not the settings either.
    package var customMirror: Mirror {
        Mirror(self, children: ["id": id, "workspaceID": workspaceID, "provider": provider.rawValue])
    }
}

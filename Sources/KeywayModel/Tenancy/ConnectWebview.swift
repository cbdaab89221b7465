/// One invitation to connect an account: a page that a user opens, and what became of it.
package struct ConnectWebview: OwnedRecord {
    /// Connect Webviews.
    package static let kind = OwnedRecordKind.connectWebview

    /// Its identity.
    package let id: Identifier<ConnectWebview>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// When it was made.
    package let createdAt: Timestamp
    /// What the owner asked for when making it.
    package let wishes: Wishes
    /// How far it is.
    package var progress: Progress

    /// Makes an invitation that nobody has opened yet.
    package init(
        id: Identifier<ConnectWebview>,
        workspaceID: Identifier<Workspace>,
        createdAt: Timestamp,
        wishes: Wishes,
        progress: Progress = .pending
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.createdAt = createdAt
        self.wishes = wishes
        self.progress = progress
    }

    /// How far an invitation is.
    package enum Progress: Hashable, Codable, Sendable {
        /// The user has not connected yet.
        case pending
        /// The user connected this account.
        case authorized(Identifier<ConnectedAccount>, at: Timestamp)
        /// The user declined.
        case failed
    }

    /// What an owner asks for, in the words of the wire contract (section 4.7).
    package struct Wishes: Hashable, Codable, Sendable {
        /// The providers that the user may choose from; empty: any.
        package var acceptedProviders: [String]
        /// The kinds of device that are wanted.
        package var acceptedCapabilities: [String]
        /// Whether the devices of the account are managed from the start.
        package var automaticallyManagesNewDevices: Bool
        /// Whether the user waits until the devices are there.
        package var waitsForDeviceCreation: Bool
        /// The owner's own keys and values, handed on to the account.
        package var customMetadata: [String: MetadataValue]
        /// Where the user goes afterwards; nil: nowhere.
        package var redirectURL: String?
        /// Where the user goes who declined; nil: nowhere.
        package var failureRedirectURL: String?
        /// The owner's key of the customer who is invited; nil if there is none.
        package var customerKey: String?

        /// Makes wishes; nothing special by default.
        package init(
            acceptedProviders: [String] = [],
            acceptedCapabilities: [String] = [],
            automaticallyManagesNewDevices: Bool = true,
            waitsForDeviceCreation: Bool = false,
            customMetadata: [String: MetadataValue] = [:],
            redirectURL: String? = nil,
            failureRedirectURL: String? = nil,
            customerKey: String? = nil
        ) {
            self.acceptedProviders = acceptedProviders
            self.acceptedCapabilities = acceptedCapabilities
            self.automaticallyManagesNewDevices = automaticallyManagesNewDevices
            self.waitsForDeviceCreation = waitsForDeviceCreation
            self.customMetadata = customMetadata
            self.redirectURL = redirectURL
            self.failureRedirectURL = failureRedirectURL
            self.customerKey = customerKey
        }
    }
}

extension ConnectWebview {
    /// Its identity: whoever opens the page knows nothing but that.
    package var globalKey: String? { id.description }
}

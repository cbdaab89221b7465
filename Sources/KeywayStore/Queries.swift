package import KeywayModel

/// One page of a longer list.
package struct Page<Element: Sendable>: Sendable {
    /// The rows of this page, at most as many as asked for.
    package let elements: [Element]
    /// Where the next page begins, to be given back as `after`; nil if this is the last one.
    package let next: Int64?

    /// Makes a page.
    package init(elements: [Element], next: Int64?) {
        self.elements = elements
        self.next = next
    }
}

/// Which attempts to list.
///
/// Filters are joined by AND; a nil filter lets everything pass, an empty list nothing.
package struct ActionAttemptQuery: Hashable, Sendable {
    /// The workspace to look in.
    package var workspaceID: Identifier<Workspace>
    /// Only these attempts.
    package var ids: [Identifier<ActionAttempt>]?
    /// Only attempts on this device.
    package var deviceID: Identifier<Device>?
    /// The most rows to return, at least 1.
    package var limit: Int
    /// Where to begin: ``Page/next`` of the page before; nil for the first page.
    package var after: Int64?

    /// Makes a query for the first 500 attempts of a workspace.
    package init(
        workspaceID: Identifier<Workspace>,
        ids: [Identifier<ActionAttempt>]? = nil,
        deviceID: Identifier<Device>? = nil,
        limit: Int = 500,
        after: Int64? = nil
    ) {
        self.workspaceID = workspaceID
        self.ids = ids
        self.deviceID = deviceID
        self.limit = limit
        self.after = after
    }
}

/// Which devices to list.
///
/// Filters are joined by AND; a nil filter lets everything pass, an empty list nothing.
package struct DeviceQuery: Hashable, Sendable {
    /// The workspace to look in.
    package var workspaceID: Identifier<Workspace>
    /// Only these devices.
    package var ids: [Identifier<Device>]?
    /// Only devices of these connected accounts.
    package var connectedAccountIDs: [Identifier<ConnectedAccount>]?
    /// Only these device types, such as `august_lock`.
    package var deviceTypes: [String]?
    /// Only this manufacturer.
    package var manufacturer: String?
    /// Only the device with exactly this name at its provider or this nickname.
    package var name: String?
    /// Only devices that are managed, or only those that are not.
    package var isManaged: Bool?
    /// Whether deleted devices are listed as well.
    ///
    /// Default false.
    package var includesDeleted: Bool
    /// Only devices with all of these capability flags; a text that is no flag matches nothing.
    package var includedCapabilities: [String]
    /// Only devices with none of these capability flags.
    package var excludedCapabilities: [String]
    /// Only devices first seen before this time.
    package var createdBefore: Timestamp?
    /// Only devices with each of these pairs in their custom metadata, compared on their text form; nil: key unset.
    package var customMetadata: [String: String?]
    /// Only devices whose display name, location, account id or custom metadata contains this text, whatever the case,
    /// or whose id begins with it (4 characters at least).
    package var search: String?
    /// The most rows to return, at least 1.
    package var limit: Int
    /// Where to begin: ``Page/next`` of the page before; nil for the first page.
    package var after: Int64?

    /// Makes a query for the first 500 devices of a workspace.
    package init(
        workspaceID: Identifier<Workspace>,
        ids: [Identifier<Device>]? = nil,
        connectedAccountIDs: [Identifier<ConnectedAccount>]? = nil,
        deviceTypes: [String]? = nil,
        manufacturer: String? = nil,
        name: String? = nil,
        isManaged: Bool? = nil,
        includesDeleted: Bool = false,
        includedCapabilities: [String] = [],
        excludedCapabilities: [String] = [],
        createdBefore: Timestamp? = nil,
        customMetadata: [String: String?] = [:],
        search: String? = nil,
        limit: Int = 500,
        after: Int64? = nil
    ) {
        self.workspaceID = workspaceID
        self.ids = ids
        self.connectedAccountIDs = connectedAccountIDs
        self.deviceTypes = deviceTypes
        self.manufacturer = manufacturer
        self.name = name
        self.isManaged = isManaged
        self.includesDeleted = includesDeleted
        self.includedCapabilities = includedCapabilities
        self.excludedCapabilities = excludedCapabilities
        self.createdBefore = createdBefore
        self.customMetadata = customMetadata
        self.search = search
        self.limit = limit
        self.after = after
    }
}

/// Which connected accounts to list.
///
/// Filters are joined by AND; a nil filter lets everything pass, an empty list nothing.
package struct ConnectedAccountQuery: Hashable, Sendable {
    /// The workspace to look in.
    package var workspaceID: Identifier<Workspace>
    /// Only these accounts.
    package var ids: [Identifier<ConnectedAccount>]?
    /// Only accounts with each of these pairs in their custom metadata, compared on their text form; nil: key unset.
    package var customMetadata: [String: String?]
    /// Only accounts of this customer.
    package var customerKey: String?
    /// Only accounts whose display name or id contains this text, whatever the case.
    package var search: String?
    /// The most rows to return, at least 1.
    package var limit: Int
    /// Where to begin: ``Page/next`` of the page before; nil for the first page.
    package var after: Int64?

    /// Makes a query for the first 500 accounts of a workspace.
    package init(
        workspaceID: Identifier<Workspace>,
        ids: [Identifier<ConnectedAccount>]? = nil,
        customMetadata: [String: String?] = [:],
        customerKey: String? = nil,
        search: String? = nil,
        limit: Int = 500,
        after: Int64? = nil
    ) {
        self.workspaceID = workspaceID
        self.ids = ids
        self.customMetadata = customMetadata
        self.customerKey = customerKey
        self.search = search
        self.limit = limit
        self.after = after
    }
}

/// Which events to list.
///
/// Filters are joined by AND; a nil filter lets everything pass, an empty list nothing.
package struct EventQuery: Hashable, Sendable {
    /// The workspace to look in.
    package var workspaceID: Identifier<Workspace>
    /// Only these events.
    package var ids: [Identifier<Event>]?
    /// Only these types; a text that is no type Keyway emits matches nothing.
    package var types: [String]?
    /// Only events about these devices.
    package var deviceIDs: [Identifier<Device>]?
    /// Only events about these connected accounts and their devices.
    package var connectedAccountIDs: [Identifier<ConnectedAccount>]?
    /// Only events about this Connect Webview.
    package var connectWebviewID: Identifier<ConnectWebview>?
    /// Only events written after this time.
    package var after: Timestamp?
    /// Only events written before this time.
    package var before: Timestamp?
    /// The most rows to return, at least 1.
    package var limit: Int
    /// How many matching rows to pass over first.
    package var offset: Int
    /// Which end the limit keeps.
    ///
    /// The rows come in sequence order either way.
    package var keeps: End

    /// One end of the sequence.
    package enum End: Hashable, Sendable {
        /// The first rows, for readers that go on from a point.
        case oldest
        /// The last rows, for readers that ask what happened lately; the offset counts from the latest.
        case newest
    }

    /// Makes a query for the latest 500 events of a workspace.
    package init(
        workspaceID: Identifier<Workspace>,
        ids: [Identifier<Event>]? = nil,
        types: [String]? = nil,
        deviceIDs: [Identifier<Device>]? = nil,
        connectedAccountIDs: [Identifier<ConnectedAccount>]? = nil,
        connectWebviewID: Identifier<ConnectWebview>? = nil,
        after: Timestamp? = nil,
        before: Timestamp? = nil,
        limit: Int = 500,
        offset: Int = 0,
        keeps: End = .newest
    ) {
        self.workspaceID = workspaceID
        self.ids = ids
        self.types = types
        self.deviceIDs = deviceIDs
        self.connectedAccountIDs = connectedAccountIDs
        self.connectWebviewID = connectWebviewID
        self.after = after
        self.before = before
        self.limit = limit
        self.offset = offset
        self.keeps = keeps
    }
}

import KeywayModel
import KeywayStore

/// The filters of `devices/list`, `devices/unmanaged/list` and `locks/list`.
enum DeviceFilters {
    // MARK: Parameters

    private static let ids = Parameter.optional("device_ids", .array(.uuid(Device.self)), "Only these devices.")
    private static let accountID = Parameter.optional(
        "connected_account_id",
        .uuid(ConnectedAccount.self),
        "Only devices of this connected account."
    )
    private static let accountIDs = Parameter.optional(
        "connected_account_ids",
        .array(.uuid(ConnectedAccount.self)),
        "Only devices of these connected accounts."
    )
    // The contract says to take any text in these filters, as its lists change weekly (section 8).
    private static let deviceType = Parameter.optional(
        "device_type",
        .nonEmptyString(),
        "Only devices of this type, such as `august_lock`."
    )
    private static let deviceTypes = Parameter.optional(
        "device_types",
        .array(.nonEmptyString()),
        "Only devices of these types."
    )
    private static let manufacturer = Parameter.optional(
        "manufacturer",
        .nonEmptyString(),
        "Only devices of this manufacturer, such as `august`."
    )
    private static let createdBefore = Parameter.optional(
        "created_before",
        .dateTime(),
        "Only devices first seen before this time."
    )
    private static let metadata = Parameter.optional(
        "custom_metadata_has",
        .metadataFilter(),
        "Only devices whose custom metadata has each of these pairs; null: the key is not set."
    )
    private static let search = Parameter.optional(
        "search",
        .nonEmptyString(),
        "Only devices whose name, location or account id contains this text, or whose id begins with it."
    )
    private static let includeIf = Parameter.optional(
        "include_if",
        .array(.nonEmptyString()),
        "Only devices with all of these capability flags."
    )
    private static let excludeIf = Parameter.optional(
        "exclude_if",
        .array(.nonEmptyString()),
        "Only devices with none of these capability flags."
    )

    private static let customerKey = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "Only devices of connected accounts with this customer key."
    )
    private static let webviewID = Parameter.optional(
        "connect_webview_id",
        .uuid(ConnectWebview.self),
        "Only devices of the connected account that came of this Connect Webview."
    )
    private static let userIdentifierKey = Parameter.optional(
        "user_identifier_key",
        .nonEmptyString(),
        "Only devices of the connected accounts of this user's client session."
    )

    // Keyway has no spaces or locations, so nothing belongs to one.
    private static let spaceID = Parameter.optional(
        "space_id",
        .uuid(AnyObjectMark.self),
        "Accepted for the contract's sake; matches no device."
    )
    private static let locationID = Parameter.nullable(
        "unstable_location_id",
        .uuid(AnyObjectMark.self),
        "Accepted for the contract's sake; matches no device. Null does not filter."
    )

    /// The filters of `locks/list`.
    static let ofLocks: [any DeclaredParameter] = [
        customerKey, accountID, webviewID, deviceType, deviceTypes, manufacturer,
    ]
    /// The filters of `devices/unmanaged/list`.
    static let ofUnmanagedDevices: [any DeclaredParameter] =
        ofLocks + [accountIDs, ids, createdBefore, includeIf, excludeIf, search]
    /// The filters of `devices/list`.
    static let ofDevices: [any DeclaredParameter] =
        ofUnmanagedDevices + [userIdentifierKey, metadata, locationID, spaceID]

    // MARK: Values

    /// The devices that a caller sees and that pass the filters of a request; an endpoint's undeclared ones are open.
    ///
    /// - Returns: Nil if there can be none.
    static func query(_ call: Call, _ caller: Caller, isManaged: Bool) async throws -> DeviceQuery? {
        var query = DeviceQuery(workspaceID: caller.workspaceID, isManaged: isManaged)
        query.ids = try call[ids]
        query.deviceTypes = both(try call[deviceType], try call[deviceTypes])
        query.manufacturer = try call[manufacturer]
        query.createdBefore = try call[createdBefore]
        query.customMetadata = try call[metadata] ?? [:]
        query.search = try call[search]
        query.includedCapabilities = try call[includeIf] ?? []
        query.excludedCapabilities = try call[excludeIf] ?? []
        if try call[spaceID] != nil || call[locationID] != nil { return nil }
        query.connectedAccountIDs = try await accounts(call, caller)
        return query.connectedAccountIDs == [] ? nil : query
    }

    /// The page that a request asks for of the devices that its caller sees and that pass its filters.
    static func page(_ call: Call, _ caller: Caller, isManaged: Bool) async throws -> Page<Device> {
        let start = try call.pageStart
        guard var query = try await query(call, caller, isManaged: isManaged) else {
            return Page(elements: [], next: nil)
        }
        query.limit = try call.pageSize
        query.after = start
        return try await call.services.store.devices(query)
    }

    /// The accounts whose devices pass; nil: those of all.
    private static func accounts(_ call: Call, _ caller: Caller) async throws -> [Identifier<ConnectedAccount>]? {
        var accounts = common(both(try call[accountID], try call[accountIDs]), caller.visibleAccounts)
        if let key = try call[customerKey] {
            accounts = common(accounts, try await call.accounts(ofCustomer: key, caller))
        }
        if let key = try call[userIdentifierKey] {
            accounts = common(accounts, try await call.accounts(ofUser: key, caller))
        }
        if let id = try call[webviewID] {
            accounts = common(accounts, try await call.accounts(connectedThrough: id, caller))
        }
        return accounts
    }
}

/// The identity of an object of a kind that Keyway does not have.
enum AnyObjectMark {}

/// Joins two lists of a filter by AND; nil: neither is given.
func common<Value: Hashable>(_ some: [Value]?, _ others: [Value]?) -> [Value]? {
    guard let some else { return others }
    guard let others else { return some }
    return some.filter(Set(others).contains)
}

/// Joins the singular and the plural form of a filter by AND; nil: neither is given.
func both<Value: Equatable>(_ one: Value?, _ many: [Value]?) -> [Value]? {
    guard let one else { return many }
    guard let many else { return [one] }
    return many.contains(one) ? [one] : []
}

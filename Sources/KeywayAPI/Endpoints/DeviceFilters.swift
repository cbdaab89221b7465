import KeywayModel
import KeywayStore

/// The filters of `devices/list` and `locks/list`.
struct DeviceFilters {
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
        .string(minimumLength: 1),
        "Only devices of this type, such as `august_lock`."
    )
    private static let deviceTypes = Parameter.optional(
        "device_types",
        .array(.string(minimumLength: 1)),
        "Only devices of these types."
    )
    private static let manufacturer = Parameter.optional(
        "manufacturer",
        .string(minimumLength: 1),
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
    /// The most pairs to compare: a device has no more (wire contract, section 4.3).
    private static let maximumPairs = 50
    private static let search = Parameter.optional(
        "search",
        .string(minimumLength: 1),
        "Only devices whose name, location or account id contains this text, or whose id begins with it."
    )
    private static let includeIf = Parameter.optional(
        "include_if",
        .array(.string(minimumLength: 1)),
        "Only devices with all of these capability flags. A page may then have fewer rows than `limit`."
    )
    private static let excludeIf = Parameter.optional(
        "exclude_if",
        .array(.string(minimumLength: 1)),
        "Only devices with none of these capability flags. A page may then have fewer rows than `limit`."
    )

    // Keyway has no customers, Connect Webviews, client sessions, spaces or locations, so nothing belongs to one.
    private static let customerKey = absent("customer_key", .string(minimumLength: 1))
    private static let webviewID = absent("connect_webview_id", .uuid(AnyObjectMark.self))
    private static let userIdentifierKey = absent("user_identifier_key", .string(minimumLength: 1))
    private static let spaceID = absent("space_id", .uuid(AnyObjectMark.self))
    private static let locationID = Parameter.nullable(
        "unstable_location_id",
        .uuid(AnyObjectMark.self),
        "Accepted for the contract's sake; matches no device. Null does not filter."
    )

    private static func absent<Value>(_ name: String, _ format: Format<Value>) -> Parameter<Value?> {
        .optional(name, format, "Accepted for the contract's sake; matches no device.")
    }

    /// The filters of `locks/list`.
    static let ofLocks: [any DeclaredParameter] = [
        customerKey, accountID, webviewID, deviceType, deviceTypes, manufacturer,
    ]
    /// The filters of `devices/list`.
    static let ofDevices: [any DeclaredParameter] =
        ofLocks + [
            accountIDs, ids, createdBefore, userIdentifierKey, metadata, includeIf, excludeIf, locationID, spaceID,
            search,
        ]

    // MARK: Values

    private var query: DeviceQuery
    private let included: [String]
    private let excluded: [String]

    /// Reads the filters of a request; an endpoint's undeclared ones are open.
    ///
    /// - Returns: Nil if they cannot match anything.
    init?(_ call: Call) throws {
        let never: [any DeclaredParameter] = [Self.customerKey, Self.webviewID, Self.userIdentifierKey, Self.spaceID]
        for parameter in never where call.arguments.gives(parameter) { return nil }
        if try call[Self.locationID] != nil { return nil }
        // The workspace is set when the query is asked for.
        query = DeviceQuery(workspaceID: Identifier(high: 0, low: 0))
        query.ids = try call[Self.ids]
        query.connectedAccountIDs = both(try call[Self.accountID], try call[Self.accountIDs])
        query.deviceTypes = both(try call[Self.deviceType], try call[Self.deviceTypes])
        query.manufacturer = try call[Self.manufacturer]
        query.createdBefore = try call[Self.createdBefore]
        query.customMetadata = try call[Self.metadata] ?? [:]
        guard query.customMetadata.count <= Self.maximumPairs else {
            throw APIError.invalidInput(Self.metadata, "Record must contain at most \(Self.maximumPairs) pair(s)")
        }
        query.search = try call[Self.search]
        included = try call[Self.includeIf] ?? []
        excluded = try call[Self.excludeIf] ?? []
    }

    /// The part of the filters that the store applies.
    func query(in workspaceID: Identifier<Workspace>) -> DeviceQuery {
        var query = query
        query.workspaceID = workspaceID
        return query
    }

    /// The part of the filters that the store does not know.
    func acceptsCapabilities(_ device: Device) -> Bool {
        let flags = Set(device.description.capabilities.map(\.rawValue))
        return flags.isSuperset(of: included) && flags.isDisjoint(with: excluded)
    }
}

/// The identity of an object of a kind that Keyway does not have.
enum AnyObjectMark {}

/// Joins the singular and the plural form of a filter by AND; nil: neither is given.
func both<Value: Equatable>(_ one: Value?, _ many: [Value]?) -> [Value]? {
    guard let one else { return many }
    guard let many else { return [one] }
    return many.contains(one) ? [one] : []
}

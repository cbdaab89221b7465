import KeywayModel
import KeywayStore

/// The filters of events, for lists and streams.
enum EventFilters {
    /// Every filter.
    static let all: [any DeclaredParameter] =
        [ids, type, types, deviceID, deviceIDs, accountID, webviewID, customerKey] + neverMatching

    private static let ids = Parameter.optional("event_ids", .array(.uuid(Event.self)), "Only these events.")
    private static let type = Parameter.optional("event_type", .oneOf(EventTypeNames.all), "Only this type.")
    private static let types = Parameter.optional(
        "event_types",
        .array(.oneOf(EventTypeNames.all)),
        "Only these types."
    )
    private static let deviceIDs = Parameter.optional(
        "device_ids",
        .array(.uuid(Device.self)),
        "Only events about these devices."
    )
    private static let accountID = Parameter.optional(
        "connected_account_id",
        .uuid(ConnectedAccount.self),
        "Only events about this connected account and its devices."
    )
    private static let webviewID = Parameter.optional(
        "connect_webview_id",
        .uuid(ConnectWebview.self),
        "Only events about this Connect Webview, or that it caused."
    )
    private static let customerKey = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "Only events about connected accounts with this customer key, and their devices."
    )
    private static let deviceID = Parameter.optional("device_id", .uuid(Device.self), "The device it is about.")

    /// Filters by objects of kinds that Keyway does not have.
    private static let neverMatching: [any DeclaredParameter] = [
        absent("acs_system_id"), absent("access_code_id"), absent("acs_entrance_id"),
        absent("acs_user_id"), absent("user_identity_id"), absent("access_grant_id"), absent("access_method_id"),
        absent("acs_credential_id"), absent("space_id"), absent("acs_access_group_id"), absent("acs_encoder_id"),
        absentList("acs_system_ids"), absentList("access_code_ids"), absentList("access_grant_ids", 0...100),
        absentList("access_method_ids", 0...100), absentList("space_ids", 0...100),
    ]
    private static let neverMatches = "Accepted for the contract's sake; matches no event."

    private static func absent(_ name: String) -> any DeclaredParameter {
        Parameter.optional(name, .uuid(AnyObjectMark.self), neverMatches)
    }

    private static func absentList(_ name: String, _ count: ClosedRange<Int> = 0 ... .max) -> any DeclaredParameter {
        Parameter.optional(name, .array(.uuid(AnyObjectMark.self), count: count), neverMatches)
    }

    // MARK: Values

    /// The query of a request, but for its accounts, customer and times.
    ///
    /// - Returns: Nil if no event can pass.
    static func query(_ call: Call, _ caller: Caller) throws -> EventQuery? {
        for parameter in neverMatching where call.arguments.gives(parameter) { return nil }
        return EventQuery(
            workspaceID: caller.workspaceID,
            ids: try call[ids],
            types: both(try call[type], try call[types]),
            deviceIDs: both(try call[deviceID], try call[deviceIDs]),
            connectWebviewID: try call[webviewID]
        )
    }

    /// Refuses lists of ids that are too long to be kept.
    ///
    /// - Throws: ``APIError`` with status 400.
    static func refuseLongLists(_ call: Call, limit: Int) throws {
        let refusal = "Array must contain at most \(limit) element(s)"
        if let given = try call[ids], given.count > limit { throw APIError.invalidInput(ids, refusal) }
        if let given = try call[deviceIDs], given.count > limit { throw APIError.invalidInput(deviceIDs, refusal) }
    }

    /// The account that events must be about; nil: any.
    static func account(_ call: Call) throws -> [Identifier<ConnectedAccount>]? { try call[accountID].map { [$0] } }

    /// The customer whose accounts events must be about; nil: anybody's.
    static func customer(_ call: Call) throws -> String? { try call[customerKey] }
}

import KeywayModel
import KeywayStore

/// `/events/*` (wire contract, section 4.4).
enum EventEndpoints {
    static let all = [get, list]

    // MARK: One event

    private static let id = Parameter.optional("event_id", .uuid(Event.self), "The event.")
    private static let anyType = Parameter.optional("event_type", .nonEmptyString(), "The event's type.")
    private static let deviceID = Parameter.optional("device_id", .uuid(Device.self), "The device it is about.")

    private static let get = Endpoint(
        "/events/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns the latest event that fits everything given.",
        parameters: [id, anyType, deviceID],
        needsOneOf: [id, anyType, deviceID],
        answer: [AnswerKey("event", .named(.event))]
    ) { call, caller in
        let (id, type, deviceID) = (try call[id], try call[anyType], try call[deviceID])
        let query = EventQuery(
            workspaceID: caller.workspaceID,
            ids: id.map { [$0] },
            types: type.map { [$0] },
            deviceIDs: deviceID.map { [$0] },
            connectedAccountIDs: caller.visibleAccounts,
            limit: 1,
            keeps: .newest
        )
        guard let event = try await call.services.store.events(query).first else {
            throw APIError.notFound("event", id.map { ["event_id": $0.description] } ?? [:])
        }
        return ["event": event]
    }

    // MARK: Many events

    private static let since = Parameter.optional(
        "since",
        .dateTime(),
        "Only events written after this time; the first ones count towards `limit`."
    )
    private static let between = Parameter.optional(
        "between",
        .array(.dateTime(), count: 2...2),
        "Only events written between these two times, both excluded; the first ones count towards `limit`."
    )
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
    private static let offset = Parameter.defaulted(
        "unstable_offset",
        .integer(0 ... .max),
        .number(0),
        "How many events to pass over: the first ones with `since` or `between`, else the latest."
    )
    private static let limit = Parameter.defaulted(
        "limit",
        .integer(1 ... .max),
        .number(Double(Paging.defaultLimit)),
        "The most events to return: the first ones with `since` or `between`, else the latest. More than the server's "
            + "maximum page size, 1,000 unless configured otherwise, is taken as that maximum."
    )

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

    private static let list = Endpoint(
        "/events/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns events in the order in which they were written. Filters are joined by AND; an empty list filter "
            + "matches nothing. Without `since` and `between` the latest events are returned.",
        parameters: [
            since, between, ids, type, types, deviceID, deviceIDs, accountID, webviewID, customerKey, offset, limit,
        ] + neverMatching,
        answer: [AnswerKey("events", .list(of: .named(.event)))]
    ) { call, caller in
        ["events": try await events(call, caller)]
    }

    private static func events(_ call: Call, _ caller: Caller) async throws -> [Event] {
        let (after, before) = try span(call)
        for parameter in neverMatching where call.arguments.gives(parameter) { return [] }
        var accounts = both(try call[accountID], caller.visibleAccounts)
        if let key = try call[customerKey] {
            accounts = common(accounts, try await call.accounts(ofCustomer: key, caller))
        }
        return try await call.services.store.events(
            EventQuery(
                workspaceID: caller.workspaceID,
                ids: try call[ids],
                types: both(try call[type], try call[types]),
                deviceIDs: both(try call[deviceID], try call[deviceIDs]),
                connectedAccountIDs: accounts,
                connectWebviewID: try call[webviewID],
                after: after,
                before: before,
                limit: min(try call[limit], call.services.configuration.maximumPageSize),
                offset: try call[offset],
                keeps: after == nil ? .newest : .oldest
            )
        )
    }

    /// The time that `since` and `between` leave, joined by AND.
    private static func span(_ call: Call) throws -> (after: Timestamp?, before: Timestamp?) {
        let since = try call[since]
        guard let ends = try call[between] else { return (since, nil) }
        guard ends[0] < ends[1] else {
            throw APIError.invalidInput(between, "The second time must be later than the first")
        }
        return (since.map { max($0, ends[0]) } ?? ends[0], ends[1])
    }
}

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

    private static let list = Endpoint(
        "/events/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns events in the order in which they were written. Filters are joined by AND; an empty list filter "
            + "matches nothing. Without `since` and `between` the latest events are returned.",
        parameters: [
            since, between, offset, limit,
        ] + EventFilters.all,
        answer: [AnswerKey("events", .list(of: .named(.event)))]
    ) { call, caller in
        ["events": try await events(call, caller)]
    }

    private static func events(_ call: Call, _ caller: Caller) async throws -> [Event] {
        let (after, before) = try span(call)
        guard var query = try EventFilters.query(call, caller) else { return [] }
        query.connectedAccountIDs = common(try EventFilters.account(call), caller.visibleAccounts)
        if let key = try EventFilters.customer(call) {
            query.connectedAccountIDs = common(
                query.connectedAccountIDs,
                try await call.accounts(ofCustomer: key, caller)
            )
        }
        query.after = after
        query.before = before
        query.limit = min(try call[limit], call.services.configuration.maximumPageSize)
        query.offset = try call[offset]
        query.keeps = after == nil ? .newest : .oldest
        return try await call.services.store.events(query)
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

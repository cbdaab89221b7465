import KeywayModel
import KeywayStore

/// `/events/stream`: Keyway's own.
enum EventStreamEndpoints {
    static let all = [stream]

    /// The most ids in one filter: they are kept, and compared with every event, as long as the stream is open.
    private static let maximumIDs = 200

    private static let since = Parameter.optional(
        "since",
        .dateTime(),
        "Only events written after this time. Without `last-event-id` the stream begins with the first of them."
    )

    private static let stream = Endpoint(
        "/events/stream",
        .read,
        accepts: .standardAndClientSession,
        "Sends events as they are written, without end. Filters are joined by AND; an empty list filter matches nothing. "
            + "Without `since` and the header `last-event-id` the stream begins with what is written from now on. What "
            + "is sent first, and now and then, is the position to resume from. A list of ids has 200 at most.",
        parameters: [since] + EventFilters.all,
        isStream: true
    ) { call, caller in
        .streaming(try await open(call, caller))
    }

    private static func open(_ call: Call, _ caller: Caller) async throws -> EventStream {
        try EventFilters.refuseLongLists(call, limit: maximumIDs)
        guard let credential = call.credential else { throw APIError.unauthorized }
        let slot = try call.services.streams.take(for: caller.requester)
        let store = call.services.store
        // In this order: what is written between the two is in the feed, or before the latest position, or both.
        let follower = store.committedEvents.follow(caller.workspaceID)
        let latest = try await store.latestEventPosition(in: caller.workspaceID)
        let since = try call[since]
        let position = try start(call, latest: latest, since: since)
        // Of what matches nothing the position still moves on.
        var filters = try EventFilters.query(call, caller) ?? EventQuery(workspaceID: caller.workspaceID, ids: [])
        filters.after = since
        let reader = EventReader(
            call,
            caller,
            filters: filters,
            accountID: try EventFilters.account(call)?.first,
            customerKey: try EventFilters.customer(call),
            follower: follower,
            cursor: EventCursor(position: position, doubts: position == latest ? follower.doubts : nil),
            latest: latest
        )
        return EventStream(call, presenting: credential, reader: reader, follower: follower, slot: slot)
    }

    /// The position after which the stream begins.
    ///
    /// - Throws: ``APIError`` with status 400 for one that is none of the workspace's.
    private static func start(_ call: Call, latest: Int64, since: Timestamp?) throws -> Int64 {
        guard let text = call.lastEventID, !text.isEmpty else { return since == nil ? latest : 0 }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let position = Int64(text)
        else { throw APIError.invalidPosition("The header last-event-id must be a position of an event stream") }
        guard position <= latest else {
            throw APIError.invalidPosition("The header last-event-id is later than the workspace's latest event")
        }
        return position
    }
}

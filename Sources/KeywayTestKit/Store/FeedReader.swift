package import KeywayModel
package import KeywayStore

/// A reader of a workspace's events as an event stream is one: from the feed as far as it can, otherwise from the store.
package struct FeedReader: Sendable {
    private let store: any Store
    private let query: EventQuery
    private let follower: EventFollower
    private var cursor: EventCursor
    /// How often the store had to be asked.
    package private(set) var questions = 0

    /// Begins to follow a workspace after a position; nil: after its latest event.
    ///
    /// - Throws: What the store throws.
    package init(
        _ store: any Store,
        in workspaceID: Identifier<Workspace>,
        after position: Int64? = nil,
        limit: Int = 3
    ) async throws(StoreError) {
        self.store = store
        query = EventQuery(workspaceID: workspaceID, limit: limit)
        follower = store.committedEvents.follow(workspaceID)
        let latest = try await store.latestEventPosition(in: workspaceID)
        let start = position ?? latest
        cursor = EventCursor(position: start, doubts: start == latest ? follower.doubts : nil)
    }

    /// The events that there are and that it has not seen.
    ///
    /// - Throws: What the store throws.
    package mutating func rest() async throws(StoreError) -> [EventPage.Line] {
        var lines: [EventPage.Line] = []
        while true {
            switch follower.news(after: cursor, limit: query.limit) {
            case .events(let events):
                guard let last = events.last else { return lines }
                cursor.position = last.position
                lines += events.map {
                    EventPage.Line(position: $0.position, type: $0.event.type.rawValue, body: $0.body)
                }
            case .inStore(let doubts):
                questions += 1
                let page = try await store.eventPage(query, after: cursor.position)
                cursor = EventCursor(position: page.through, doubts: page.isLast ? doubts : nil)
                lines += page.lines
            }
        }
    }

    /// The next events, once there are so many or more.
    ///
    /// - Throws: What the store throws.
    package mutating func next(_ count: Int) async throws(StoreError) -> [EventPage.Line] {
        var lines = try await rest()
        while lines.count < count {
            await follower.signal.wait()
            lines += try await rest()
        }
        return lines
    }
}

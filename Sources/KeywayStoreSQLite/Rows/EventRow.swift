import GRDB
import KeywayModel
import KeywayStore

/// An event on its way into the database: what takes time is done before it gets in line.
///
/// The body is the wire form, so the times in it have milliseconds.
struct EventRow: Sendable {
    /// The event.
    let event: Event
    private let body: String

    /// Prepares an event.
    init(_ event: Event) throws(StoreError) {
        self.event = event
        body = try JSONText.encode(event)
    }

    /// Prepares events.
    static func rows(_ events: [Event]) throws(StoreError) -> [EventRow] {
        var rows: [EventRow] = []
        for event in events { rows.append(try EventRow(event)) }
        return rows
    }

    /// The event with its place, as it is told of when it is durable.
    func committed(at place: EventPlace) -> CommittedEvent {
        CommittedEvent(position: place.sequence, writtenAt: place.writtenAt, event: event, body: body)
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = "event_id, body"

    /// Reads an event.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Event {
        try RowReader.read(row, of: "events") { columns in
            _ = try columns.take(Identifier<Event>.self)
            return try columns.takeJSON()
        }
    }

    /// The columns that ``readLine(_:)`` takes, in its order.
    static let lineColumns = "sequence, event_type, body"

    /// Reads an event as it is sent.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func readLine(_ row: Row) throws -> EventPage.Line {
        try RowReader.read(row, of: "events") { columns in
            EventPage.Line(position: try columns.take(), type: try columns.take(), body: try columns.take())
        }
    }

    /// Inserts the event at a place in its workspace's sequence, unless its id is there already.
    ///
    /// - Returns: Whether it was inserted.
    func insert(_ db: Database, at place: EventPlace) throws -> Bool {
        try db.cachedStatement(
            sql: """
                INSERT INTO events (workspace_id, sequence, event_id, event_type, written_at, connected_account_id,
                    device_id, action_attempt_id, connect_webview_id, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (event_id) DO NOTHING
                """
        )
        .execute(
            arguments: [
                event.workspaceID, place.sequence, event.id, event.type.rawValue, place.writtenAt,
                event.connectedAccountID, event.deviceID, event.actionAttemptID, event.connectWebviewID, body,
            ]
        )
        return db.changesCount == 1
    }
}

/// A place in a workspace's sequence of events.
struct EventPlace: Sendable {
    /// 1, 2, 3 … without a gap; 0 before the first event.
    let sequence: Int64
    /// A time that never goes back from one place to the next.
    let writtenAt: Timestamp

    /// The place after this one, for an event created at some time.
    func next(createdAt time: Timestamp) -> EventPlace {
        EventPlace(sequence: sequence + 1, writtenAt: max(writtenAt, time))
    }
}

import GRDB
import KeywayModel
import KeywayStore

/// One open transaction, and what the writes that share it have in common.
struct WriteBatch {
    /// The connection, inside the transaction.
    let db: Database
    /// Where the latest event stands of each workspace that got events in this transaction.
    ///
    /// Kept here and not in the store, so that a transaction that is rolled back leaves nothing behind, and written once
    /// per transaction instead of once per event.
    private var lastPlaces: [Identifier<Workspace>: EventPlace] = [:]

    /// Begins with a transaction just opened.
    init(db: Database) {
        self.db = db
    }

    /// Inserts an event, unless its id is there already, and gives it the next sequence number of its workspace.
    ///
    /// - Returns: Whether it was inserted.
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if there is no such workspace; SQLite's errors.
    @discardableResult
    mutating func insert(_ event: EventRow) throws -> Bool {
        let workspaceID = event.event.workspaceID
        let place = try lastPlace(in: workspaceID).next(createdAt: event.event.createdAt)
        guard try event.insert(db, at: place) else { return false }
        lastPlaces[workspaceID] = place
        return true
    }

    /// Inserts the events whose id is new, in their order.
    ///
    /// - Returns: How many that were.
    /// - Throws: As for ``insert(_:)-(EventRow)``.
    @discardableResult
    mutating func insert(_ events: [EventRow]) throws -> Int {
        var count = 0
        for event in events where try insert(event) { count += 1 }
        return count
    }

    private func lastPlace(in workspaceID: Identifier<Workspace>) throws -> EventPlace {
        if let known = lastPlaces[workspaceID] { return known }
        let statement = try db.cachedStatement(
            sql: "SELECT last_event_sequence, last_event_written_at FROM workspaces WHERE workspace_id = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [workspaceID]) else {
            throw StoreError(.conflict, message: "The store does not have the workspace of an event.")
        }
        return try RowReader.read(row, of: "workspaces") { columns in
            EventPlace(sequence: try columns.take(), writtenAt: try columns.take())
        }
    }

    /// Writes what was kept until the end; to be called once, just before the transaction is committed.
    func finish() throws {
        for (workspaceID, place) in lastPlaces {
            try db.cachedStatement(
                sql: """
                    UPDATE workspaces SET last_event_sequence = ?, last_event_written_at = ? WHERE workspace_id = ?
                    """
            )
            .execute(arguments: [place.sequence, place.writtenAt, workspaceID])
        }
    }
}

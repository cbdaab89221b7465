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
    /// The webhooks of each workspace that got events in this transaction: read once for each, by the first event.
    private var subscriptions: [Identifier<Workspace>: Subscriptions] = [:]
    private let maximumPendingDeliveries: Int
    /// Whether there are deliveries to send that were not there before.
    private(set) var hasArmedDeliveries = false
    /// The events that were inserted, in their order.
    private(set) var events: [CommittedEvent] = []

    /// Begins with a transaction just opened.
    ///
    /// - Parameters:
    ///   - db: The connection.
    ///   - maximumPendingDeliveries: The most deliveries that wait for one webhook.
    init(db: Database, maximumPendingDeliveries: Int) {
        self.db = db
        self.maximumPendingDeliveries = maximumPendingDeliveries
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
        events.append(event.committed(at: place))
        try deliver(event.event, at: place.sequence)
        return true
    }

    /// Writes the deliveries of an event that has been inserted (G10).
    private mutating func deliver(_ event: Event, at sequence: Int64) throws {
        var known = try subscriptions.removeValue(forKey: event.workspaceID) ?? Subscriptions(of: event.workspaceID, db)
        let hasPending = try known.deliver(event, at: sequence, maximumPending: maximumPendingDeliveries, db)
        subscriptions[event.workspaceID] = known
        if hasPending { hasArmedDeliveries = true }
    }

    /// Takes note that webhooks of a workspace were written, so that they are read again before its next event.
    mutating func webhooksChanged(in workspaceID: Identifier<Workspace>) {
        subscriptions[workspaceID] = nil
    }

    /// Takes note that deliveries were armed again.
    mutating func deliveriesArmed() {
        hasArmedDeliveries = true
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

import GRDB
import KeywayModel
import KeywayStore

/// A webhook delivery in the database.
enum DeliveryRow {
    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = """
        delivery_id, webhook_id, workspace_id, event_id, event_sequence, event_type, device_id, created_at, status, reason,
        next_try_at, try_count, failure_count, tries, finished_at
        """

    /// Reads a delivery.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Delivery {
        try RowReader.read(row, of: "webhook_deliveries") { columns in
            Delivery(
                id: try columns.take(),
                webhookID: try columns.take(),
                workspaceID: try columns.take(),
                eventID: try columns.take(),
                eventSequence: try columns.take(),
                eventType: try columns.take(),
                deviceID: try readDevice(columns.take()),
                createdAt: try columns.take(),
                status: try columns.take(),
                reason: try columns.take(),
                nextTryAt: try columns.take(),
                tryCount: try columns.take(),
                failureCount: try columns.take(),
                tries: try columns.takeJSON(),
                finishedAt: try columns.take()
            )
        }
    }

    private static func readDevice(_ text: String) throws -> Identifier<Device>? {
        guard !text.isEmpty else { return nil }
        guard let id = Identifier<Device>(text) else { throw DamagedRow(table: "webhook_deliveries", id: text) }
        return id
    }

    /// What stands for the device in the column `device_id`.
    static func lane(of deviceID: Identifier<Device>?) -> String { deviceID?.description ?? "" }

    /// Returns a delivery; nil if there is none with this id in the workspace.
    static func fetch(
        _ id: Identifier<Delivery>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws -> Delivery? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM webhook_deliveries WHERE delivery_id = ? AND workspace_id = ?"
        )
        return try Row.fetchOne(statement, arguments: [id, workspaceID]).map(read)
    }

    /// Inserts a new delivery, due at once if no other of its device is pending.
    static func insert(_ delivery: Delivery, _ db: Database) throws {
        let lane = lane(of: delivery.deviceID)
        try db.cachedStatement(
            sql: """
                INSERT INTO webhook_deliveries (delivery_id, webhook_id, workspace_id, event_sequence, event_id, event_type,
                    device_id, created_at, status, reason, next_try_at, try_count, failure_count, tries, finished_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    CASE WHEN ? AND NOT EXISTS (SELECT 1 FROM webhook_deliveries
                        WHERE webhook_id = ? AND device_id = ? AND status = 'pending') THEN ? END,
                    0, 0, '[]', ?)
                """
        )
        .execute(
            arguments: [
                delivery.id, delivery.webhookID, delivery.workspaceID, delivery.eventSequence, delivery.eventID,
                delivery.eventType, lane, delivery.createdAt, delivery.status, delivery.reason,
                delivery.status == .pending, delivery.webhookID, lane, delivery.createdAt, delivery.finishedAt,
            ]
        )
    }

    /// Writes what can change of a delivery; if it stops being pending, the next one of its device is due.
    static func update(_ delivery: Delivery, _ db: Database) throws {
        let lane = lane(of: delivery.deviceID)
        try db.cachedStatement(
            sql: """
                UPDATE webhook_deliveries SET status = ?, reason = ?, try_count = ?, failure_count = ?, tries = ?,
                    finished_at = ?,
                    next_try_at = CASE WHEN sequence = (SELECT sequence FROM webhook_deliveries
                        WHERE webhook_id = ? AND device_id = ? AND status = 'pending' ORDER BY sequence LIMIT 1) THEN ? END
                WHERE delivery_id = ?
                """
        )
        .execute(
            arguments: [
                delivery.status, delivery.reason, delivery.tryCount, delivery.failureCount,
                try JSONText.encode(delivery.tries), delivery.finishedAt, delivery.webhookID, lane, delivery.nextTryAt,
                delivery.id,
            ]
        )
        guard delivery.status != .pending, let head = try head(of: delivery.webhookID, lane, db) else { return }
        try makeDue(head, at: nil, db)
    }

    /// The oldest pending delivery of a webhook and a device; nil if none is pending.
    static func head(of webhookID: Identifier<Webhook>, _ lane: String, _ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence FROM webhook_deliveries WHERE webhook_id = ? AND device_id = ? AND status = 'pending'
                ORDER BY sequence LIMIT 1
                """
        )
        return try Int64.fetchOne(statement, arguments: [webhookID, lane])
    }

    /// Gives the first delivery of a device its time, unless it has one: nil stands for when its event was written.
    static func makeDue(_ sequence: Int64, at time: Timestamp?, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE webhook_deliveries SET next_try_at = coalesce(?, created_at)
                WHERE sequence = ? AND next_try_at IS NULL
                """
        )
        .execute(arguments: [time, sequence])
    }
}

import Foundation
import GRDB
import KeywayModel

/// How an idempotency key stands in its table.
enum IdempotencyRow {
    /// Writes a record; one of the same requester and key, which can only be outdated, gives way.
    static func write(_ record: IdempotencyRecord, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO idempotency_keys (requested_by, key, request_hash, action_attempt_id, created_at)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (requested_by, key) DO UPDATE SET
                    request_hash = excluded.request_hash,
                    action_attempt_id = excluded.action_attempt_id,
                    created_at = excluded.created_at
                """
        )
        .execute(
            arguments: [
                record.requester, record.key, Data(record.requestHash), record.attemptID, record.createdAt,
            ]
        )
    }

    /// Reads the record of a requester's key; nil if there is none.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func fetch(of requester: Requester, key: String, _ db: Database) throws -> IdempotencyRecord? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT requested_by, key, request_hash, action_attempt_id, created_at FROM idempotency_keys
                WHERE requested_by = ? AND key = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [requester, key]) else { return nil }
        return try RowReader.read(row, of: "idempotency_keys") { columns in
            IdempotencyRecord(
                requester: try columns.take(),
                key: try columns.take(),
                requestHash: Array(try columns.take(Data.self)),
                attemptID: try columns.take(),
                createdAt: try columns.take()
            )
        }
    }
}

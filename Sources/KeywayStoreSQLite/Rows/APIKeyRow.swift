import Foundation
import GRDB
import KeywayModel

/// How an API key stands in its table.
enum APIKeyRow {
    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = "api_key_id, workspace_id, name, short_token, secret_hash, created_at, revoked_at"

    /// Reads a key.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> APIKey {
        try RowReader.read(row, of: "api_keys") { columns in
            APIKey(
                id: try columns.take(),
                workspaceID: try columns.take(),
                name: try columns.take(),
                shortToken: try columns.take(),
                secretHash: Array(try columns.take(Data.self)),
                createdAt: try columns.take(),
                revokedAt: try columns.take()
            )
        }
    }

    /// Inserts a key.
    ///
    /// - Throws: SQLite's constraint error if its id or short token is taken, or its workspace unknown.
    static func insert(_ key: APIKey, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO api_keys (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                key.id, key.workspaceID, key.name, key.shortToken, Data(key.secretHash), key.createdAt, key.revokedAt,
            ]
        )
    }
}

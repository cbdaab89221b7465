import Foundation
import GRDB
import KeywayModel

/// How a workspace stands in its table.
enum WorkspaceRow {
    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = "workspace_id, name, is_sandbox, created_at"

    /// Reads a workspace.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Workspace {
        try RowReader.read(row, of: "workspaces") { columns in
            Workspace(
                id: try columns.take(),
                name: try columns.take(),
                isSandbox: try columns.take(),
                createdAt: try columns.take()
            )
        }
    }

    /// Inserts a workspace, unless its id is there already.
    static func insert(_ workspace: Workspace, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO workspaces (\(columns)) VALUES (?, ?, ?, ?) ON CONFLICT (workspace_id) DO NOTHING",
            arguments: [workspace.id, workspace.name, workspace.isSandbox, workspace.createdAt]
        )
    }
}

/// How a connected account stands in its table.
enum ConnectedAccountRow {
    /// Inserts an account, unless its id is there already.
    static func insert(_ account: ConnectedAccount, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO connected_accounts (connected_account_id, workspace_id, provider, display_name, created_at)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (connected_account_id) DO NOTHING
                """,
            arguments: [account.id, account.workspaceID, account.provider, account.displayName, account.createdAt]
        )
    }
}

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

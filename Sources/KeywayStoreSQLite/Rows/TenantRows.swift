import Foundation
import GRDB
import KeywayModel
import KeywayStore

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
struct ConnectedAccountRow: Sendable {
    private let account: ConnectedAccount
    private let settings: String

    /// Prepares an account.
    init(_ account: ConnectedAccount) throws(StoreError) {
        self.account = account
        settings = try JSONText.encode(account.settings)
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static let columns =
        "connected_account_id, workspace_id, provider, display_name, created_at, settings, removed_at"

    /// Reads an account.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> ConnectedAccount {
        try RowReader.read(row, of: "connected_accounts") { columns in
            ConnectedAccount(
                id: try columns.take(),
                workspaceID: try columns.take(),
                provider: try columns.take(),
                displayName: try columns.take(),
                createdAt: try columns.take(),
                settings: try columns.takeJSON(),
                removedAt: try columns.take()
            )
        }
    }

    /// Inserts the account, unless its id is there already.
    ///
    /// - Returns: Whether it was inserted.
    /// - Throws: SQLite's constraint error if its workspace is unknown.
    @discardableResult
    func insert(_ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO connected_accounts (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (connected_account_id) DO NOTHING
                """,
            arguments: [
                account.id, account.workspaceID, account.provider, account.displayName, account.createdAt, settings,
                account.removedAt,
            ]
        )
        return db.changesCount == 1
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

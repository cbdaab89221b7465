import GRDB
import KeywayModel
import KeywayStore

/// A connected account on its way into the database: what takes time is done before it gets in line.
struct ConnectedAccountRow: Sendable {
    private let account: ConnectedAccount
    private let customMetadata: String
    private let acceptedCapabilities: String
    private let settings: String

    /// Prepares an account.
    init(_ account: ConnectedAccount) throws(StoreError) {
        self.account = account
        customMetadata = try JSONText.encode(account.customMetadata)
        acceptedCapabilities = try JSONText.encode(account.acceptedCapabilities)
        settings = try JSONText.encode(account.settings)
    }

    /// Prepares accounts.
    static func rows(_ accounts: [ConnectedAccount]) throws(StoreError) -> [ConnectedAccountRow] {
        var rows: [ConnectedAccountRow] = []
        for account in accounts { rows.append(try ConnectedAccountRow(account)) }
        return rows
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = """
        connected_account_id, workspace_id, provider, display_name, created_at, custom_metadata, \
        automatically_manages_new_devices, accepted_capabilities, customer_key, disconnected_at, settings, removed_at
        """

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
                customMetadata: try columns.takeJSON(),
                automaticallyManagesNewDevices: try columns.take(),
                acceptedCapabilities: try columns.takeJSON(),
                customerKey: try columns.take(),
                disconnectedAt: try columns.take(),
                settings: try columns.takeJSON(),
                removedAt: try columns.take()
            )
        }
    }

    /// Returns an account, removed or not; nil if there is none with this id.
    static func fetch(_ id: Identifier<ConnectedAccount>, _ db: Database) throws -> ConnectedAccount? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM connected_accounts WHERE connected_account_id = ?"
        )
        return try Row.fetchOne(statement, arguments: [id]).map(read)
    }

    /// Inserts the account, unless its id is there already.
    ///
    /// - Returns: Whether it was inserted.
    /// - Throws: SQLite's constraint error if its workspace is unknown.
    @discardableResult
    func insert(_ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO connected_accounts (\(Self.columns), search_text)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (connected_account_id) DO NOTHING
                """,
            arguments: values + [account.searchText]
        )
        return db.changesCount == 1
    }

    /// Replaces the account that has the identity of this one in its workspace.
    ///
    /// - Returns: Whether there is one.
    @discardableResult
    func update(_ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE connected_accounts
                SET (\(Self.columns), search_text) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                WHERE connected_account_id = ? AND workspace_id = ?
                """,
            arguments: values + [account.searchText, account.id, account.workspaceID]
        )
        return db.changesCount == 1
    }

    /// The values of the columns, in their order.
    private var values: StatementArguments {
        [
            account.id, account.workspaceID, account.provider, account.displayName, account.createdAt, customMetadata,
            account.automaticallyManagesNewDevices, acceptedCapabilities, account.customerKey, account.disconnectedAt,
            settings, account.removedAt,
        ]
    }
}

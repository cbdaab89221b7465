import GRDB
import KeywayModel
import KeywayStore

/// A workspace on its way into the database: what takes time is done before it gets in line.
struct WorkspaceRow: Sendable {
    private let workspace: Workspace
    private let customization: String

    /// Prepares a workspace.
    init(_ workspace: Workspace) throws(StoreError) {
        self.workspace = workspace
        customization = try JSONText.encode(workspace.customization)
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = """
        workspace_id, name, is_sandbox, created_at, connect_partner_name, is_suspended, \
        is_publishable_key_auth_enabled, publishable_key, organization_id, customization
        """

    /// Reads a workspace.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Workspace {
        try RowReader.read(row, of: "workspaces") { columns in
            Workspace(
                id: try columns.take(),
                name: try columns.take(),
                isSandbox: try columns.take(),
                createdAt: try columns.take(),
                connectPartnerName: try columns.take(),
                isSuspended: try columns.take(),
                isPublishableKeyAuthEnabled: try columns.take(),
                publishableKey: try columns.take(),
                organizationID: try columns.take(),
                customization: try columns.takeJSON()
            )
        }
    }

    /// Returns a workspace; nil if there is none with this id.
    static func fetch(_ id: Identifier<Workspace>, _ db: Database) throws -> Workspace? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM workspaces WHERE workspace_id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map(read)
    }

    /// Inserts the workspace, unless its id is there already.
    ///
    /// - Returns: Whether it was inserted.
    /// - Throws: SQLite's constraint error if another workspace has its publishable key.
    func insert(_ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO workspaces (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (workspace_id) DO NOTHING
                """,
            arguments: [
                workspace.id, workspace.name, workspace.isSandbox, workspace.createdAt, workspace.connectPartnerName,
                workspace.isSuspended, workspace.isPublishableKeyAuthEnabled, workspace.publishableKey,
                workspace.organizationID, customization,
            ]
        )
        return db.changesCount == 1
    }

    /// Replaces the workspace but for its identity, time of creation and whether it is a sandbox.
    ///
    /// - Throws: SQLite's constraint error if another workspace has its publishable key.
    func update(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE workspaces
                SET name = ?, connect_partner_name = ?, is_suspended = ?, is_publishable_key_auth_enabled = ?,
                    publishable_key = ?, organization_id = ?, customization = ?
                WHERE workspace_id = ?
                """,
            arguments: [
                workspace.name, workspace.connectPartnerName, workspace.isSuspended,
                workspace.isPublishableKeyAuthEnabled, workspace.publishableKey, workspace.organizationID,
                customization, workspace.id,
            ]
        )
    }
}

import GRDB
import KeywayModel
import KeywayStore

/// An owned record on its way into the database: what takes time is done before it gets in line.
///
/// The body is the record's `Codable` form, so the times in it have milliseconds.
struct OwnedRecordRow<Record: OwnedRecord>: Sendable {
    private let record: Record
    private let body: String

    /// Prepares a record.
    init(_ record: Record) throws(StoreError) {
        self.record = record
        body = try JSONText.encode(record)
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static var columns: String { "record_id, body" }

    /// Reads a record.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Record {
        try RowReader.read(row, of: "owned_records") { columns in
            _ = try columns.take(Identifier<Record>.self)
            return try columns.takeJSON()
        }
    }

    /// Returns a record; nil if there is none with this id in the workspace.
    static func fetch(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws -> Record? {
        try fetch(where: "record_id = ? AND workspace_id = ?", [id, workspaceID], db)
    }

    /// Returns the one record of its kind that meets a condition; nil if there is none.
    static func fetch(where condition: String, _ arguments: StatementArguments, _ db: Database) throws -> Record? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM owned_records WHERE kind = ? AND \(condition)"
        )
        return try Row.fetchOne(statement, arguments: [Record.kind.rawValue] + arguments).map(read)
    }

    /// Inserts the record.
    ///
    /// - Throws: SQLite's constraint error if its id or one of its keys is taken, or its workspace unknown.
    func insert(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO owned_records (kind, record_id, workspace_id, created_at, global_key, local_key, body)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        .execute(
            arguments: [
                Record.kind.rawValue, record.id, record.workspaceID, record.createdAt, record.globalKey,
                record.localKey, body,
            ]
        )
    }

    /// Replaces the record that has the identity of this one.
    ///
    /// - Throws: SQLite's constraint error if another record has one of its keys.
    func update(_ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE owned_records SET global_key = ?, local_key = ?, body = ? WHERE kind = ? AND record_id = ?"
        )
        .execute(arguments: [record.globalKey, record.localKey, body, Record.kind.rawValue, record.id])
    }

    /// Deletes a record.
    ///
    /// - Returns: Whether there was such a record in the workspace.
    static func delete(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws -> Bool {
        try db.cachedStatement(
            sql: "DELETE FROM owned_records WHERE kind = ? AND record_id = ? AND workspace_id = ?"
        )
        .execute(arguments: [Record.kind.rawValue, id, workspaceID])
        return db.changesCount == 1
    }
}

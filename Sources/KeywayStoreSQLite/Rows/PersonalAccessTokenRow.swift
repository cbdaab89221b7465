import Foundation
import GRDB
import KeywayModel

/// How a personal access token stands in its tables.
enum PersonalAccessTokenRow {
    /// The columns that ``read(_:)`` takes, in its order, of `personal_access_tokens AS token`.
    static let columns = """
        token.personal_access_token_id, token.name, token.short_token, token.secret_hash, \
        token.reaches_every_workspace, \
        (SELECT json_group_array(workspace_id) FROM personal_access_token_workspaces AS reached \
            WHERE reached.personal_access_token_id = token.personal_access_token_id), \
        token.created_at, token.revoked_at
        """

    /// Reads a token.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> PersonalAccessToken {
        try RowReader.read(row, of: "personal_access_tokens") { columns in
            PersonalAccessToken(
                id: try columns.take(),
                name: try columns.take(),
                shortToken: try columns.take(),
                secretHash: Array(try columns.take(Data.self)),
                reach: try readReach(&columns),
                createdAt: try columns.take(),
                revokedAt: try columns.take()
            )
        }
    }

    private static func readReach(_ columns: inout RowReader) throws -> PersonalAccessToken.Reach {
        let reachesEvery = try columns.take(Bool.self)
        let workspaceIDs = try columns.takeJSON(Set<Identifier<Workspace>>.self)
        return reachesEvery ? .everyWorkspace : .workspaces(workspaceIDs)
    }

    /// Returns a token, revoked or not; nil if there is none with this id.
    static func fetch(_ id: Identifier<PersonalAccessToken>, _ db: Database) throws -> PersonalAccessToken? {
        let sql = "SELECT \(columns) FROM personal_access_tokens AS token WHERE personal_access_token_id = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [id]).map(read)
    }

    /// Inserts a token with the workspaces that it reaches.
    ///
    /// - Throws: SQLite's constraint error if its id or short token is taken, or a workspace unknown.
    static func insert(_ token: PersonalAccessToken, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO personal_access_tokens (personal_access_token_id, name, short_token, secret_hash,
                    reaches_every_workspace, created_at, revoked_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                token.id, token.name, token.shortToken, Data(token.secretHash), token.reach == .everyWorkspace,
                token.createdAt, token.revokedAt,
            ]
        )
        guard case .workspaces(let ids) = token.reach else { return }
        for id in ids { try extend(token.id, to: id, db) }
    }

    /// Lets a token that does not reach every workspace reach one more.
    ///
    /// - Throws: SQLite's constraint error if there is no such token or workspace.
    static func extend(
        _ id: Identifier<PersonalAccessToken>,
        to workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO personal_access_token_workspaces (personal_access_token_id, workspace_id) VALUES (?, ?)
                """,
            arguments: [id, workspaceID]
        )
    }
}

import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    // MARK: Attempts

    /// Returns what is remembered of a requester's key, however old; nil if there is nothing.
    package func idempotencyRecord(
        of requester: Requester,
        key: String
    ) async throws(StoreError) -> IdempotencyRecord? {
        try await read { db in try IdempotencyRow.fetch(of: requester, key: key, db) }
    }

    /// Returns an attempt; nil if there is none with this id in the workspace.
    package func actionAttempt(
        _ id: Identifier<ActionAttempt>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> ActionAttempt? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(ActionAttemptRow.columns) FROM action_attempts
                    WHERE action_attempt_id = ? AND workspace_id = ?
                    """
            )
            return try Row.fetchOne(statement, arguments: [id, workspaceID]).map(ActionAttemptRow.read)
        }
    }

    /// Returns a page of attempts, the latest accepted first.
    package func actionAttempts(_ query: ActionAttemptQuery) async throws(StoreError) -> Page<ActionAttempt> {
        try await read { db in
            var conditions = try Conditions(in: query.workspaceID, "action_attempt_id", isOneOf: query.ids)
            if let deviceID = query.deviceID { conditions.add("device_id = ?", [deviceID]) }
            if let after = query.after { conditions.add("sequence < ?", [after]) }
            return try Self.page(
                db,
                sql: """
                    SELECT \(ActionAttemptRow.columns), sequence FROM action_attempts
                    \(conditions.clause) ORDER BY sequence DESC LIMIT ?
                    """,
                conditions,
                limit: query.limit,
                ActionAttemptRow.read
            )
        }
    }

    // MARK: Events

    /// Returns events in the order of their sequence numbers.
    package func events(_ query: EventQuery) async throws(StoreError) -> [Event] {
        try await read { db in
            let conditions = try Conditions(query)
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(EventRow.columns) FROM events \(conditions.clause)
                    ORDER BY sequence \(query.keeps == .newest ? "DESC" : "ASC") LIMIT ? OFFSET ?
                    """,
                arguments: conditions.arguments + [query.limit, query.offset]
            )
            let events = try Array(rows.map(EventRow.read))
            return query.keeps == .newest ? events.reversed() : events
        }
    }

    /// Returns the position of a workspace's latest event; 0 if it has none.
    package func latestEventPosition(in workspaceID: Identifier<Workspace>) async throws(StoreError) -> Int64 {
        try await read { db in try Self.latestEventPosition(in: workspaceID, db) }
    }

    /// Returns the first events after a position, ready to be sent.
    package func eventPage(_ query: EventQuery, after position: Int64) async throws(StoreError) -> EventPage {
        try await read { db in
            let latest = try Self.latestEventPosition(in: query.workspaceID, db)
            let end = min(latest, position + EventPage.window)
            guard position < end else { return EventPage(lines: [], through: position, latest: latest) }
            var conditions = try Conditions(query)
            conditions.add("sequence > ? AND sequence <= ?", [position, end])
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT \(EventRow.lineColumns) FROM events \(conditions.clause) ORDER BY sequence LIMIT ?",
                arguments: conditions.arguments + [query.limit]
            )
            var (lines, bytes) = ([EventPage.Line](), 0)
            while bytes < EventPage.maximumBytes, let row = try rows.next() {
                let line = try EventRow.readLine(row)
                lines.append(line)
                bytes += line.body.utf8.count
            }
            // A full page may not be all of it.
            let isFull = lines.count == query.limit || bytes >= EventPage.maximumBytes
            return EventPage(lines: lines, through: isFull ? lines.last?.position ?? end : end, latest: latest)
        }
    }

    private static func latestEventPosition(in workspaceID: Identifier<Workspace>, _ db: Database) throws -> Int64 {
        let statement = try db.cachedStatement(sql: "SELECT last_event_sequence FROM workspaces WHERE workspace_id = ?")
        return try Int64.fetchOne(statement, arguments: [workspaceID]) ?? 0
    }

    // MARK: Devices

    /// Returns a device; nil if there is none with this id in the workspace, or it is deleted; without a workspace it
    /// looks in all, and at deleted ones too.
    package func device(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?
    ) async throws(StoreError) -> Device? {
        try await read { db in
            let device = try DeviceRow.fetch(id, in: workspaceID, db)
            return workspaceID == nil || device?.deletedAt == nil ? device : nil
        }
    }

    /// Returns a page of devices, ordered by their time of creation and then by id, without deleted ones unless the
    /// query asks for them.
    package func devices(_ query: DeviceQuery) async throws(StoreError) -> Page<Device> {
        try await read { db in
            let conditions = try Conditions(query)
            return try Self.page(
                db,
                sql: """
                    SELECT \(DeviceRow.columns), sequence FROM \(DeviceRow.tables)
                    \(conditions.clause) ORDER BY created_at, device_id LIMIT ?
                    """,
                conditions,
                limit: query.limit,
                DeviceRow.read
            )
        }
    }

    // MARK: Connected accounts

    /// Returns a connected account, removed or not; nil if there is none with this id.
    package func connectedAccount(
        _ id: Identifier<ConnectedAccount>
    ) async throws(StoreError) -> ConnectedAccount? {
        try await read { db in try ConnectedAccountRow.fetch(id, db) }
    }

    /// Returns every connected account of a provider, the oldest first, removed ones included.
    package func connectedAccounts(of provider: Provider) async throws(StoreError) -> [ConnectedAccount] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(ConnectedAccountRow.columns) FROM connected_accounts WHERE provider = ?
                    ORDER BY created_at, connected_account_id
                    """
            )
            return try Array(Row.fetchCursor(statement, arguments: [provider]).map(ConnectedAccountRow.read))
        }
    }

    /// Returns a page of a workspace's connected accounts, ordered by their time of creation and then by id, without
    /// removed ones.
    package func connectedAccounts(
        _ query: ConnectedAccountQuery
    ) async throws(StoreError) -> Page<ConnectedAccount> {
        try await read { db in
            let conditions = try Conditions(query)
            return try Self.page(
                db,
                sql: """
                    SELECT \(ConnectedAccountRow.columns), sequence FROM connected_accounts
                    \(conditions.clause) ORDER BY created_at, connected_account_id LIMIT ?
                    """,
                conditions,
                limit: query.limit,
                ConnectedAccountRow.read
            )
        }
    }

    // MARK: Tenants

    /// Returns a workspace; nil if there is none with this id.
    package func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace? {
        try await read { db in try WorkspaceRow.fetch(id, db) }
    }

    /// Returns every workspace, the oldest first.
    package func workspaces() async throws(StoreError) -> [Workspace] {
        try await read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT \(WorkspaceRow.columns) FROM workspaces ORDER BY created_at, workspace_id"
            )
            return try Array(rows.map(WorkspaceRow.read))
        }
    }

    /// Returns the workspace with a publishable key; nil if there is none.
    package func workspace(publishableKey: String) async throws(StoreError) -> Workspace? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(WorkspaceRow.columns) FROM workspaces WHERE publishable_key = ?"
            )
            return try Row.fetchOne(statement, arguments: [publishableKey]).map(WorkspaceRow.read)
        }
    }

    // MARK: Personal access tokens

    /// Returns the token with a short token, revoked or not; nil if there is none.
    package func personalAccessToken(shortToken: String) async throws(StoreError) -> PersonalAccessToken? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(PersonalAccessTokenRow.columns) FROM personal_access_tokens AS token
                    WHERE short_token = ?
                    """
            )
            return try Row.fetchOne(statement, arguments: [shortToken]).map(PersonalAccessTokenRow.read)
        }
    }

    /// Returns every token, the oldest first, revoked ones included.
    package func personalAccessTokens() async throws(StoreError) -> [PersonalAccessToken] {
        try await read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(PersonalAccessTokenRow.columns) FROM personal_access_tokens AS token
                    ORDER BY created_at, personal_access_token_id
                    """
            )
            return try Array(rows.map(PersonalAccessTokenRow.read))
        }
    }

    // MARK: API keys

    /// Returns the key with a short token, revoked or not; nil if there is none.
    package func apiKey(shortToken: String) async throws(StoreError) -> APIKey? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(APIKeyRow.columns) FROM api_keys WHERE short_token = ?"
            )
            return try Row.fetchOne(statement, arguments: [shortToken]).map(APIKeyRow.read)
        }
    }

    /// Returns every key of a workspace, or of all, the oldest first, revoked ones included.
    package func apiKeys(of workspaceID: Identifier<Workspace>?) async throws(StoreError) -> [APIKey] {
        try await read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(APIKeyRow.columns) FROM api_keys WHERE ?1 IS NULL OR workspace_id = ?1
                    ORDER BY created_at, api_key_id
                    """,
                arguments: [workspaceID]
            )
            return try Array(rows.map(APIKeyRow.read))
        }
    }

    // MARK: Pages

    /// Fetches a page with a statement whose last argument is the limit and whose last column is the cursor.
    ///
    /// The statement is not cached: there are too many combinations of conditions.
    static func page<Element: Sendable>(
        _ db: Database,
        sql: String,
        _ conditions: Conditions,
        limit: Int,
        _ element: (Row) throws -> Element
    ) throws -> Page<Element> {
        // One more than asked for tells whether there is a next page.
        let rows = try Row.fetchCursor(db, sql: sql, arguments: conditions.arguments + [limit + 1])
        var elements: [Element] = []
        var last: Int64?
        while let row = try rows.next() {
            guard elements.count < limit else { return Page(elements: elements, next: last) }
            elements.append(try element(row))
            last = try row.decode(Int64.self, atIndex: row.count - 1)
        }
        return Page(elements: elements, next: nil)
    }
}

extension Conditions {
    /// The conditions of a query for events.
    fileprivate init(_ query: EventQuery) throws {
        try self.init(in: query.workspaceID, "event_id", isOneOf: query.ids)
        try add("event_type", isOneOf: query.types)
        if let deviceIDs = query.deviceIDs, deviceIDs.count == 1 {
            // Of one device the index has the events in their order; of several it has not.
            add("device_id = ?", [deviceIDs[0]])
        } else {
            try add("device_id", isOneOf: query.deviceIDs)
        }
        try add("connected_account_id", isOneOf: query.connectedAccountIDs)
        if let webviewID = query.connectWebviewID { add("connect_webview_id = ?", [webviewID]) }
        // Times as bounds of the sequence, so that no event outside of them is looked at.
        if let after = query.after {
            add(
                """
                sequence >= (SELECT sequence FROM events WHERE workspace_id = ? AND written_at > ?
                    ORDER BY written_at, rowid LIMIT 1)
                """,
                [query.workspaceID, after]
            )
        }
        if let before = query.before {
            add(
                """
                sequence <= (SELECT sequence FROM events WHERE workspace_id = ? AND written_at < ?
                    ORDER BY written_at DESC, rowid DESC LIMIT 1)
                """,
                [query.workspaceID, before]
            )
        }
    }

    /// The conditions of a query for devices.
    fileprivate init(_ query: DeviceQuery) throws {
        try self.init(in: query.workspaceID, "device_id", isOneOf: query.ids)
        try add("connected_account_id", isOneOf: query.connectedAccountIDs)
        try add("device_type", isOneOf: query.deviceTypes)
        if !query.includesDeleted { add("deleted_at IS NULL") }
        if let isManaged = query.isManaged { add("is_managed = ?", [isManaged]) }
        try addCapabilities(included: query.includedCapabilities, excluded: query.excludedCapabilities)
        if let manufacturer = query.manufacturer { add("manufacturer = ?", [manufacturer]) }
        if let name = query.name { add("(name = ? OR nickname = ?)", [name, name]) }
        if let createdBefore = query.createdBefore { add("created_at < ?", [createdBefore]) }
        addMetadata(query.customMetadata)
        if let text = query.foldedSearch {
            if let prefix = query.idPrefix {
                add("(instr(search_text, ?) > 0 OR substr(device_id, 1, length(?)) = ?)", [text, prefix, prefix])
            } else {
                add("instr(search_text, ?) > 0", [text])
            }
        }
        if let after = query.after {
            add(
                """
                (created_at, device_id) >
                    (SELECT created_at, device_id FROM devices WHERE sequence = ? AND workspace_id = ?)
                """,
                [after, query.workspaceID]
            )
        }
    }

    /// Adds that a device's description has all of some capability flags, and none of others.
    private mutating func addCapabilities(included: [String], excluded: [String]) throws {
        let flags = "SELECT flag.value FROM json_each(description, '$.capabilities') AS flag"
        if !included.isEmpty {
            add(
                "NOT EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE wanted.value NOT IN (\(flags)))",
                [try JSONText.encode(included)]
            )
        }
        if !excluded.isEmpty {
            add(
                "NOT EXISTS (SELECT 1 FROM json_each(?) AS unwanted WHERE unwanted.value IN (\(flags)))",
                [try JSONText.encode(excluded)]
            )
        }
    }

    /// The conditions of a query for connected accounts.
    fileprivate init(_ query: ConnectedAccountQuery) throws {
        try self.init(in: query.workspaceID, "connected_account_id", isOneOf: query.ids)
        add("removed_at IS NULL")
        addMetadata(query.customMetadata)
        if let customerKey = query.customerKey { add("customer_key = ?", [customerKey]) }
        if let text = query.foldedSearch { add("instr(search_text, ?) > 0", [text]) }
        if let after = query.after {
            add(
                """
                (created_at, connected_account_id) >
                    (SELECT created_at, connected_account_id FROM connected_accounts
                        WHERE sequence = ? AND workspace_id = ?)
                """,
                [after, query.workspaceID]
            )
        }
    }
}

import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    // MARK: Idempotency keys

    /// Remembers a key of a request that is not part of a lane's commit.
    package func remember(_ record: IdempotencyRecord) async throws(StoreError) {
        try await committer.write { batch in try IdempotencyRow.write(record, batch.db) }
    }

    /// Forgets the keys that were first used before a time, and returns how many those were.
    package func forgetIdempotencyRecords(before time: Timestamp) async throws(StoreError) -> Int {
        try await committer.write { batch in
            try batch.db.execute(sql: "DELETE FROM idempotency_keys WHERE created_at < ?", arguments: [time])
            return batch.db.changesCount
        }
    }

    // MARK: Connected accounts

    /// Adds a connected account with its devices and the events that tell of them, in one transaction.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its id or that of a device is taken, its workspace
    ///   unknown, or a device not of this account.
    package func add(_ account: ConnectedAccount, devices: [Device], events: [Event]) async throws(StoreError) {
        let areOwn = devices.allSatisfy { device in
            device.connectedAccountID == account.id && device.workspaceID == account.workspaceID
        }
        guard areOwn else { throw StoreError(.conflict, message: "A device is not of the account that it comes with.") }
        let row = try ConnectedAccountRow(account)
        let deviceRows = try DeviceRow.rows(devices)
        let eventRows = try EventRow.rows(events)
        try await committer.write { batch in
            var areNew = try row.insert(batch.db)
            for deviceRow in deviceRows where areNew { areNew = try deviceRow.insert(batch.db) }
            guard areNew else {
                throw StoreError(.conflict, message: "The id of a connected account or of a device of it is taken.")
            }
            try batch.insert(eventRows)
        }
    }

    /// Changes a connected account with the events that tell of it, in one transaction.
    ///
    /// - Returns: The account after the change, or why there was none; nil if there is no such account.
    package func updateConnectedAccount<Refusal: Error>(
        _ id: Identifier<ConnectedAccount>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout ConnectedAccount) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<ConnectedAccount, Refusal>? {
        try await committer.write { batch in
            guard let account = try ConnectedAccountRow.fetch(id, batch.db),
                workspaceID == nil || account.workspaceID == workspaceID
            else { return nil }
            var changed = account
            let events: [Event]
            do throws(Refusal) { events = try change(&changed) } catch { return .failure(error) }
            changed = account.updated(by: changed)
            if changed != account { try ConnectedAccountRow(changed).update(batch.db) }
            try batch.insert(EventRow.rows(events))
            return .success(changed)
        }
    }

    // MARK: Tenants

    /// Adds what is new of a workspace, its accounts and its devices, in one transaction.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if a device names an account that its workspace does not
    ///   have, another workspace has its publishable key, or there is no such token.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device],
        reachedBy tokenID: Identifier<PersonalAccessToken>?
    ) async throws(StoreError) {
        let row = try WorkspaceRow(workspace)
        let accountRows = try ConnectedAccountRow.rows(accounts)
        let deviceRows = try DeviceRow.rows(devices)
        try await committer.write { batch in
            let isNew = try row.insert(batch.db)
            if let tokenID {
                guard let token = try PersonalAccessTokenRow.fetch(tokenID, batch.db) else {
                    throw StoreError(.conflict, message: "There is no such token to reach the workspace.")
                }
                if isNew, token.reach != .everyWorkspace {
                    try PersonalAccessTokenRow.extend(tokenID, to: workspace.id, batch.db)
                }
            }
            for row in accountRows { try row.insert(batch.db) }
            for row in deviceRows { try row.insert(batch.db) }
        }
    }

    /// Changes a workspace, in one transaction.
    ///
    /// - Returns: The workspace after the change; nil if there is none with this id.
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if another workspace has its publishable key.
    package func updateWorkspace(
        _ id: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Workspace) -> Void
    ) async throws(StoreError) -> Workspace? {
        try await committer.write { batch in
            guard let workspace = try WorkspaceRow.fetch(id, batch.db) else { return nil }
            var changed = workspace
            change(&changed)
            changed = workspace.updated(by: changed)
            if changed != workspace { try WorkspaceRow(changed).update(batch.db) }
            return changed
        }
    }

    /// Puts a sandbox workspace back to its beginning, as far as no lane does it, in one transaction.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if the workspace is unknown or an account is not its own.
    package func reset(
        _ workspaceID: Identifier<Workspace>,
        to accounts: [ConnectedAccount],
        attempt: ActionAttempt,
        idempotency: IdempotencyRecord?
    ) async throws(StoreError) {
        precondition(attempt.outcome != nil, "a reset is resolved")
        let conflict = StoreError(.conflict, message: "The workspace is unknown, or an account is not its own.")
        guard accounts.allSatisfy({ $0.workspaceID == workspaceID }) else { throw conflict }
        let accountRows = try ConnectedAccountRow.rows(accounts)
        let attemptRow = try ActionAttemptRow(attempt)
        let keptIDs = try JSONText.encode(accounts.map(\.id))
        let time = attempt.resolvedAt ?? attempt.createdAt
        try await committer.write { batch in
            guard try WorkspaceRow.fetch(workspaceID, batch.db) != nil else { throw conflict }
            try batch.db.execute(sql: "DELETE FROM owned_records WHERE workspace_id = ?", arguments: [workspaceID])
            batch.webhooksChanged(in: workspaceID)
            try batch.db.execute(
                sql: """
                    UPDATE connected_accounts SET removed_at = coalesce(removed_at, ?), settings = 'null'
                    WHERE workspace_id = ? AND provider = 'sandbox'
                        AND connected_account_id NOT IN (SELECT value FROM json_each(?))
                    """,
                arguments: [time, workspaceID, keptIDs]
            )
            for row in accountRows {
                guard try row.insert(batch.db) || row.update(batch.db) else { throw conflict }
            }
            try attemptRow.insert(batch.db)
            if let idempotency { try IdempotencyRow.write(idempotency, batch.db) }
        }
    }

    // MARK: Personal access tokens

    /// Adds a token.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its id or short token is taken, or a workspace it
    ///   names unknown.
    package func add(_ token: PersonalAccessToken) async throws(StoreError) {
        try await committer.write { batch in try PersonalAccessTokenRow.insert(token, batch.db) }
    }

    /// Marks a token as revoked; one that was revoked before keeps its first time.
    ///
    /// - Returns: The token after the change; nil if there is none with this id.
    package func revokePersonalAccessToken(
        _ id: Identifier<PersonalAccessToken>,
        at time: Timestamp
    ) async throws(StoreError) -> PersonalAccessToken? {
        try await committer.write { batch in
            try batch.db.execute(
                sql: """
                    UPDATE personal_access_tokens SET revoked_at = coalesce(revoked_at, ?)
                    WHERE personal_access_token_id = ?
                    """,
                arguments: [time, id]
            )
            return try PersonalAccessTokenRow.fetch(id, batch.db)
        }
    }

    // MARK: API keys

    /// Adds a key.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its id or short token is taken, or its workspace is
    ///   unknown.
    package func add(_ key: APIKey) async throws(StoreError) {
        try await committer.write { batch in try APIKeyRow.insert(key, batch.db) }
    }

    /// Marks a key as revoked; a key that was revoked before keeps its first time.
    ///
    /// - Returns: The key after the change; nil if there is none with this id.
    package func revokeAPIKey(_ id: Identifier<APIKey>, at time: Timestamp) async throws(StoreError) -> APIKey? {
        try await committer.write { batch in
            try batch.db.execute(
                sql: "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE api_key_id = ?",
                arguments: [time, id]
            )
            let sql = "SELECT \(APIKeyRow.columns) FROM api_keys WHERE api_key_id = ?"
            return try Row.fetchOne(batch.db, sql: sql, arguments: [id]).map(APIKeyRow.read)
        }
    }
}

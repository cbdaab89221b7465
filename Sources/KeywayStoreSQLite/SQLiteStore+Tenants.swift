import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    /// Replaces a device's driver settings; no effect if the device is gone.
    package func setDriverSettings(
        _ settings: JSONValue,
        of deviceID: Identifier<Device>
    ) async throws(StoreError) {
        let text = try JSONText.encode(settings)
        try await committer.write { batch in
            try batch.db.execute(
                sql: "UPDATE devices SET driver_settings = ? WHERE device_id = ?",
                arguments: [text, deviceID]
            )
        }
    }

    /// Forgets the keys that were first used before a time, and returns how many those were.
    package func forgetIdempotencyRecords(before time: Timestamp) async throws(StoreError) -> Int {
        try await committer.write { batch in
            try batch.db.execute(sql: "DELETE FROM idempotency_keys WHERE created_at < ?", arguments: [time])
            return batch.db.changesCount
        }
    }

    /// Adds what is new of a workspace, its accounts and its devices, in one transaction.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if a device names an account that its workspace does not
    ///   have.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device]
    ) async throws(StoreError) {
        var rows: [DeviceRow] = []
        for device in devices { rows.append(try DeviceRow(device)) }
        try await committer.write { [rows] batch in
            try WorkspaceRow.insert(workspace, batch.db)
            for account in accounts { try ConnectedAccountRow.insert(account, batch.db) }
            for row in rows { try row.insert(batch.db) }
        }
    }

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

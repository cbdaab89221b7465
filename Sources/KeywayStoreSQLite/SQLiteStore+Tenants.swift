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

    /// Adds what is new of a workspace, its accounts and its devices, in one transaction.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if a device names an account that its workspace does not
    ///   have.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device]
    ) async throws(StoreError) {
        var accountRows: [ConnectedAccountRow] = []
        for account in accounts { accountRows.append(try ConnectedAccountRow(account)) }
        var rows: [DeviceRow] = []
        for device in devices { rows.append(try DeviceRow(device)) }
        try await committer.write { [accountRows, rows] batch in
            try WorkspaceRow.insert(workspace, batch.db)
            for row in accountRows { try row.insert(batch.db) }
            for row in rows { try row.insert(batch.db) }
        }
    }

    /// Adds a device with the event that says so; a device that is there already stays as it is, without an event.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its workspace does not have its connected account.
    package func add(_ device: Device, event: Event) async throws(StoreError) {
        let row = try DeviceRow(device)
        let eventRow = try EventRow(event)
        try await committer.write { batch in
            if try row.insert(batch.db) { try batch.insert(eventRow) }
        }
    }

    /// Replaces a device's description and driver settings; no effect if the device is gone.
    package func describe(
        _ deviceID: Identifier<Device>,
        as description: DeviceDescription,
        driverSettings: JSONValue
    ) async throws(StoreError) {
        let settings = try JSONText.encode(driverSettings)
        let text = try JSONText.encode(description)
        try await committer.write { batch in
            let sql = "SELECT \(DeviceRow.columns) FROM \(DeviceRow.tables) WHERE device_id = ?"
            guard var device = try Row.fetchOne(batch.db, sql: sql, arguments: [deviceID]).map(DeviceRow.read) else {
                return
            }
            device.description = description
            try batch.db.execute(
                sql: """
                    UPDATE devices SET device_type = ?, manufacturer = ?, name = ?, search_text = ?, description = ?,
                        driver_settings = ?
                    WHERE device_id = ?
                    """,
                arguments: [
                    description.deviceType, description.manufacturer, description.name, device.searchText, text,
                    settings,
                    deviceID,
                ]
            )
        }
    }

    /// Adds a connected account.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its id is taken or its workspace unknown.
    package func add(_ account: ConnectedAccount) async throws(StoreError) {
        let row = try ConnectedAccountRow(account)
        try await committer.write { batch in
            guard try row.insert(batch.db) else {
                throw StoreError(.conflict, message: "The id of a connected account is taken.")
            }
        }
    }

    /// Marks a connected account as removed and forgets its settings; one that was removed before keeps its first time.
    ///
    /// - Returns: The account after the change; nil if there is none with this id.
    package func removeConnectedAccount(
        _ id: Identifier<ConnectedAccount>,
        at time: Timestamp
    ) async throws(StoreError) -> ConnectedAccount? {
        try await committer.write { batch in
            try batch.db.execute(
                sql: """
                    UPDATE connected_accounts SET removed_at = coalesce(removed_at, ?), settings = 'null'
                    WHERE connected_account_id = ?
                    """,
                arguments: [time, id]
            )
            let sql = "SELECT \(ConnectedAccountRow.columns) FROM connected_accounts WHERE connected_account_id = ?"
            return try Row.fetchOne(batch.db, sql: sql, arguments: [id]).map(ConnectedAccountRow.read)
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

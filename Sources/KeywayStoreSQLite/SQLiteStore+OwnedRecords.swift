import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    /// Adds a record with the events that tell of it.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its id or one of its keys is taken, or its workspace
    ///   is unknown.
    package func add<Record: OwnedRecord>(_ record: Record, events: [Event]) async throws(StoreError) {
        let row = try OwnedRecordRow(record)
        let eventRows = try EventRow.rows(events)
        try await committer.write { batch in
            try row.insert(batch.db)
            if Record.kind == .webhook { batch.webhooksChanged(in: record.workspaceID) }
            try batch.insert(eventRows)
        }
    }

    /// Returns a record; nil if there is none with this id in the workspace.
    package func record<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record? {
        try await read { db in try OwnedRecordRow<Record>.fetch(id, in: workspaceID, db) }
    }

    /// Returns the record of any workspace with a global key; nil if there is none.
    package func record<Record: OwnedRecord>(
        _: Record.Type,
        globalKey: String
    ) async throws(StoreError) -> Record? {
        try await read { db in try OwnedRecordRow<Record>.fetch(where: "global_key = ?", [globalKey], db) }
    }

    /// Returns the record with a local key; nil if the workspace has none.
    package func record<Record: OwnedRecord>(
        _: Record.Type,
        localKey: String,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record? {
        try await read { db in
            try OwnedRecordRow<Record>.fetch(where: "workspace_id = ? AND local_key = ?", [workspaceID, localKey], db)
        }
    }

    /// Returns a page of a workspace's records of one kind, in the order of their addition.
    package func records<Record: OwnedRecord>(
        _: Record.Type,
        in workspaceID: Identifier<Workspace>,
        limit: Int,
        after: Int64?
    ) async throws(StoreError) -> Page<Record> {
        try await read { db in
            var conditions = Conditions(in: workspaceID)
            conditions.add("kind = ?", [Record.kind.rawValue])
            if let after { conditions.add("sequence > ?", [after]) }
            return try Self.page(
                db,
                sql: """
                    SELECT \(OwnedRecordRow<Record>.columns), sequence FROM owned_records
                    \(conditions.clause) ORDER BY sequence LIMIT ?
                    """,
                conditions,
                limit: limit,
                OwnedRecordRow<Record>.read
            )
        }
    }

    /// Changes a record with the events that tell of it, in one transaction.
    ///
    /// - Returns: The record after the change, or why there was none; nil if there is no such record.
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if another record has one of its keys.
    package func update<Record: OwnedRecord, Refusal: Error>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Record) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Record, Refusal>? {
        try await committer.write { batch in
            guard let record = try OwnedRecordRow.fetch(id, in: workspaceID, batch.db) else { return nil }
            var changed = record
            let events: [Event]
            do throws(Refusal) { events = try change(&changed) } catch { return .failure(error) }
            record.requireSameIdentity(changed)
            if changed != record {
                try OwnedRecordRow(changed).update(batch.db)
                if Record.kind == .webhook { batch.webhooksChanged(in: workspaceID) }
            }
            try batch.insert(EventRow.rows(events))
            return .success(changed)
        }
    }

    /// Deletes a record with the events that tell of it.
    ///
    /// - Returns: Whether there was such a record; if not, no event is written.
    package func remove<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        events: [Event]
    ) async throws(StoreError) -> Bool {
        let eventRows = try EventRow.rows(events)
        return try await committer.write { batch in
            guard try OwnedRecordRow.delete(id, in: workspaceID, batch.db) else { return false }
            if Record.kind == .webhook { batch.webhooksChanged(in: workspaceID) }
            try batch.insert(eventRows)
            return true
        }
    }
}

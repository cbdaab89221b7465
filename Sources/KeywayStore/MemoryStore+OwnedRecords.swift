package import KeywayModel
import Synchronization

extension MemoryStore {
    /// Adds a record with the events that tell of it.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or one of its keys is taken, or its workspace is unknown.
    package func add<Record: OwnedRecord>(_ record: Record, events: [Event]) async throws(StoreError) {
        try change { tables throws(StoreError) in try tables.add(record, events: events) }
    }

    /// Returns a record; nil if there is none with this id in the workspace.
    package func record<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record? {
        tables.withLock { $0.record(id, in: workspaceID) }
    }

    /// Returns the record of any workspace with a global key; nil if there is none.
    package func record<Record: OwnedRecord>(
        _: Record.Type,
        globalKey: String
    ) async throws(StoreError) -> Record? {
        tables.withLock { $0.record(Record.self, globalKey: globalKey) }
    }

    /// Returns the record with a local key; nil if the workspace has none.
    package func record<Record: OwnedRecord>(
        _: Record.Type,
        localKey: String,
        in workspaceID: Identifier<Workspace>
    ) async throws(StoreError) -> Record? {
        tables.withLock { $0.record(Record.self, localKey: localKey, in: workspaceID) }
    }

    /// Returns a page of a workspace's records of one kind, in the order of addition.
    package func records<Record: OwnedRecord>(
        _: Record.Type,
        in workspaceID: Identifier<Workspace>,
        limit: Int,
        after: Int64?
    ) async throws(StoreError) -> Page<Record> {
        tables.withLock { $0.records(Record.self, in: workspaceID, limit: limit, after: after) }
    }

    /// Changes a record with the events that tell of it.
    ///
    /// - Returns: The record after the change, or why there was none; nil if there is no such record.
    /// - Throws: ``StoreError`` with code `conflict` if another record has one of its keys.
    package func update<Record: OwnedRecord, Refusal: Error>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Record) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Record, Refusal>? {
        try self.change { tables throws(StoreError) in try tables.update(id, in: workspaceID, change) }
    }

    /// Deletes a record with the events that tell of it.
    ///
    /// - Returns: Whether there was such a record; if not, no event is written.
    package func remove<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        events: [Event]
    ) async throws(StoreError) -> Bool {
        change { $0.remove(id, in: workspaceID, events: events) }
    }
}

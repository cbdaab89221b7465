import KeywayModel

extension MemoryTables {
    /// An owned record with its place in the order of addition, which is what a page cursor names.
    struct StoredRecord {
        let sequence: Int64
        var record: any OwnedRecord
    }

    mutating func add<Record: OwnedRecord>(_ record: Record, events: [Event]) throws(StoreError) {
        guard workspaces[record.workspaceID] != nil, !all(Record.self).contains(where: { $0.id == record.id }) else {
            throw StoreError(.conflict, message: "The record's id is taken, or its workspace is unknown.")
        }
        try refuseTakenKeys(of: record)
        ownedRecordCount += 1
        ownedRecords[Record.kind, default: []].append(StoredRecord(sequence: ownedRecordCount, record: record))
        append(events, to: record.workspaceID)
    }

    func record<Record: OwnedRecord>(_ id: Identifier<Record>, in workspaceID: Identifier<Workspace>) -> Record? {
        all(Record.self).first { $0.id == id && $0.workspaceID == workspaceID }
    }

    func record<Record: OwnedRecord>(_: Record.Type, globalKey: String) -> Record? {
        all(Record.self).first { $0.globalKey == globalKey }
    }

    func record<Record: OwnedRecord>(
        _: Record.Type,
        localKey: String,
        in workspaceID: Identifier<Workspace>
    ) -> Record? {
        all(Record.self).first { $0.localKey == localKey && $0.workspaceID == workspaceID }
    }

    func records<Record: OwnedRecord>(
        _: Record.Type,
        in workspaceID: Identifier<Workspace>,
        limit: Int,
        after: Int64?
    ) -> Page<Record> {
        // One more than asked for tells whether there is a next page.
        let found = (ownedRecords[Record.kind] ?? []).lazy
            .filter { $0.record.workspaceID == workspaceID && $0.sequence > after ?? 0 }
            .prefix(limit + 1)
        let shown = found.prefix(limit)
        return Page(
            elements: shown.compactMap { $0.record as? Record },
            next: found.count > limit ? shown.map(\.sequence).last : nil
        )
    }

    mutating func update<Record: OwnedRecord, Refusal: Error>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        _ change: (inout Record) throws(Refusal) -> [Event]
    ) throws(StoreError) -> Result<Record, Refusal>? {
        guard let position = position(of: id, in: workspaceID),
            let record = ownedRecords[Record.kind]?[position].record as? Record
        else { return nil }
        var changed = record
        let events: [Event]
        do throws(Refusal) {
            events = try change(&changed)
        } catch {
            return .failure(error)
        }
        record.requireSameIdentity(changed)
        try refuseTakenKeys(of: changed)
        ownedRecords[Record.kind]?[position].record = changed
        append(events, to: workspaceID)
        return .success(changed)
    }

    /// Puts a changed record in the place of the one with its identity.
    mutating func replace<Record: OwnedRecord>(_ changed: Record) {
        guard let position = position(of: changed.id, in: changed.workspaceID) else { return }
        ownedRecords[Record.kind]?[position].record = changed
    }

    mutating func remove<Record: OwnedRecord>(
        _ id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>,
        events: [Event]
    ) -> Bool {
        guard let position = position(of: id, in: workspaceID) else { return false }
        ownedRecords[Record.kind]?.remove(at: position)
        append(events, to: workspaceID)
        return true
    }

    private func all<Record: OwnedRecord>(_: Record.Type) -> some Sequence<Record> {
        (ownedRecords[Record.kind] ?? []).lazy.compactMap { $0.record as? Record }
    }

    private func position<Record: OwnedRecord>(
        of id: Identifier<Record>,
        in workspaceID: Identifier<Workspace>
    ) -> Int? {
        ownedRecords[Record.kind]?
            .firstIndex { ($0.record as? Record)?.id == id && $0.record.workspaceID == workspaceID }
    }

    private func refuseTakenKeys<Record: OwnedRecord>(of record: Record) throws(StoreError) {
        let isTaken = all(Record.self)
            .contains { other in
                guard other.id != record.id else { return false }
                let isGlobalTaken = record.globalKey != nil && other.globalKey == record.globalKey
                let isLocalTaken =
                    record.localKey != nil && other.localKey == record.localKey
                    && other.workspaceID == record.workspaceID
                return isGlobalTaken || isLocalTaken
            }
        guard !isTaken else { throw StoreError(.conflict, message: "Another record has a key of this one.") }
    }
}

import GRDB
import KeywayModel
import KeywayStore

/// A lane's commit on its way into the database: what takes time is done before it gets in line.
struct LaneWrite: Sendable {
    /// A change with its JSON written.
    private enum Change: Sendable {
        case accept(ActionAttemptRow, IdempotencyRecord?)
        case remember(IdempotencyRecord?)
        case dispatch(Identifier<ActionAttempt>, at: Timestamp, timeline: String)
        case resolve(ActionAttemptRow, events: [EventRow])
        case lateReport(Identifier<ActionAttempt>, entry: String, events: [EventRow])
        case report(events: [EventRow])
        case delete(at: Timestamp, events: [EventRow])
        case reset(DeviceRow)
    }

    private let deviceID: Identifier<Device>
    private let workspaceID: Identifier<Workspace>
    private let changes: [Change]
    private let state: DeviceStateRow?

    /// Prepares a commit.
    init(_ commit: LaneCommit) throws(StoreError) {
        deviceID = commit.deviceID
        workspaceID = commit.workspaceID
        state = if let state = commit.state { try DeviceStateRow(state) } else { nil }
        var changes: [Change] = []
        changes.reserveCapacity(commit.changes.count)
        for change in commit.changes { changes.append(try Self.prepare(change)) }
        self.changes = changes
    }

    private static func prepare(_ change: LaneCommit.Change) throws(StoreError) -> Change {
        switch change {
        case .accept(let attempt, let record):
            return .accept(try ActionAttemptRow(attempt), record)
        case .join(_, _, let record):
            return .remember(record)
        case .dispatch(let id, let time, let timeline):
            return .dispatch(id, at: time, timeline: try JSONText.encode(timeline))
        case .resolve(let attempt, let events):
            precondition(attempt.outcome != nil, "a resolution has an outcome")
            return .resolve(try ActionAttemptRow(attempt), events: try EventRow.rows(events))
        case .lateReport(let id, let entry, let events):
            return .lateReport(id, entry: try JSONText.encode(entry), events: try EventRow.rows(events))
        case .report(let events):
            return .report(events: try EventRow.rows(events))
        case .delete(let time, let events):
            return .delete(at: time, events: try EventRow.rows(events))
        case .reset(let device):
            return .reset(try DeviceRow(device))
        }
    }

    /// Applies the commit; doing so again changes nothing.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if the store does not have the device; SQLite's errors.
    func perform(in batch: inout WriteBatch) throws {
        let isKnown =
            if let state {
                try state.update(of: deviceID, in: workspaceID, batch.db)
            } else {
                try DeviceStateRow.exists(deviceID, in: workspaceID, batch.db)
            }
        guard isKnown else {
            throw StoreError(.conflict, message: "The store does not have the device of a lane's commit.")
        }
        for change in changes {
            switch change {
            case .accept(let attempt, let record):
                try attempt.insert(batch.db)
                if let record { try IdempotencyRow.write(record, batch.db) }
            case .remember(let record): if let record { try IdempotencyRow.write(record, batch.db) }
            case .dispatch(let id, let time, let timeline): try dispatch(id, at: time, timeline, batch.db)
            case .resolve(let attempt, let events):
                if try attempt.resolve(batch.db) { try batch.insert(events) }
            case .lateReport(let id, let entry, let events):
                if try isResolved(id, batch.db) { try addLateReport(entry, to: id, events, &batch) }
            case .report(let events): try batch.insert(events)
            case .delete(let time, let events):
                if try DeviceRow.delete(deviceID, in: workspaceID, at: time, batch.db) { try batch.insert(events) }
            case .reset(let device): try device.update(batch.db)
            }
        }
    }

    private func dispatch(
        _ id: Identifier<ActionAttempt>,
        at time: Timestamp,
        _ timeline: String,
        _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                UPDATE action_attempts SET dispatched_at = ?, timeline = ?
                WHERE action_attempt_id = ? AND workspace_id = ? AND status = 'pending'
                """
        )
        .execute(arguments: [time, timeline, id, workspaceID])
    }

    private func isResolved(_ id: Identifier<ActionAttempt>, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                SELECT 1 FROM action_attempts
                WHERE action_attempt_id = ? AND workspace_id = ? AND status <> 'pending'
                """
        )
        return try Int.fetchOne(statement, arguments: [id, workspaceID]) != nil
    }

    /// Writes a late report's events and its timeline entry, unless they are there already.
    ///
    /// A new event tells that the report is new; without one, an equal entry tells that it is not.
    private func addLateReport(
        _ entry: String,
        to id: Identifier<ActionAttempt>,
        _ events: [EventRow],
        _ batch: inout WriteBatch
    ) throws {
        let hasNewEvents = try batch.insert(events) > 0
        try batch.db
            .cachedStatement(
                sql: """
                    UPDATE action_attempts SET timeline = json_insert(timeline, '$[#]', json(?))
                    WHERE action_attempt_id = ?
                        AND (? OR NOT EXISTS (SELECT 1 FROM json_each(timeline) AS entry WHERE entry.value = json(?)))
                    """
            )
            .execute(arguments: [entry, id, hasNewEvents, entry])
    }
}

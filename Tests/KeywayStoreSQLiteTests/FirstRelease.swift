import GRDB
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayStoreSQLite

/// A database as Keyway wrote it up to migration 003: something in every table, and nothing in the order of its ids.
enum FirstRelease {
    private static let workspace = Home.workspace
    private static let account = Samples.account(1, in: workspace)
    private static let door: Device = {
        var door = Home.door
        door.customMetadata = ["floor": .string("Dachgeschoß"), "is_main": .bool(true)]
        door.state.warnings = [DeviceWarning(.timeWrong, createdAt: Samples.start)]
        return door
    }()

    /// Attempts 5, 2 and 9 in this order, the last one pending; the sequence has gaps.
    private static let attempts: [(sequence: Int64, attempt: ActionAttempt)] = {
        var attempts = [5, 2, 9].map { Samples.attempt($0, on: door) }
        attempts[0].dispatchedAt = Samples.start
        attempts[0].acknowledgedAt = Samples.start + .seconds(1)
        attempts[0].resolvedAt = Samples.start + .seconds(2)
        attempts[0].outcome = .success(wasConfirmedByDevice: true)
        attempts[1].resolvedAt = Samples.start + .seconds(3)
        attempts[1].outcome = .failure(.deviceOffline, "“offline”")
        return Array(zip([4, 7, 8], attempts))
    }()
    private static let events = [Home.event(4), Home.event(3)]

    /// Fills the tables.
    static func write(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO workspaces VALUES (?, ?, ?, ?, 2, ?);
                INSERT INTO connected_accounts VALUES (?, ?, 'sandbox', ?, ?, '{"a":1}', NULL);
                INSERT INTO connected_accounts VALUES (?, ?, 'device_cloud', 'Größe', ?, 'null', 17);
                INSERT INTO api_keys VALUES (?, ?, 'Key', 'short', x'00ff', ?, NULL);
                """,
            arguments: [
                workspace.id, workspace.name, workspace.isSandbox, workspace.createdAt, Samples.start,
                account.id, workspace.id, account.displayName, account.createdAt,
                Samples.id(7, of: ConnectedAccount.self), workspace.id, Samples.start + .seconds(-1),
                Samples.id(1, of: APIKey.self), workspace.id, Samples.start,
            ]
        )
        try writeDoor(db)
        for (sequence, attempt) in attempts { try write(attempt, at: sequence, db) }
        for (index, event) in events.enumerated() {
            try db.execute(
                sql: """
                    INSERT INTO events (workspace_id, sequence, event_id, event_type, written_at, device_id, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    workspace.id, index + 1, event.id, event.type.rawValue, event.createdAt, event.deviceID,
                    try JSONText.encode(event),
                ]
            )
        }
        try db.execute(
            sql: "INSERT INTO idempotency_keys VALUES (?, 'key', x'01', ?, ?)",
            arguments: [Requester.apiKey(Samples.id(1)), attempts[0].attempt.id, Samples.start]
        )
        try db.execute(sql: "UPDATE health SET checks = 42")
    }

    private static func writeDoor(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO devices VALUES (3, ?, ?, ?, 'sandbox', ?, ?, ?, ?, ?, NULL, ?, ?, ?, 'null');
                INSERT INTO device_states (workspace_id, device_id, is_online, reported_bolt, reported_at, is_assumed,
                    warnings)
                VALUES (?, ?, 1, 'locked', ?, 0, ?);
                """,
            arguments: [
                door.id, workspace.id, account.id, door.nativeID, door.createdAt, door.description.deviceType,
                door.description.manufacturer, door.description.name, "lock 1\n\n\(account.id)",
                try JSONText.encode(door.description), try JSONText.encode(door.customMetadata), workspace.id, door.id,
                door.state.reportedAt, try JSONText.encode(door.state.warnings),
            ]
        )
    }

    private static func write(_ attempt: ActionAttempt, at sequence: Int64, _ db: Database) throws {
        var wasConfirmed: Bool?
        var failure: Failure?
        switch attempt.outcome {
        case .success(let result): wasConfirmed = result.wasConfirmedByDevice
        case .failure(let cause): failure = cause
        case nil: break
        }
        try db.execute(
            sql: """
                INSERT INTO action_attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                sequence, attempt.id, workspace.id, door.id, attempt.actionType, attempt.status, attempt.requestedBy,
                attempt.createdAt, attempt.deadlineAt, attempt.dispatchedAt, attempt.acknowledgedAt,
                attempt.resolvedAt, wasConfirmed, failure?.cause, failure?.message,
                try JSONText.encode(attempt.timeline),
            ]
        )
    }

    /// What the step must leave as it is, column by column.
    static func picture(_ db: Database) throws -> Picture {
        func rows(_ sql: String) throws -> [[DatabaseValue]] {
            try Row.fetchAll(db, sql: sql).map { Array($0.databaseValues) }
        }
        return Picture(
            attempts: try rows(
                """
                SELECT sequence, action_attempt_id, workspace_id, device_id, action_type, status, requested_by,
                    created_at, deadline_at, dispatched_at, acknowledged_at, resolved_at, was_confirmed,
                    error_type, error_message, timeline
                FROM action_attempts ORDER BY sequence
                """
            ),
            readableAttempts: try rows(
                "SELECT sequence, action_attempt_id, created_at FROM readable_action_attempts ORDER BY sequence"
            ),
            events: try rows(
                "SELECT workspace_id, sequence, event_id, event_type, written_at, device_id, body FROM events"
            ),
            others: try rows("SELECT * FROM api_keys JOIN idempotency_keys JOIN health"),
            indexes: try rows(
                """
                SELECT name, sql FROM sqlite_schema
                WHERE type = 'index' AND tbl_name = 'action_attempts' AND sql IS NOT NULL ORDER BY name
                """
            )
        )
    }

    struct Picture: Equatable {
        let attempts: [[DatabaseValue]]
        let readableAttempts: [[DatabaseValue]]
        let events: [[DatabaseValue]]
        let others: [[DatabaseValue]]
        let indexes: [[DatabaseValue]]
    }

    /// Expects that a store reads everything back, with what is new as nobody has touched it yet.
    static func check(_ store: SQLiteStore) async throws {
        // What was not there before must not open a door that nobody asked for.
        var upgraded = workspace
        upgraded.isPublishableKeyAuthEnabled = false
        #expect(try await store.workspaces() == [upgraded])
        #expect(try await store.device(door.id, in: workspace.id) == door)
        for search in ["DACHGESCHOß", "is_main", "LOCK 1"] {
            let query = DeviceQuery(workspaceID: workspace.id, search: search)
            #expect(try await store.devices(query).elements == [door])
        }
        var expected = account
        expected.settings = .object(["a": .number(1)])
        #expect(try await store.connectedAccount(account.id) == expected)
        #expect(try await store.connectedAccount(Samples.id(7))?.removedAt == Timestamp(microseconds: 17))
        for search in [account.displayName.uppercased(), "\(account.id)", nil] {
            let query = ConnectedAccountQuery(workspaceID: workspace.id, search: search)
            #expect(try await store.connectedAccounts(query).elements == [expected])
        }
        #expect(try await store.events(EventQuery(workspaceID: workspace.id)) == events)
        for (_, attempt) in attempts {
            #expect(try await store.actionAttempt(attempt.id, in: workspace.id) == attempt)
        }
        let pending = try await store.unresolvedAttempts()
        #expect(pending == [UnresolvedLane(device: door, attempts: [attempts[2].attempt])])
    }
}

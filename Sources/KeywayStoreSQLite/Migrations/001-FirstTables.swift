import GRDB

extension Migrations {
    // Ids are TEXT, the lower-case hyphenated form. As 16-byte BLOBs they would take half the room, but an operator
    // with the `sqlite3` command could neither read a row nor look one up by an id from a log; and the text sorts
    // like the bytes. Times are INTEGER microseconds since 1970; the `readable_` views show them as dates.

    /// Workspaces, accounts, devices, attempts, events and API keys.
    static func createFirstTables(_ db: Database) throws {
        try createTenants(db)
        try createDevices(db)
        try createAttempts(db)
        try createEvents(db)
        try db.execute(
            sql: """
                -- One row that health checks write to.
                CREATE TABLE health (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    checks INTEGER NOT NULL
                ) STRICT;
                INSERT INTO health (id, checks) VALUES (1, 0);
                """
        )
    }

    private static func createTenants(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE workspaces (
                    workspace_id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    is_sandbox INTEGER NOT NULL CHECK (is_sandbox IN (0, 1)),
                    created_at INTEGER NOT NULL,
                    -- Those of its latest event; they stay when old events are pruned.
                    last_event_sequence INTEGER NOT NULL DEFAULT 0,
                    last_event_written_at INTEGER NOT NULL DEFAULT 0
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE connected_accounts (
                    connected_account_id TEXT NOT NULL PRIMARY KEY,
                    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
                    provider TEXT NOT NULL,
                    display_name TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    UNIQUE (workspace_id, connected_account_id)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE api_keys (
                    api_key_id TEXT NOT NULL PRIMARY KEY,
                    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
                    name TEXT NOT NULL,
                    short_token TEXT NOT NULL UNIQUE,
                    secret_hash BLOB NOT NULL,
                    created_at INTEGER NOT NULL,
                    revoked_at INTEGER
                ) STRICT, WITHOUT ROWID;
                """
        )
    }

    private static func createDevices(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE devices (
                    -- What a page cursor names.
                    sequence INTEGER PRIMARY KEY,
                    device_id TEXT NOT NULL UNIQUE,
                    workspace_id TEXT NOT NULL,
                    connected_account_id TEXT NOT NULL,
                    provider TEXT NOT NULL,
                    native_id TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    device_type TEXT NOT NULL,
                    manufacturer TEXT NOT NULL,
                    name TEXT NOT NULL,
                    nickname TEXT,
                    search_text TEXT NOT NULL,
                    description TEXT NOT NULL CHECK (json_valid(description)),
                    custom_metadata TEXT NOT NULL CHECK (json_valid(custom_metadata)),
                    driver_settings TEXT NOT NULL CHECK (json_valid(driver_settings)),
                    UNIQUE (workspace_id, device_id),
                    -- With the workspace, so that a device cannot hang on another tenant's account.
                    FOREIGN KEY (workspace_id, connected_account_id)
                        REFERENCES connected_accounts (workspace_id, connected_account_id)
                ) STRICT;
                CREATE INDEX devices_by_creation ON devices (workspace_id, created_at, device_id);

                -- Apart from the long rows above: this is written with almost every attempt, and SQLite always writes
                -- whole rows.
                CREATE TABLE device_states (
                    workspace_id TEXT NOT NULL,
                    device_id TEXT NOT NULL,
                    is_online INTEGER NOT NULL CHECK (is_online IN (0, 1)),
                    online_changed_at INTEGER,
                    reported_bolt TEXT NOT NULL,
                    reported_at INTEGER,
                    is_assumed INTEGER NOT NULL CHECK (is_assumed IN (0, 1)),
                    wanted_bolt TEXT,
                    moving_bolt TEXT,
                    battery_level REAL,
                    is_door_open INTEGER CHECK (is_door_open IN (0, 1)),
                    PRIMARY KEY (workspace_id, device_id),
                    FOREIGN KEY (workspace_id, device_id) REFERENCES devices (workspace_id, device_id)
                ) STRICT, WITHOUT ROWID;
                """
        )
    }

    private static func createAttempts(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE action_attempts (
                    -- The order of acceptance: FIFO after a restart, and what a page cursor names.
                    sequence INTEGER PRIMARY KEY,
                    action_attempt_id TEXT NOT NULL UNIQUE,
                    workspace_id TEXT NOT NULL,
                    device_id TEXT NOT NULL,
                    action_type TEXT NOT NULL,
                    status TEXT NOT NULL CHECK (status IN ('pending', 'success', 'error')),
                    requested_by TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    deadline_at INTEGER NOT NULL,
                    dispatched_at INTEGER,
                    acknowledged_at INTEGER,
                    resolved_at INTEGER,
                    was_confirmed INTEGER CHECK (was_confirmed IN (0, 1)),
                    error_type TEXT,
                    error_message TEXT,
                    timeline TEXT NOT NULL CHECK (json_valid(timeline)),
                    CHECK ((status = 'error') = (error_type IS NOT NULL)),
                    CHECK ((status = 'error') = (error_message IS NOT NULL)),
                    FOREIGN KEY (workspace_id, device_id) REFERENCES devices (workspace_id, device_id)
                ) STRICT;
                -- An index ends with the row's sequence, so each of these gives its rows in order of acceptance.
                CREATE INDEX action_attempts_by_workspace ON action_attempts (workspace_id);
                CREATE INDEX action_attempts_by_device ON action_attempts (device_id);
                CREATE INDEX action_attempts_pending ON action_attempts (device_id) WHERE status = 'pending';

                CREATE VIEW readable_action_attempts AS
                SELECT sequence, action_attempt_id, device_id, action_type, status, was_confirmed, error_type,
                    strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000000, 'unixepoch') AS created_at,
                    strftime('%Y-%m-%dT%H:%M:%SZ', deadline_at / 1000000, 'unixepoch') AS deadline_at,
                    strftime('%Y-%m-%dT%H:%M:%SZ', dispatched_at / 1000000, 'unixepoch') AS dispatched_at,
                    strftime('%Y-%m-%dT%H:%M:%SZ', resolved_at / 1000000, 'unixepoch') AS resolved_at,
                    requested_by, workspace_id, timeline
                FROM action_attempts;
                """
        )
    }

    private static func createEvents(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE events (
                    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
                    -- 1, 2, 3 … in each workspace, without a gap.
                    sequence INTEGER NOT NULL,
                    event_id TEXT NOT NULL UNIQUE,
                    event_type TEXT NOT NULL,
                    -- When it was created, or the time of the event before it if the clock went back: so times grow
                    -- with sequence numbers, and a span of time is a span of numbers.
                    written_at INTEGER NOT NULL,
                    connected_account_id TEXT,
                    device_id TEXT,
                    action_attempt_id TEXT,
                    -- The wire form.
                    body TEXT NOT NULL,
                    PRIMARY KEY (workspace_id, sequence)
                ) STRICT;
                CREATE INDEX events_by_time ON events (workspace_id, written_at);
                CREATE INDEX events_by_device ON events (workspace_id, device_id, sequence);

                CREATE VIEW readable_events AS
                SELECT sequence, event_id, event_type, device_id, action_attempt_id,
                    strftime('%Y-%m-%dT%H:%M:%SZ', written_at / 1000000, 'unixepoch') AS written_at,
                    workspace_id, body
                FROM events;
                """
        )
    }
}

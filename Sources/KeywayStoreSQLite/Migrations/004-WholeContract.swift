import Foundation
import GRDB
import KeywayModel
import KeywayStore

extension Migrations {
    // SQLite cannot drop a NOT NULL, nor give a table another kind of key: such a table is made anew beside the old
    // one, filled, and put in its place, in the order of https://www.sqlite.org/lang_altertable.html#otheralter. Foreign
    // keys are off meanwhile and checked at the end, as GRDB does unless told otherwise, so the tables that refer to the
    // old one then refer to the new one.

    /// Everything that the whole wire contract needs: attempts on no device, deleted and unmanaged devices, and what
    /// owners keep about their workspaces, accounts and users.
    static func widenToWholeContract(_ db: Database) throws {
        try widenAttempts(db)
        try widenDevices(db)
        try widenAccounts(db)
        try widenWorkspaces(db)
        try createTokens(db)
        try createOwnedRecords(db)
        try db.execute(
            sql: """
                -- A column and not a look into the body, so that the few events that have one are found at once, and
                -- the many others cost nothing.
                ALTER TABLE events ADD COLUMN connect_webview_id TEXT;
                CREATE INDEX events_by_connect_webview ON events (workspace_id, connect_webview_id, sequence)
                    WHERE connect_webview_id IS NOT NULL;
                """
        )
    }

    private static func widenAttempts(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP VIEW readable_action_attempts;
                CREATE TABLE new_action_attempts (
                    -- The order of acceptance: FIFO after a restart, and what a page cursor names.
                    sequence INTEGER PRIMARY KEY,
                    action_attempt_id TEXT NOT NULL UNIQUE,
                    workspace_id TEXT NOT NULL,
                    -- NULL for what is done to a whole workspace.
                    device_id TEXT,
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
                    -- NULL for none, as almost every attempt has.
                    parameters TEXT CHECK (parameters IS NULL OR json_valid(parameters)),
                    CHECK ((status = 'error') = (error_type IS NOT NULL)),
                    CHECK ((status = 'error') = (error_message IS NOT NULL)),
                    -- Only a lane leaves an attempt pending.
                    CHECK (device_id IS NOT NULL OR status <> 'pending'),
                    FOREIGN KEY (workspace_id, device_id) REFERENCES devices (workspace_id, device_id)
                ) STRICT;
                INSERT INTO new_action_attempts (sequence, action_attempt_id, workspace_id, device_id, action_type, status,
                    requested_by, created_at, deadline_at, dispatched_at, acknowledged_at, resolved_at, was_confirmed,
                    error_type, error_message, timeline)
                SELECT sequence, action_attempt_id, workspace_id, device_id, action_type, status, requested_by,
                    created_at, deadline_at, dispatched_at, acknowledged_at, resolved_at, was_confirmed, error_type,
                    error_message, timeline
                FROM action_attempts ORDER BY sequence;
                DROP TABLE action_attempts;
                ALTER TABLE new_action_attempts RENAME TO action_attempts;
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
                    requested_by, workspace_id, parameters, timeline
                FROM action_attempts;
                """
        )
    }

    private static func widenDevices(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE devices ADD COLUMN is_managed INTEGER NOT NULL DEFAULT 1 CHECK (is_managed IN (0, 1));
                ALTER TABLE devices ADD COLUMN deleted_at INTEGER;
                ALTER TABLE device_states ADD COLUMN auto_lock TEXT CHECK (auto_lock IS NULL OR json_valid(auto_lock));
                ALTER TABLE device_states ADD COLUMN subscription_expired_at INTEGER;
                """
        )
        // From now on a search looks into the custom metadata too. Only devices that have some need another text, so
        // this is cheap enough to do at once, instead of leaving them unfound until they change.
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT device_id, custom_metadata FROM devices WHERE custom_metadata <> '{}'"
        )
        for row in rows {
            let (id, metadata) = try RowReader.read(row, of: "devices") { columns in
                (try columns.take(String.self), try columns.takeJSON([String: MetadataValue].self))
            }
            let added = metadata.searchLines.map { "\n" + $0.lowercased() }.joined()
            try db.execute(
                sql: "UPDATE devices SET search_text = search_text || ? WHERE device_id = ?",
                arguments: [added, id]
            )
        }
    }

    private static func widenAccounts(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE new_connected_accounts (
                    -- What a page cursor names.
                    sequence INTEGER PRIMARY KEY,
                    connected_account_id TEXT NOT NULL UNIQUE,
                    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
                    provider TEXT NOT NULL,
                    display_name TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    -- Secrets included, so a copy of the database is as secret as they are.
                    settings TEXT NOT NULL CHECK (json_valid(settings)),
                    removed_at INTEGER,
                    custom_metadata TEXT NOT NULL CHECK (json_valid(custom_metadata)),
                    automatically_manages_new_devices INTEGER NOT NULL
                        CHECK (automatically_manages_new_devices IN (0, 1)),
                    accepted_capabilities TEXT NOT NULL CHECK (json_valid(accepted_capabilities)),
                    customer_key TEXT,
                    disconnected_at INTEGER,
                    search_text TEXT NOT NULL,
                    UNIQUE (workspace_id, connected_account_id)
                ) STRICT;
                INSERT INTO new_connected_accounts (connected_account_id, workspace_id, provider, display_name, created_at,
                    settings, removed_at, custom_metadata, automatically_manages_new_devices, accepted_capabilities,
                    search_text)
                SELECT connected_account_id, workspace_id, provider, display_name, created_at, settings, removed_at,
                    '{}', 1, '["lock"]', ''
                FROM connected_accounts ORDER BY created_at, connected_account_id;
                DROP TABLE connected_accounts;
                ALTER TABLE new_connected_accounts RENAME TO connected_accounts;
                CREATE INDEX connected_accounts_by_creation
                    ON connected_accounts (workspace_id, created_at, connected_account_id);
                """
        )
        // In Swift, since SQLite's lower() knows ASCII only.
        for row in try Row.fetchAll(db, sql: "SELECT connected_account_id, display_name FROM connected_accounts") {
            let (id, name) = try RowReader.read(row, of: "connected_accounts") { columns in
                (try columns.take(String.self), try columns.take(String.self))
            }
            try db.execute(
                sql: "UPDATE connected_accounts SET search_text = ? WHERE connected_account_id = ?",
                arguments: ["\(name)\n\(id)".lowercased(), id]
            )
        }
    }

    private static func widenWorkspaces(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE workspaces ADD COLUMN connect_partner_name TEXT;
                ALTER TABLE workspaces ADD COLUMN is_suspended INTEGER NOT NULL DEFAULT 0 CHECK (is_suspended IN (0, 1));
                ALTER TABLE workspaces ADD COLUMN is_publishable_key_auth_enabled INTEGER NOT NULL DEFAULT 0
                    CHECK (is_publishable_key_auth_enabled IN (0, 1));
                -- Those that are there get theirs from the server when it starts.
                ALTER TABLE workspaces ADD COLUMN publishable_key TEXT;
                ALTER TABLE workspaces ADD COLUMN organization_id TEXT;
                ALTER TABLE workspaces
                    ADD COLUMN customization TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(customization));
                CREATE UNIQUE INDEX workspaces_by_publishable_key ON workspaces (publishable_key);
                """
        )
    }

    private static func createTokens(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE personal_access_tokens (
                    personal_access_token_id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    short_token TEXT NOT NULL UNIQUE,
                    secret_hash BLOB NOT NULL,
                    reaches_every_workspace INTEGER NOT NULL CHECK (reaches_every_workspace IN (0, 1)),
                    created_at INTEGER NOT NULL,
                    revoked_at INTEGER
                ) STRICT, WITHOUT ROWID;

                -- What a token reaches that does not reach every workspace.
                CREATE TABLE personal_access_token_workspaces (
                    personal_access_token_id TEXT NOT NULL
                        REFERENCES personal_access_tokens (personal_access_token_id),
                    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
                    PRIMARY KEY (personal_access_token_id, workspace_id)
                ) STRICT, WITHOUT ROWID;
                """
        )
    }

    private static func createOwnedRecords(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE owned_records (
                    -- The order of addition, and what a page cursor names.
                    sequence INTEGER PRIMARY KEY,
                    kind TEXT NOT NULL,
                    record_id TEXT NOT NULL,
                    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
                    created_at INTEGER NOT NULL,
                    global_key TEXT,
                    local_key TEXT,
                    -- Secrets included, so a copy of the database is as secret as they are.
                    body TEXT NOT NULL CHECK (json_valid(body)),
                    UNIQUE (kind, record_id),
                    UNIQUE (kind, global_key),
                    UNIQUE (kind, workspace_id, local_key)
                ) STRICT;
                -- An index ends with the row's sequence, so this gives its rows in order of addition.
                CREATE INDEX owned_records_by_workspace ON owned_records (workspace_id, kind);
                """
        )
    }
}

import GRDB

extension Migrations {
    /// Idempotency keys, each pointing at the attempt that its first request got.
    static func createIdempotencyKeys(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE idempotency_keys (
                    requested_by TEXT NOT NULL,
                    key TEXT NOT NULL,
                    request_hash BLOB NOT NULL,
                    action_attempt_id TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    PRIMARY KEY (requested_by, key)
                ) STRICT, WITHOUT ROWID;
                -- For forgetting the old ones.
                CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
                """
        )
    }
}

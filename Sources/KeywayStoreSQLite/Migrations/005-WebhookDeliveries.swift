import GRDB

extension Migrations {
    /// What goes to webhooks, and how much of it waits.
    static func createWebhookDeliveries(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE webhook_deliveries (
                    -- The order in which they were written, which is that of their events, and what a page cursor names.
                    sequence INTEGER PRIMARY KEY,
                    delivery_id TEXT NOT NULL UNIQUE,
                    -- No reference: deliveries of a deleted webhook stay until they are old.
                    webhook_id TEXT NOT NULL,
                    workspace_id TEXT NOT NULL,
                    event_sequence INTEGER NOT NULL,
                    event_id TEXT NOT NULL,
                    event_type TEXT NOT NULL,
                    -- Empty for an event about no device, so that these too are in one line.
                    device_id TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed', 'abandoned')),
                    reason TEXT,
                    -- Only of the first pending one of a device, so that this finds at once whose turn it is.
                    next_try_at INTEGER,
                    try_count INTEGER NOT NULL,
                    failure_count INTEGER NOT NULL,
                    tries TEXT NOT NULL CHECK (json_valid(tries)),
                    finished_at INTEGER,
                    CHECK ((status = 'pending') = (finished_at IS NULL)),
                    CHECK (status = 'pending' OR next_try_at IS NULL),
                    FOREIGN KEY (workspace_id, event_sequence) REFERENCES events (workspace_id, sequence)
                ) STRICT;
                -- An index ends with the row's sequence, so each of these gives its rows in the order of writing.
                CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id);
                CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (workspace_id, event_sequence);
                CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, device_id)
                    WHERE status = 'pending';
                CREATE INDEX webhook_deliveries_untried ON webhook_deliveries (webhook_id, next_try_at)
                    WHERE failure_count = 0 AND next_try_at IS NOT NULL;
                CREATE INDEX webhook_deliveries_retried ON webhook_deliveries (webhook_id, next_try_at)
                    WHERE failure_count > 0;
                CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at)
                    WHERE finished_at IS NOT NULL;

                -- How many deliveries of a webhook are pending. Kept by triggers, so that it is true whoever writes.
                CREATE TABLE webhook_queues (
                    webhook_id TEXT NOT NULL PRIMARY KEY,
                    pending_count INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX webhook_queues_pending ON webhook_queues (webhook_id) WHERE pending_count > 0;
                CREATE TRIGGER webhook_delivery_written AFTER INSERT ON webhook_deliveries WHEN NEW.status = 'pending'
                BEGIN
                    INSERT INTO webhook_queues (webhook_id, pending_count) VALUES (NEW.webhook_id, 1)
                    ON CONFLICT (webhook_id) DO UPDATE SET pending_count = pending_count + 1;
                END;
                CREATE TRIGGER webhook_delivery_finished AFTER UPDATE OF status ON webhook_deliveries
                WHEN OLD.status = 'pending' AND NEW.status <> 'pending'
                BEGIN
                    UPDATE webhook_queues SET pending_count = pending_count - 1 WHERE webhook_id = NEW.webhook_id;
                END;
                CREATE TRIGGER webhook_delivery_armed AFTER UPDATE OF status ON webhook_deliveries
                WHEN OLD.status <> 'pending' AND NEW.status = 'pending'
                BEGIN
                    UPDATE webhook_queues SET pending_count = pending_count + 1 WHERE webhook_id = NEW.webhook_id;
                END;

                CREATE VIEW readable_webhook_deliveries AS
                SELECT sequence, delivery_id, webhook_id, event_id, event_type, device_id, status, reason, try_count,
                    strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000000, 'unixepoch') AS created_at,
                    strftime('%Y-%m-%dT%H:%M:%SZ', next_try_at / 1000000, 'unixepoch') AS next_try_at,
                    strftime('%Y-%m-%dT%H:%M:%SZ', finished_at / 1000000, 'unixepoch') AS finished_at,
                    workspace_id, tries
                FROM webhook_deliveries;
                """
        )
    }
}

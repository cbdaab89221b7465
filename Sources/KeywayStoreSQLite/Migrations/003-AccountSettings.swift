import GRDB

extension Migrations {
    /// What drivers need to use a connected account, and what they report of devices beside bolt, battery and door.
    static func addAccountSettings(_ db: Database) throws {
        try db.execute(
            sql: """
                -- Secrets included, so a copy of the database is as secret as they are.
                ALTER TABLE connected_accounts
                    ADD COLUMN settings TEXT NOT NULL DEFAULT 'null' CHECK (json_valid(settings));
                ALTER TABLE connected_accounts ADD COLUMN removed_at INTEGER;

                ALTER TABLE device_states ADD COLUMN offline_cause TEXT;
                ALTER TABLE device_states
                    ADD COLUMN is_battery_low INTEGER NOT NULL DEFAULT 0 CHECK (is_battery_low IN (0, 1));
                -- A list; NULL stands for the empty one, which almost every device has.
                ALTER TABLE device_states ADD COLUMN warnings TEXT CHECK (warnings IS NULL OR json_valid(warnings));
                -- Times of the provider's clock, see DeviceReport.claimedAt.
                ALTER TABLE device_states ADD COLUMN bolt_claimed_at INTEGER;
                ALTER TABLE device_states ADD COLUMN online_claimed_at INTEGER;
                ALTER TABLE device_states ADD COLUMN battery_claimed_at INTEGER;
                """
        )
    }
}

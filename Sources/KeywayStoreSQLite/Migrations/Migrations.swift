import GRDB
import KeywayStore

/// The steps from an empty file to today's tables.
///
/// Append only: a step that has been released is never changed, for there are databases that have taken it. A new step
/// goes into a file of its own, numbered, and to the end of the list.
enum Migrations {
    /// Every step, in order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001-first-tables", migrate: createFirstTables)
        migrator.registerMigration("002-idempotency-keys", migrate: createIdempotencyKeys)
        migrator.registerMigration("003-account-settings", migrate: addAccountSettings)
        migrator.registerMigration("004-whole-contract", migrate: widenToWholeContract)
        migrator.registerMigration("005-webhook-deliveries", migrate: createWebhookDeliveries)
        return migrator
    }

    /// Takes the steps that a database has not taken yet.
    ///
    /// No other process may do the same at the same time.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `unavailable` if a newer Keyway wrote the database; SQLite's errors.
    static func apply(to pool: DatabasePool) throws {
        let migrator = migrator
        let applied = try pool.read { try migrator.appliedIdentifiers($0) }
        if let newest = applied.subtracting(migrator.migrations).max() {
            throw StoreError(
                .unavailable,
                message: """
                    The database \(pool.path) was written by a newer Keyway: it has taken migration '\(newest)', and \
                    this version knows none after '\(migrator.migrations.last ?? "-")'. Start that newer version, or \
                    restore a backup that this one made.
                    """
            )
        }
        try migrator.migrate(pool)
    }
}

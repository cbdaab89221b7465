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
        return migrator
    }

    /// Takes the steps that a database has not taken yet.
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
        // Another process, such as `keyway keys create`, may be doing the same. Whoever comes second to a step fails at
        // it and goes on with the next.
        var stepsDone = applied.count
        while true {
            do {
                return try migrator.migrate(pool)
            } catch {
                let stepsDoneNow = try pool.read { try migrator.appliedIdentifiers($0) }.count
                guard stepsDoneNow > stepsDone else { throw error }
                stepsDone = stepsDoneNow
            }
        }
    }
}

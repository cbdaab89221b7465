import Dispatch
import GRDB
package import KeywayStore

/// A store in one SQLite file, for a server on one machine.
///
/// Write-ahead log, `synchronous=FULL`: what a write returned from survives power loss (G1). All writes go through one
/// ``Committer``, reads through a pool of connections of their own. Other processes may use the file at the same time, as
/// `keyway keys create` does.
package final class SQLiteStore: Store {
    let pool: DatabasePool
    let committer: Committer
    let checkpointer: Checkpointer

    /// Opens the database, makes it if it is not there, and brings its tables up to date.
    ///
    /// Waits for the disk: to be called while the program starts.
    ///
    /// - Parameters:
    ///   - configuration: How.
    ///   - instruments: What measures its transactions; nil: nothing does.
    /// - Throws: ``KeywayStore/StoreError`` with code `unavailable` if the file cannot be opened or was written by a newer
    ///   Keyway, `corrupt` if it is no database, `busy` if another process does not let go of it, `full` if there is no
    ///   room.
    package init(
        _ configuration: SQLiteStoreConfiguration,
        instruments: CommitInstruments? = nil
    ) throws(StoreError) {
        do {
            // One process at a time: two that make the same file or take the same migration would trip each other up.
            let opening = try FileLock(path: configuration.path + ".opening", waits: true)
            defer { withExtendedLifetime(opening) {} }
            pool = try DatabasePool(path: configuration.path, configuration: Self.grdbConfiguration(configuration))
            try pool.writeWithoutTransaction { db in
                // GRDB asks for NORMAL when it switches to the write-ahead log, which may lose the last commits when
                // the power fails: https://www.sqlite.org/pragma.html#pragma_synchronous
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // What is deleted or replaced is overwritten with zeros, since it may be a secret:
                // https://www.sqlite.org/pragma.html#pragma_secure_delete
                try db.execute(sql: "PRAGMA secure_delete = ON")
                // After a checkpoint the log shrinks back to this, instead of staying as long as it ever was.
                try db.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
                if let maximumPageCount = configuration.maximumPageCount {
                    try db.execute(sql: "PRAGMA max_page_count = \(maximumPageCount)")
                }
            }
            try Migrations.apply(to: pool)
            checkpointer = try Checkpointer(pool: pool, configuration: Self.grdbConfiguration(configuration))
        } catch {
            throw StoreError(sqlite: error, path: configuration.path)
        }
        committer = Committer(
            pool: pool,
            checkpointer: checkpointer,
            maximumQueueLength: configuration.maximumQueueLength,
            maximumPendingDeliveries: configuration.maximumPendingDeliveries,
            instruments: instruments
        )
    }

    private static func grdbConfiguration(_ configuration: SQLiteStoreConfiguration) -> Configuration {
        var result = Configuration()
        result.label = "keyway"
        result.foreignKeysEnabled = true
        result.busyMode = .timeout(configuration.busyTimeout / .seconds(1))
        result.maximumReaderCount = configuration.maximumReaderCount
        // The committer ends its transactions itself; should a rollback fail, it is tried again, and GRDB must not trap.
        result.allowsUnsafeTransactions = true
        return result
    }

    /// The number of transactions committed since the store was opened.
    package var transactionCount: Int { committer.transactionCount }

    /// Makes one durable write that changes nothing a reader sees.
    ///
    /// - Throws: ``KeywayStore/StoreError`` if nothing can be written at the moment.
    package func check() async throws(StoreError) {
        try await committer.write(touching: .nothing) { batch in
            try batch.db.execute(sql: "UPDATE health SET checks = checks + 1")
        }
    }

    /// Moves everything from the log into the file and empties the log, so that neither holds what was replaced.
    ///
    /// Other writes wait meanwhile.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `busy` if somebody else reads or writes for too long; what was
    ///   replaced then stays in the log until the store is closed.
    package func emptyLog() async throws(StoreError) {
        try await onOwnThread { checkpointer in try checkpointer.emptyLog() }
    }

    /// Finishes the writes that wait, moves everything from the log into the file, and closes it.
    ///
    /// Every call after this fails as `unavailable`. Closing again has no effect.
    ///
    /// - Throws: ``KeywayStore/StoreError`` if the file could not be closed; what was written is durable all the same.
    package func close() async throws(StoreError) {
        guard await committer.close() else { return }
        try await onOwnThread { [pool] checkpointer in
            // Fails if another process reads; whoever opens the file next then finds everything in the log.
            try? checkpointer.emptyLog()
            defer { try? checkpointer.close() }
            try pool.close()
        }
    }

    /// Does something that waits for readers or checkpoints, on a thread of its own.
    private func onOwnThread(_ body: @escaping @Sendable (Checkpointer) throws -> Void) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            DispatchQueue.global()
                .async { [pool, checkpointer] in
                    continuation.resume(
                        returning: Result { try body(checkpointer) }
                            .mapError { StoreError(sqlite: $0, path: pool.path) }
                    )
                }
        }
        try result.get()
    }

    /// Reads from one consistent state of the database that has every write which returned before.
    ///
    /// - Throws: ``KeywayStore/StoreError`` as every read of the store does.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncRead { [path = pool.path] db in
                continuation.resume(
                    returning: Result { try body(db.get()) }.mapError { StoreError(sqlite: $0, path: path) }
                )
            }
        }
        return try result.get()
    }
}

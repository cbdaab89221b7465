import Dispatch
import GRDB
import GRDBSQLite
import KeywayStore
import Synchronization

/// Moves what the write-ahead log holds into the database file, beside the writer and not in its way.
///
/// By itself SQLite does that inside the commit that brings the log to a thousand pages, and whoever waits for that
/// commit, and for those behind it, waits for two more writes to the disk. A checkpoint of another connection does not
/// hold up the writer (https://www.sqlite.org/wal.html#ckpt), but both share the disk. So where commits are small, and
/// somebody waits for each, little is moved at a time: at 500 unlocks a second the 99th percentile of the time until a
/// command leaves was 2.1 ms with a thousand pages, and 0.7 ms with 250. Where commits are large, since many share one,
/// that would cost a tenth of the unlocks a second, and nobody would notice.
///
/// The log can only begin anew at a moment at which all of it has been moved, which a busy writer may never leave; so a
/// log that grows too long is dealt with between two of the writer's transactions, when most of it has been moved already.
final class Checkpointer: Sendable {
    /// How far the log grows in any case before it is moved, in pages: SQLite's own default.
    static let manyPages = 1000
    /// How far it grows before it is moved if it grew by ``manyCommits`` or more, in pages.
    static let fewPages = 250
    private static let manyCommits = 16
    /// How long it may become, in pages of 4096 bytes: 64 MiB, what the log shrinks back to (`journal_size_limit`).
    static let longestPages = 16_384
    /// How often in a row it is tried to catch up with the writer; what is left is less each time.
    private static let rounds = 4

    private struct State {
        /// How long the log was after the latest commit, in pages.
        var pages = 0
        /// How long it was when the latest checkpoint ended, in pages; 0 if it has begun anew since.
        ///
        /// Growth counts from here, so that a log that cannot begin anew is not moved again at every commit.
        var pagesBefore = 0
        /// How many commits made it grow since then.
        var commits = 0
        /// Whether a checkpoint is under way or about to be.
        var isBusy = false
        var isClosed = false
    }

    private let pool: DatabasePool
    /// A connection of its own, and the queue on which there is one checkpoint at a time: SQLite refuses a second one.
    private let connection: DatabaseQueue
    private let state = Mutex(State())

    /// Makes a checkpointer, and takes SQLite's own checkpoints from the writer.
    ///
    /// - Throws: `DatabaseError` if there can be no further connection.
    init(pool: DatabasePool, configuration: Configuration) throws {
        self.pool = pool
        connection = try DatabaseQueue(path: pool.path, configuration: configuration)
        _ = pool.writeWithoutTransaction { db in
            // Takes the place of the hook behind `PRAGMA wal_autocheckpoint`. It is called on the writer's queue, after
            // a commit, with the length of the log. The committer holds this object, and is held by its commits.
            sqlite3_wal_hook(
                db.sqliteConnection,
                { context, _, _, pages in
                    guard let context else { return SQLITE_OK }
                    Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().logGrew(to: Int(pages))
                    return SQLITE_OK
                },
                Unmanaged.passUnretained(self).toOpaque()
            )
        }
    }

    /// Does something that makes a checkpoint, while nobody else makes one; to be called on no queue of the database.
    func exclusively(_ body: (DatabasePool) throws -> Void) throws {
        try connection.inDatabase { _ in try body(pool) }
    }

    /// Moves the whole log and empties it, while the writer waits; to be called on no queue of the database.
    ///
    /// - Throws: `DatabaseError` with code `SQLITE_BUSY` if somebody else reads or writes for too long.
    func emptyLog() throws {
        try exclusively { pool in
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
    }

    /// Makes no more checkpoints, and closes the connection; to be called when the writer makes no more commits.
    ///
    /// - Throws: `DatabaseError` if the connection cannot be closed.
    func close() throws {
        state.withLock { $0.isClosed = true }
        try connection.close()
    }

    private func logGrew(to pages: Int) {
        let mustStart = state.withLock { state in
            if pages < state.pages { (state.pagesBefore, state.commits) = (0, 0) }
            state.pages = pages
            state.commits += 1
            let growth = pages - state.pagesBefore
            let isDue = growth >= Self.manyPages || growth >= Self.fewPages && state.commits >= Self.manyCommits
            guard isDue, !state.isBusy, !state.isClosed else { return false }
            state.isBusy = true
            return true
        }
        guard mustStart else { return }
        connection.asyncWriteWithoutTransaction { db in
            let remaining = self.catchUp(db)
            if remaining > 0, self.state.withLock({ $0.pages >= Self.longestPages }) {
                self.finishBetweenTransactions()
            } else {
                self.rest()
            }
        }
    }

    /// Moves the log until it has caught up with the writer, or often enough.
    ///
    /// - Returns: How many pages it is behind the writer. A checkpoint that fails, as on a full disk, leaves them all, and
    ///   is tried again after a later commit.
    private func catchUp(_ db: Database) -> Int {
        var remaining = Int.max
        for _ in 0..<Self.rounds where remaining > 0 {
            guard let result = try? db.checkpoint(.passive) else { return .max }
            // What SQLite says of the log's length is from before it began to move it.
            remaining = state.withLock(\.pages) - result.checkpointedFrameCount
        }
        return remaining
    }

    private func rest() {
        state.withLock { state in
            state.pagesBefore = state.pages
            state.commits = 0
            state.isBusy = false
        }
    }

    /// Moves what is left while the writer waits, so that its next transaction begins the log anew.
    private func finishBetweenTransactions() {
        pool.asyncWriteWithoutTransaction { db in
            _ = try? db.checkpoint(.passive)
            self.rest()
        }
    }
}

import Foundation
import GRDB
import KeywayStore

/// A row that holds what Keyway never writes.
struct DamagedRow: Error {
    /// The table it is in.
    let table: String
    /// The value of its first column, an id.
    let id: String
}

extension StoreError {
    /// Says what an error of SQLite, or of reading its rows, means to an operator.
    ///
    /// - Parameters:
    ///   - error: The error; a `StoreError` is taken as it is.
    ///   - path: The database file.
    ///   - mayBeDurable: Whether a write may have taken effect all the same.
    init(sqlite error: any Error, path: String, mayBeDurable: Bool = false) {
        switch error {
        case let error as StoreError: self = error
        case let row as DamagedRow:
            let message = """
                The row '\(row.id)' of table \(row.table) in \(path) holds what Keyway does not write. Repair it with \
                the sqlite3 command, or restore a backup.
                """
            self.init(.corrupt, message: message, cause: error)
        case FileLock.Failure.system(let number):
            let isFull = number == ENOSPC || number == EDQUOT
            self.init(
                isFull ? .full : .unavailable,
                message: isFull ? Self.noRoom(path) : Self.noAccess(path),
                cause: error
            )
        case let error as DatabaseError:
            let (code, message) = Self.meaning(of: error, path: path)
            self.init(code, message: message, mayBeDurable: mayBeDurable, cause: error)
        default:
            let message = "Something could not be written to or read from \(path)."
            self.init(.unavailable, message: message, mayBeDurable: mayBeDurable, cause: error)
        }
    }

    private static func meaning(of error: DatabaseError, path: String) -> (Code, String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (
                .busy,
                """
                Another process holds the database \(path), such as a sqlite3 shell with an open transaction or a \
                backup. Find it with `fuser \(path)` and end what it is doing.
                """
            )
        case .SQLITE_FULL: (.full, noRoom(path))
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE || isDiskFull(path):
            (.full, noRoom(path))
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            (
                .corrupt,
                """
                The file \(path) is damaged or is no Keyway database. Check it with \
                `sqlite3 \(path) 'PRAGMA integrity_check'`, and restore a backup.
                """
            )
        case .SQLITE_CONSTRAINT:
            (.conflict, "A write names something that the database does not have, or adds what it has already.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: (.unavailable, noAccess(path))
        case .SQLITE_MISUSE: (.unavailable, "The database \(path) is closed.")
        default:
            (
                .unavailable,
                "The database \(path) does not answer (\(error.extendedResultCode)). Check the disk and its file system."
            )
        }
    }

    private static func noRoom(_ path: String) -> String {
        "There is no room left for the database \(path). Free some space on its disk; Keyway then goes on by itself."
    }

    private static func noAccess(_ path: String) -> String {
        """
        The database \(path) cannot be opened for writing. Check that its directory exists, and that this user may \
        write to the directory and to the files in it.
        """
    }

    /// Whether an I/O error can be put down to a full disk.
    ///
    /// SQLite says so itself when it writes, but not when it only makes a file longer or syncs it.
    private static func isDiskFull(_ path: String) -> Bool {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory)
        guard let free = attributes?[.systemFreeSize] as? NSNumber else { return false }
        return free.int64Value < 1 << 20
    }

    /// After ``Committer/close()``.
    static var closed: StoreError { StoreError(.unavailable, message: "The store is closed.") }

    /// When the queue of writes is at its bound.
    static var tooManyWrites: StoreError {
        StoreError(.overloaded, message: "Too many writes wait for the disk. Try again a little later.")
    }
}

extension Error {
    /// Whether the error is a write's own fault, so that the writes beside it can still succeed.
    ///
    /// Full, busy, damaged and the like would meet every write of the transaction.
    var concernsOneWriteOnly: Bool {
        guard let error = self as? DatabaseError else { return true }
        return switch error.resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: true
        default: false
        }
    }
}

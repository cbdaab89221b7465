import Foundation
package import KeywayStore

/// The directory that holds everything a server must not lose.
package struct DataDirectory: Hashable, Sendable {
    /// Where it is.
    package let path: String

    /// Names a directory, which need not be there yet.
    package init(path: String) {
        self.path = path
    }

    /// The database file in it.
    package var databasePath: String { file("keyway.sqlite") }

    private func file(_ name: String) -> String {
        URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(name).path
    }

    /// Makes the directory, and the directories above it, if it is not there; only its owner may look into it.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `unavailable` or `full` if that is not possible.
    package func create() throws(StoreError) {
        let url = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
        } catch {
            throw StoreError(.unavailable, message: "The directory above \(path) cannot be made.", cause: error)
        }
        // Made with its final mode, so that it is at no time open to others.
        if mkdir(url.path, 0o700) != 0, errno != EEXIST { throw failure("cannot be made", errno) }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw StoreError(.unavailable, message: "The data directory \(path) is not a directory.")
        }
    }

    /// Takes the directory for this process, so that there is no second server on it.
    ///
    /// The system lets go of it when the returned object or the process ends, however it ends.
    ///
    /// - Returns: The lock, which lasts as long as the object: keep it.
    /// - Throws: ``KeywayStore/StoreError`` with code `busy` if somebody has it already; `unavailable` or `full` if the
    ///   lock file cannot be made.
    package func lock() throws(StoreError) -> DataDirectoryLock {
        do throws(FileLock.Failure) {
            let note = "\(ProcessInfo.processInfo.processIdentifier)\n"
            return DataDirectoryLock(try FileLock(path: file("keyway.lock"), waits: false, note: note))
        } catch {
            switch error {
            case .system(let code): throw failure("cannot be locked", code)
            case .isHeld(let note):
                let holder = Int(note.prefix { $0.isNumber }).map { "process \($0)" } ?? "another process"
                throw StoreError(
                    .busy,
                    message: """
                        The data directory \(path) is in use by \(holder). Two servers cannot share one: stop the \
                        other, or choose another directory.
                        """
                )
            }
        }
    }

    private func failure(_ what: String, _ code: Int32) -> StoreError {
        let reason = String(cString: strerror(code))
        return StoreError(
            code == ENOSPC || code == EDQUOT ? .full : .unavailable,
            message: "The data directory \(path) \(what): \(reason). Check the path and who may write there."
        )
    }
}

/// The right to be the only server on a data directory, for as long as the object lives.
package final class DataDirectoryLock: Sendable {
    private let lock: FileLock

    fileprivate init(_ lock: FileLock) {
        self.lock = lock
    }
}

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
        let descriptor = open(file("keyway.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be locked", errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            defer { close(descriptor) }
            guard code == EWOULDBLOCK else { throw failure("cannot be locked", code) }
            let holder = Self.processID(writtenIn: descriptor).map { "process \($0)" } ?? "another process"
            throw StoreError(
                .busy,
                message: """
                    The data directory \(path) is in use by \(holder). Two servers cannot share one: stop the other, or \
                    choose another directory.
                    """
            )
        }
        // Only for people: should it fail, the directory is locked all the same.
        let text = Array("\(ProcessInfo.processInfo.processIdentifier)\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        return DataDirectoryLock(descriptor: descriptor)
    }

    private static func processID(writtenIn descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber })
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
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}

import Foundation

/// A file locked for this process alone, for as long as the object lives; the system lets go of it however the process
/// ends.
final class FileLock: Sendable {
    /// Why a file could not be locked.
    enum Failure: Error {
        /// Somebody else has it; the text is what they wrote into it.
        case isHeld(note: String)
        /// The system says no, with this `errno`.
        case system(Int32)
    }

    private let descriptor: Int32

    /// Locks a file, which is made if it is not there.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - waits: Whether to wait until others let go of it.
    ///   - note: What to write into the file, for people and for those who come second.
    /// - Throws: ``Failure``.
    init(path: String, waits: Bool, note: String = "") throws(Failure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno) }
        var result: Int32
        repeat { result = flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
        guard result == 0 else {
            let code = errno
            let failure = code == EWOULDBLOCK ? Failure.isHeld(note: Self.note(in: descriptor)) : .system(code)
            close(descriptor)
            throw failure
        }
        // Only for people: should it fail, the file is locked all the same.
        let text = Array(note.utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    deinit {
        close(descriptor)
    }

    private static func note(in descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

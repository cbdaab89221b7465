/// Whether a lock can be sent a command now.
enum LockStanding: Hashable, Sendable {
    /// It can, or nobody has said that it cannot.
    case ready(AnnouncedLock)
    /// It has not said yet whether it can be reached, and still has time to; a command can be tried.
    case silent(AnnouncedLock)
    /// There is no connection to its broker.
    case noConnection
    /// Nothing on the broker announces it.
    case notAnnounced
    /// It says, or its bridge says, that it cannot be reached.
    case offline
    /// Its bridge cannot be reached.
    case bridgeOffline

    /// The lock, if it can be sent something.
    var reachableLock: AnnouncedLock? {
        switch self {
        case .ready(let lock), .silent(let lock): lock
        case .noConnection, .notAnnounced, .offline, .bridgeOffline: nil
        }
    }
}

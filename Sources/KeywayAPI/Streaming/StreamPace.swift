import KeywayModel

/// Decides when a stream needs a heartbeat, and when its reader is too slow.
struct StreamPace: Hashable, Sendable {
    /// How soon to look again at what should have been done already.
    private static let pause: Duration = .seconds(1)

    private let heartbeat: Duration
    private let writeLimit: Duration
    private var sentAt: MonotonicInstant
    private var writingSince: MonotonicInstant?

    /// Begins with a stream to which nothing has been written.
    ///
    /// - Parameters:
    ///   - heartbeat: How long nothing may be written.
    ///   - writeLimit: How long one write may take.
    ///   - now: The present instant.
    init(heartbeat: Duration, writeLimit: Duration, at now: MonotonicInstant) {
        self.heartbeat = heartbeat
        self.writeLimit = writeLimit
        sentAt = now
    }

    /// Whether a write is under way.
    var isWriting: Bool { writingSince != nil }

    /// A write begins.
    mutating func beginWriting(at now: MonotonicInstant) {
        writingSince = now
    }

    /// The write has been taken by the connection.
    mutating func endWriting(at now: MonotonicInstant) {
        writingSince = nil
        sentAt = now
    }

    /// Whether nothing has been written for as long as that may be.
    func isHeartbeatDue(at now: MonotonicInstant) -> Bool {
        !isWriting && now >= sentAt + heartbeat
    }

    /// Whether the write that is under way takes longer than it may.
    func isTooSlow(at now: MonotonicInstant) -> Bool {
        writingSince.map { now >= $0 + writeLimit } ?? false
    }

    /// When to look again at both; always later than now.
    func nextLook(at now: MonotonicInstant) -> MonotonicInstant {
        // What is going on now may have changed when its time comes: a write ends and then there is silence, or one begins
        // that takes too long. So neither is waited for longer than the other allows.
        let due =
            writingSince.map { min($0 + writeLimit, now + heartbeat) }
            ?? min(sentAt + heartbeat, now + writeLimit)
        return due > now ? due : now + Self.pause
    }
}

import KeywayDriver
import KeywayModel

/// A command that a virtual lock has taken and not finished.
struct CommandUnderWay: Sendable {
    /// The command.
    let command: Command
    /// What it asks for.
    let deed: Deed
    /// What the lock does with it.
    let behavior: LockBehavior
    /// When it is finished; nil if it never is by itself.
    let dueAt: MonotonicInstant?
    /// Whether the lock has answered it.
    var isAnswered: Bool
    /// Where the bolt is while it is on its way; nil if it is not.
    let moving: BoltState?

    /// A command just taken.
    init(_ command: Command, deed: Deed, behavior: LockBehavior, latency: Duration, at now: MonotonicInstant) {
        let reaction = behavior.reaction
        self.command = command
        self.deed = deed
        self.behavior = behavior
        dueAt = reaction.delay(after: latency).map { now + $0 }
        isAnswered = deed.isBoltMove && reaction.acknowledgesAtOnce
        moving =
            if case .move(_, let moving) = deed, reaction.showsMovement, latency > .zero { moving } else { nil }
    }
}

extension LockBehavior.Reaction {
    /// Whether the lock says at once that it has a command to move its bolt.
    fileprivate var acknowledgesAtOnce: Bool {
        switch self {
        case .succeed, .jam, .answerLate, .hold: true
        case .fail, .neverRespond, .unconfirmed: false
        }
    }

    /// Whether the lock says that its bolt is on its way.
    fileprivate var showsMovement: Bool { self == .succeed || self == .jam }

    /// Whether the lock cannot say where its bolt is.
    var isMute: Bool { self == .neverRespond || self == .unconfirmed }

    /// Whether the command has no effect because the lock does not want it.
    var isRefusal: Bool {
        if case .fail = self { true } else { false }
    }

    /// How long after the command it is finished; nil: never by itself.
    fileprivate func delay(after latency: Duration) -> Duration? {
        switch self {
        case .succeed, .jam, .fail, .unconfirmed: latency
        case .answerLate(let delay): latency + .milliseconds(delay)
        case .neverRespond, .hold: nil
        }
    }
}

import KeywayModel
import Synchronization

/// The last point at which a command can be held back, and the witness of whether it left.
///
/// The body of the request passes it when the connection stands and the head is written, once. So the deadline is
/// looked at when nothing is left to wait for (G3); nothing is ever sent twice, whatever the HTTP library does (G4);
/// and afterwards it is certain that a command whose body has not passed was never whole at the maker.
final class SendGate: Sendable {
    /// What became of the command.
    enum Fate: Hashable, Sendable {
        /// It has not been sent, and from now on cannot be.
        case held
        /// It was held back because its deadline had passed.
        case expired
        /// It left, or may have.
        case sent
    }

    /// The gate is closed.
    struct Closed: Error {}

    private let fate = Mutex<Fate?>(nil)
    private let deadline: MonotonicInstant
    private let time: any TimeSource

    /// Makes a gate for one command.
    init(deadline: MonotonicInstant, time: any TimeSource) {
        self.deadline = deadline
        self.time = time
    }

    /// Lets the command through.
    ///
    /// - Throws: ``Closed`` if its deadline has passed, or it has been here before, or ``close()`` was called.
    func pass() throws(Closed) {
        let mayPass = fate.withLock { fate in
            guard fate == nil else { return false }
            // Under the lock, so that nothing can come between the look at the clock and the passing.
            fate = time.now().monotonic < deadline ? .sent : .expired
            return fate == .sent
        }
        guard mayPass else { throw Closed() }
    }

    /// Lets nothing through any more, and says whether something was.
    func close() -> Fate {
        fate.withLock { fate in
            let final = fate ?? (time.now().monotonic < deadline ? .held : .expired)
            fate = final
            return final
        }
    }
}

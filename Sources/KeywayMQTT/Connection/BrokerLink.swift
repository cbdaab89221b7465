#if MQTT
import KeywayDriver
import KeywayModel
import Synchronization

/// One connection to a broker and the thread that it lives on, as the rest of the program sees them.
///
/// It ends by itself or when it is told to, and then everybody who published knows what became of that.
final class BrokerLink: Sendable {
    private struct State {
        /// Whether the broker has taken the connection.
        var isOpen = false
        /// Whether it has ended, or is not to be heard any more.
        var trouble: ConnectionTrouble?
    }

    private let options: BrokerOptions
    private let plan: ConnectionPlan
    private let generation: UInt64
    private let time: any TimeSource
    private let hear: @Sendable (MosquittoLoop.Happening) -> Void
    private let mailbox = LinkMailbox()
    private let state = Mutex(State())
    /// Opens when it has ended.
    private let hasEnded = Latch()

    /// Makes a connection that is not begun.
    ///
    /// - Parameters:
    ///   - options: How to reach the broker.
    ///   - plan: With which version, and whether with IPv4 only.
    ///   - generation: The how manieth connection of its account this is.
    ///   - time: The clock of the deadlines.
    ///   - hear: Told, on the connection's thread, what happens, until the connection has ended.
    init(
        _ options: BrokerOptions,
        _ plan: ConnectionPlan,
        generation: UInt64,
        time: any TimeSource,
        hear: @escaping @Sendable (MosquittoLoop.Happening) -> Void
    ) {
        self.options = options
        self.plan = plan
        self.generation = generation
        self.time = time
        self.hear = hear
    }

    /// Begins it; once.
    func start() {
        guard let mailbox else { return end(Self.noRoom) }
        // The thread keeps the link alive, and ends with the connection.
        let isStarted = startThread {
            let loop = MosquittoLoop(
                self.options,
                version: self.plan.version,
                isLimitedToIPv4: self.plan.isLimitedToIPv4,
                generation: self.generation,
                time: self.time,
                mailbox: mailbox,
                tell: { self.pass($0) }
            )
            self.end(loop.run())
        }
        if !isStarted { end(Self.noRoom) }
    }

    private static let noRoom = ConnectionTrouble(
        kind: .unavailable,
        reason: "This system has no more room for a connection."
    )

    /// Returns why it ended, once it has; also if the task is cancelled.
    func end() async -> ConnectionTrouble {
        await hasEnded.waitWhateverHappens()
        return state.withLock(\.trouble) ?? Self.noRoom
    }

    /// Ends it, if it has not ended.
    func stop(_ trouble: ConnectionTrouble) {
        _ = mailbox?.post(.end(trouble))
        giveUpOpening(trouble)
    }

    /// Ends it, unless the broker has taken the connection.
    ///
    /// Looking up a name cannot be interrupted. Nobody need wait for that: what the thread finds is not heard any more,
    /// and it has nothing to publish.
    func giveUpOpening(_ trouble: ConnectionTrouble) {
        let isOver = state.withLock { state in
            guard !state.isOpen, state.trouble == nil else { return false }
            state.trouble = trouble
            return true
        }
        guard isOver else { return }
        _ = mailbox?.post(.end(trouble))
        hasEnded.open()
    }

    /// Has these topic filters subscribed to, and no others.
    func subscribe(to topics: Set<String>) {
        _ = mailbox?.post(.subscribe(topics))
    }

    /// Has a message published; false if the connection has ended, and nothing was or will be done.
    func publish(_ job: PublishJob) -> Bool {
        mailbox?.post(.publish(job)) ?? false
    }

    /// Has a question published, if that can be done in time.
    func ask(_ question: Question) {
        _ = mailbox?.post(.ask(question))
    }

    /// Has the thread look at the clock now.
    func look() {
        _ = mailbox?.post(.look)
    }

    private func pass(_ happening: MosquittoLoop.Happening) {
        let isHeard = state.withLock { state in
            guard state.trouble == nil else { return false }
            if case .connected = happening { state.isOpen = true }
            return true
        }
        if isHeard { hear(happening) }
    }

    private func end(_ trouble: ConnectionTrouble) {
        state.withLock { $0.trouble = $0.trouble ?? trouble }
        hasEnded.open()
    }
}
#endif

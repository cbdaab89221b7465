package import KeywayDriver
package import KeywayModel

extension VirtualLock {
    /// What can happen to a virtual lock.
    package enum Input: Hashable, Sendable {
        /// Keyway sends a command; `latency` was drawn from the range of ``VirtualLock/nextBehavior``.
        case command(Command, latency: Duration)
        /// ``VirtualLock/nextWake`` has come.
        case timePassed
        /// A tester lets something happen to it.
        case happened(SimulatedHappening)
        /// A tester changes how it answers, for some commands or, with nil, until changed again.
        case behaviorSet(LockBehavior, times: Int?)
        /// A tester puts the bolt somewhere, and ends what it was doing.
        case settled(BoltState)
        /// Keyway asks where the bolt is; ``Action/read(_:)`` answers.
        case read
    }

    /// What the shell around a virtual lock must do, in order.
    package enum Action: Hashable, Sendable {
        /// Answer the command of this attempt; at most once for each command.
        case answer(Identifier<ActionAttempt>, CommandAnswer)
        /// Pass this on to Keyway.
        case report(DeviceReport)
        /// The answer to ``Input/read``; nil: the lock does not say.
        case read(BoltState?)
    }
}

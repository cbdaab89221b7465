package import KeywayModel

/// How a virtual lock answers commands.
package struct LockBehavior: Hashable, Sendable {
    /// What it does.
    package var reaction: Reaction
    /// How long it takes, in milliseconds; each time anew somewhere in the range.
    ///
    /// Range: 0 to 600,000.
    package var latencyMilliseconds: ClosedRange<Int>
    /// How long after an unlock it locks itself again; nil: never.
    ///
    /// Range: 0 to 3,600,000 milliseconds.
    package var autoRelockMilliseconds: Int?

    /// Makes a behaviour.
    package init(
        reaction: Reaction,
        latencyMilliseconds: ClosedRange<Int>,
        autoRelockMilliseconds: Int? = nil
    ) {
        self.reaction = reaction
        self.latencyMilliseconds = latencyMilliseconds
        self.autoRelockMilliseconds = autoRelockMilliseconds
    }

    /// The things a virtual lock can do with a command.
    package enum Reaction: Hashable, Sendable {
        /// Takes the command, reports the movement, and after the latency the wanted state.
        case succeed
        /// Takes the command, and after the latency reports a jam.
        case jam
        /// After the latency refuses the command, for this cause.
        case fail(FailureCause)
        /// Takes the command and neither moves nor says anything any more, not even when asked.
        case neverRespond
        /// After the latency moves, but cannot say so: the attempt succeeds unconfirmed.
        case unconfirmed
        /// Takes the command, and moves and reports only this much later than its latency.
        case answerLate(byMilliseconds: Int)
        /// Takes the command and waits until told how it ends.
        case hold
    }
}

extension AttemptLane {
    /// What can happen to a lane.
    package enum Input: Hashable, Sendable {
        /// A caller asks for an action; `deadline` is when the attempt's `deadlineAt` falls on the monotonic clock.
        case request(ActionAttempt, deadline: MonotonicInstant)
        /// The commit asked for last is durable.
        case committed
        /// The commit asked for last failed; if `mayBeDurable`, nobody knows whether it took effect.
        case commitFailed(mayBeDurable: Bool)
        /// The driver's answer to a command.
        case answered(Identifier<ActionAttempt>, CommandAnswer)
        /// The device says something.
        ///
        /// The token comes back as ``Action/recorded(_:)`` once that is durable.
        case reported(DeviceReport, token: UInt64?)
        /// The answer to ``Action/read``: where the bolt is, or nil if the device did not say.
        case read(BoltState?)
        /// A tester decides how an unresolved attempt ends; sandbox workspaces only.
        case simulatedOutcome(Identifier<ActionAttempt>, Outcome)
        /// ``AttemptLane/nextWake`` has come.
        case woken
        /// Keyway is stopping: nothing new is accepted or sent.
        case drain
    }

    /// What the shell around a lane must do, in order.
    package enum Action: Hashable, Sendable {
        /// Make this durable, then say ``Input/committed`` or ``Input/commitFailed(mayBeDurable:)``.
        ///
        /// Never two at once.
        case commit(LaneCommit)
        /// Tell the caller that the attempt is accepted: it is durable (G1).
        case accepted(ActionAttempt)
        /// Tell the caller that the attempt is not accepted.
        case refused(Identifier<ActionAttempt>, Refusal)
        /// Give the command to the driver, once, now.
        case send(Command)
        /// Ask the driver where the bolt is.
        case read
        /// Tell everybody who waits that the attempt has its outcome: it is durable.
        case resolved(ActionAttempt)
        /// Tell the driver that a report is durable, or had no effect.
        case recorded(UInt64)
    }

    /// Why an attempt was not accepted.
    package enum Refusal: Hashable, Sendable {
        /// The lane holds as many attempts as it may.
        case laneFull
        /// The attempt could not be made durable.
        case storeUnavailable
        /// Keyway is stopping.
        case shuttingDown
    }
}

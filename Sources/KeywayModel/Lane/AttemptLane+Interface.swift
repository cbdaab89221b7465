extension AttemptLane {
    /// What can happen to a lane.
    package enum Input: Hashable, Sendable {
        /// A caller asks for an action.
        case request(Request)
        /// The commit asked for last is durable.
        case committed
        /// The commit asked for last failed; if `mayBeDurable`, nobody knows whether it took effect.
        case commitFailed(mayBeDurable: Bool)
        /// A caller takes back an attempt that has not been sent; no effect on any other, see ``AttemptLane/progress(of:)``.
        case cancel(Identifier<ActionAttempt>)
        /// The shell is about to give a command to the driver, with nothing in between.
        ///
        /// The last look: it does so only if ``AttemptLane/progress(of:)`` is ``Progress/sent`` afterwards.
        case leaving(Identifier<ActionAttempt>)
        /// The driver's answer to a command.
        case answered(Identifier<ActionAttempt>, CommandAnswer)
        /// The device says something.
        ///
        /// The token comes back as ``Action/recorded(_:)`` once that is durable.
        case reported(DeviceReport, token: UInt64?)
        /// The answer to ``Action/read(_:)``: where the bolt is, or nil if the device did not say.
        case read(Identifier<ActionAttempt>, BoltState?)
        /// A tester decides how an unresolved attempt ends; sandbox workspaces only.
        case simulatedOutcome(Identifier<ActionAttempt>, Outcome)
        /// ``AttemptLane/nextWake`` has come.
        case woken
        /// The owner deletes the device: what was not sent is cancelled, and nothing new is accepted.
        ///
        /// The token comes back as ``Action/recorded(_:)`` once that is durable.
        case delete(token: UInt64)
        /// The device is made anew, as this one: a virtual device of a sandbox workspace that is reset.
        ///
        /// The token comes back as ``Action/recorded(_:)`` once that is durable.
        case reset(Device, token: UInt64)
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
        /// Tell the caller of the request that it shares this attempt: that is durable.
        case joined(Identifier<ActionAttempt>, ActionAttempt)
        /// Tell the caller that the attempt is not accepted.
        case refused(Identifier<ActionAttempt>, Refusal)
        /// Give the command to the driver, once, now; say ``Input/leaving(_:)`` immediately before.
        case send(Command)
        /// Ask the driver where the bolt is, for the sake of this attempt.
        case read(Identifier<ActionAttempt>)
        /// Tell everybody who waits that the attempt has its outcome: it is durable.
        case resolved(ActionAttempt)
        /// Tell the driver that a report is durable, or had no effect.
        case recorded(UInt64)
    }

    /// A caller's wish.
    package struct Request: Hashable, Sendable {
        /// The attempt to accept: pending, and not dispatched.
        package let attempt: ActionAttempt
        /// When the attempt's `deadlineAt` falls on the monotonic clock.
        package let deadline: MonotonicInstant
        /// What to do if the device has unresolved attempts already.
        package let overlap: Overlap
        /// The caller's idempotency key; nil if it has none.
        package let idempotency: IdempotencyRecord?

        /// Makes a request.
        package init(
            _ attempt: ActionAttempt,
            deadline: MonotonicInstant,
            overlap: Overlap = .queue,
            idempotency: IdempotencyRecord? = nil
        ) {
            self.attempt = attempt
            self.deadline = deadline
            self.overlap = overlap
            self.idempotency = idempotency
        }
    }

    /// How far an attempt is, as far as cancelling it goes.
    package enum Progress: Hashable, Sendable {
        /// It has not been sent and can be cancelled.
        case unsent
        /// Its command has left, or may have.
        case sent
        /// The lane does not hold it: it is resolved, or not of this device.
        case absent
    }

    /// Why an attempt was not accepted.
    package enum Refusal: Hashable, Sendable {
        /// The device has an unresolved attempt, this one, and the caller did not want to wait.
        case overlapping(Identifier<ActionAttempt>)
        /// The lane holds as many attempts as it may.
        case laneFull
        /// The attempt could not be made durable.
        case storeUnavailable
        /// The device is deleted.
        case deviceDeleted
        /// Keyway is stopping.
        case shuttingDown
    }
}

/// What a driver sends to a device: one attempt's action, once.
package struct Command: Hashable, Sendable {
    /// The attempt it belongs to; a provider that takes a caller's id gets this one.
    package let attemptID: Identifier<ActionAttempt>
    /// The device to act.
    package let deviceID: Identifier<Device>
    /// The action.
    package let actionType: ActionType
    /// What the action needs to know besides.
    package let parameters: ActionParameters
    /// The driver must not send the command after this instant (G3), and re-checks it just before it does.
    package let deadline: MonotonicInstant
    /// The same instant on the wall clock, for providers that take an expiry.
    package let deadlineAt: Timestamp

    /// Makes a command.
    package init(
        attemptID: Identifier<ActionAttempt>,
        deviceID: Identifier<Device>,
        actionType: ActionType,
        parameters: ActionParameters = .none,
        deadline: MonotonicInstant,
        deadlineAt: Timestamp
    ) {
        self.attemptID = attemptID
        self.deviceID = deviceID
        self.actionType = actionType
        self.parameters = parameters
        self.deadline = deadline
        self.deadlineAt = deadlineAt
    }
}

/// What became of a command as far as its driver can tell by the time it answers.
package enum CommandAnswer: Hashable, Sendable {
    /// The device or its provider took the command; a report of the new state will follow.
    case acknowledged
    /// The command was delivered to a device that never reports: the attempt succeeds, unconfirmed (G6).
    case delivered
    /// The device did what it was asked to, and says so itself: for actions that are not confirmed by a bolt.
    case completed
    /// The command did not have and will not have any effect, for this cause; the text is the provider's own.
    case refused(FailureCause, String?)
    /// The command may or may not have left: only a report or a reading can tell.
    case unanswered(String?)
}

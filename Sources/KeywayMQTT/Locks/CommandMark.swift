import KeywayModel

/// A command that is on its way to a lock, as far as it decides which messages can be its answer (G6).
struct CommandMark: Hashable, Sendable {
    /// The attempt.
    let attemptID: Identifier<ActionAttempt>
    /// Until when the attempt can be settled: its deadline and a grace.
    let until: MonotonicInstant
    /// The place of its acknowledgement in the traffic; nil until the broker has it.
    var stamp: TrafficStamp?
    /// Whether the lock said something after it that may have ended the attempt.
    var isAnswered = false

    /// Marks a command that has not left.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - settlingTime: How long after its deadline its attempt may still be settled.
    init(_ command: Command, settlingTime: Duration) {
        attemptID = command.attemptID
        until = command.deadline + settlingTime
    }

    /// Whether a message with this place can be the answer: the broker sent it after it had the command, on the same
    /// connection.
    func canBeAnswered(by message: TrafficStamp) -> Bool {
        stamp.map { message.follows($0) } ?? false
    }
}

package import KeywayDriver
package import KeywayModel

/// One lock of the sandbox: what it does with commands, and when.
///
/// A pure value: it takes an input and the instant, and returns what is to be done. Its rules beyond those of
/// ``LockBehavior/Reaction``:
/// - It works on one command at a time. A command that comes while an earlier one is under way, possible after a
///   timeout, takes the earlier one's place: that one has no effect any more, and its bolt is back where it rested.
/// - Without latency a bolt is never on its way, so it reports no movement, only where it ends.
/// - Off the network it takes no commands, says nothing and cannot be read. A command that was under way is carried
///   out all the same, and what came of it is reported on the next connection.
/// - A lock that cannot say where its bolt is, `never_respond` or `unconfirmed`, cannot be read either: a reading must
///   not confirm what the device itself cannot (G6).
/// - Auto-relock counts from an unlock by a command. Any command that it does not refuse ends the count.
/// - Reports that come of a command carry its attempt; those of auto-relock do not.
package struct VirtualLock: Sendable {
    /// The device it plays.
    package let deviceID: Identifier<Device>
    /// Whether it is on the network.
    package private(set) var isOnline: Bool

    /// Where the bolt last rested.
    private var restingBolt: BoltState
    /// The behaviour until changed.
    private var lasting: LockBehavior
    /// The behaviour for a few commands.
    private var temporary: (behavior: LockBehavior, commandsLeft: Int)?
    /// The command it is working on.
    private var underWay: CommandUnderWay?
    /// When it locks itself.
    private var relockAt: MonotonicInstant?
    /// Whether it cannot say where its bolt is.
    private var isMute: Bool
    /// What it could not report while off the network: at most where the bolt is, and a failure.
    private var unsaid: [DeviceReport] = []

    /// A command, taken and not finished.
    private struct CommandUnderWay: Sendable {
        let command: Command
        let behavior: LockBehavior
        /// When it is finished; nil if it never is by itself.
        let dueAt: MonotonicInstant?
        var isAnswered: Bool
        /// Whether the bolt is on its way.
        let isMoving: Bool
    }

    /// Makes a lock as it was last reported: its own timers and a command under way do not survive a restart.
    package init(
        deviceID: Identifier<Device>,
        bolt: BoltState,
        isOnline: Bool,
        behavior: LockBehavior
    ) {
        self.deviceID = deviceID
        self.isOnline = isOnline
        restingBolt = bolt
        lasting = behavior
        isMute = behavior.reaction.isMute
    }

    // MARK: Questions

    /// How it answers the next command.
    package var nextBehavior: LockBehavior { temporary?.behavior ?? lasting }

    /// When it next wants ``Input/timePassed``; nil if only an outside event can change it.
    package var nextWake: MonotonicInstant? { nextStep?.at }

    /// Where the bolt is, or on its way to.
    package var bolt: BoltState {
        guard let underWay, underWay.isMoving else { return restingBolt }
        return underWay.command.actionType.movingState
    }

    // MARK: The one door

    /// Takes an input and says what to do about it.
    ///
    /// Whatever was due by then happens first, each thing at its own time, however late the call is.
    ///
    /// - Parameters:
    ///   - input: What happened.
    ///   - now: When; never before the instant of the call before.
    /// - Returns: What the shell must do, in order.
    package mutating func handle(_ input: Input, at now: MonotonicInstant) -> [Action] {
        var actions: [Action] = []
        catchUp(to: now, &actions)
        switch input {
        case .command(let command, let latency):
            take(command, latency: latency, at: now, &actions)
            catchUp(to: now, &actions)
        case .timePassed: break
        case .connected: connect(&actions)
        case .disconnected: disconnect(&actions)
        case .behaviorSet(let behavior, let times): set(behavior, times: times)
        case .settled(let bolt): settle(at: bolt, &actions)
        case .read: read(&actions)
        }
        return actions
    }

    // MARK: Commands

    private mutating func take(
        _ command: Command,
        latency: Duration,
        at now: MonotonicInstant,
        _ actions: inout [Action]
    ) {
        precondition(command.deviceID == deviceID && latency >= .zero)
        guard now < command.deadline else {
            actions.append(.answer(command.attemptID, .refused(.actionAttemptExpired, nil)))
            return
        }
        guard isOnline else {
            actions.append(.answer(command.attemptID, .refused(.deviceOffline, "The lock is not on the network.")))
            return
        }
        answerUnderWay(.unanswered("A later command took the place of this one."), &actions)
        let behavior = takeBehavior()
        let reaction = behavior.reaction
        isMute = reaction.isMute
        if !reaction.isRefusal { relockAt = nil }
        let underWay = CommandUnderWay(
            command: command,
            behavior: behavior,
            dueAt: reaction.delay(after: latency).map { now + $0 },
            isAnswered: reaction.acknowledgesAtOnce,
            isMoving: reaction.showsMovement && latency > .zero
        )
        self.underWay = underWay
        if underWay.isAnswered { actions.append(.answer(command.attemptID, .acknowledged)) }
        if underWay.isMoving {
            say(.bolt(command.actionType.movingState), method: .remote, attemptID: command.attemptID, &actions)
        }
    }

    private mutating func takeBehavior() -> LockBehavior {
        guard let (behavior, commandsLeft) = temporary else { return lasting }
        temporary = commandsLeft > 1 ? (behavior, commandsLeft - 1) : nil
        return behavior
    }

    /// The command's time is over: what its reaction says happens.
    private mutating func finish(_ done: CommandUnderWay, at instant: MonotonicInstant, _ actions: inout [Action]) {
        let id = done.command.attemptID
        switch done.behavior.reaction {
        case .succeed, .answerLate:
            rest(at: done.command.actionType.wantedState, after: done, at: instant)
            say(.bolt(restingBolt), method: .remote, attemptID: id, &actions)
        case .jam:
            rest(at: .jammed, after: done, at: instant)
            say(.bolt(.jammed), method: .remote, attemptID: id, &actions)
        case .fail(let cause):
            if done.isAnswered {
                // Nobody waits for the answer any more, so it can only be a report.
                say(.commandFailed(cause, nil), method: nil, attemptID: id, &actions)
            } else {
                actions.append(.answer(id, .refused(cause, nil)))
            }
        case .unconfirmed:
            rest(at: done.command.actionType.wantedState, after: done, at: instant)
            if !done.isAnswered { actions.append(.answer(id, .delivered)) }
        case .neverRespond, .hold:
            preconditionFailure("a command without an end has ended")
        }
        underWay = nil
    }

    private mutating func rest(at bolt: BoltState, after done: CommandUnderWay, at instant: MonotonicInstant) {
        restingBolt = bolt
        if bolt == .unlocked, let delay = done.behavior.autoRelockMilliseconds {
            relockAt = instant + .milliseconds(delay)
        }
    }

    /// Answers the command under way, if that is still to be done.
    private mutating func answerUnderWay(_ answer: CommandAnswer, _ actions: inout [Action]) {
        guard let command = underWay?.command, underWay?.isAnswered == false else { return }
        underWay?.isAnswered = true
        actions.append(.answer(command.attemptID, answer))
    }

    // MARK: Time

    /// The things that happen by themselves.
    private enum Step { case finish, stopWaiting, relock }

    /// The next of them; of those at one instant, the first in the order of this list.
    private var nextStep: (at: MonotonicInstant, step: Step)? {
        var steps: [(at: MonotonicInstant, step: Step)] = []
        if let underWay {
            if let dueAt = underWay.dueAt { steps.append((dueAt, .finish)) }
            if !underWay.isAnswered { steps.append((underWay.command.deadline, .stopWaiting)) }
        }
        if let relockAt { steps.append((relockAt, .relock)) }
        return steps.min { $0.at < $1.at }
    }

    private mutating func catchUp(to now: MonotonicInstant, _ actions: inout [Action]) {
        while let (instant, step) = nextStep, instant <= now {
            switch step {
            case .finish:
                if let underWay { finish(underWay, at: instant, &actions) }
            case .stopWaiting:
                answerUnderWay(.unanswered("The lock did not answer before the deadline."), &actions)
            case .relock:
                relockAt = nil
                restingBolt = .locked
                if !isMute { say(.bolt(.locked), method: .automatic, attemptID: nil, &actions) }
            }
        }
    }

    // MARK: What testers do

    private mutating func connect(_ actions: inout [Action]) {
        isOnline = true
        say(.online(true), method: nil, attemptID: nil, &actions)
        actions += unsaid.map(Action.report)
        unsaid = []
    }

    private mutating func disconnect(_ actions: inout [Action]) {
        answerUnderWay(.unanswered("The lock went off the network."), &actions)
        // Said by the network, not by the lock, so nothing holds it back.
        actions.append(.report(DeviceReport(deviceID: deviceID, content: .online(false))))
        isOnline = false
    }

    private mutating func set(_ behavior: LockBehavior, times: Int?) {
        if let times {
            precondition(times > 0)
            temporary = (behavior, times)
            isMute = false
        } else {
            lasting = behavior
            temporary = nil
            isMute = behavior.reaction.isMute
        }
    }

    private mutating func settle(at bolt: BoltState, _ actions: inout [Action]) {
        answerUnderWay(.unanswered("The lock was told from outside where to rest."), &actions)
        underWay = nil
        relockAt = nil
        unsaid = []
        restingBolt = bolt
    }

    private mutating func read(_ actions: inout [Action]) {
        if underWay?.behavior.reaction == .neverRespond {
            answerUnderWay(.unanswered("The lock did not answer before it was asked for its state."), &actions)
        }
        actions.append(.read(isOnline && !isMute ? bolt : nil))
    }

    // MARK: Reports

    /// Reports, or remembers to report on the next connection.
    private mutating func say(
        _ content: DeviceReport.Content,
        method: LockMethod?,
        attemptID: Identifier<ActionAttempt>?,
        _ actions: inout [Action]
    ) {
        let report = DeviceReport(deviceID: deviceID, content: content, method: method, attemptID: attemptID)
        if isOnline {
            actions.append(.report(report))
        } else {
            // Once connected it says where the bolt is then, not where it was on the way there.
            if case .bolt = content { unsaid.removeAll(where: \.isAboutBolt) }
            unsaid.append(report)
        }
    }
}

extension DeviceReport {
    fileprivate var isAboutBolt: Bool {
        if case .bolt = content { true } else { false }
    }
}

extension LockBehavior.Reaction {
    /// Whether the lock says at once that it has the command.
    fileprivate var acknowledgesAtOnce: Bool {
        switch self {
        case .succeed, .jam, .answerLate, .hold: true
        case .fail, .neverRespond, .unconfirmed: false
        }
    }

    /// Whether the lock says that its bolt is on its way.
    fileprivate var showsMovement: Bool { self == .succeed || self == .jam }

    /// Whether the lock cannot say where its bolt is.
    fileprivate var isMute: Bool { self == .neverRespond || self == .unconfirmed }

    /// Whether the command has no effect on the bolt because the lock does not want it.
    fileprivate var isRefusal: Bool {
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

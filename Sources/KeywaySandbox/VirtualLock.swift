package import KeywayDriver
package import KeywayModel

/// One lock of the sandbox: what it does with commands, and when.
///
/// A pure value: it takes an input and the instant, and returns what is to be done. Its rules beyond those of
/// ``LockBehavior/Reaction``:
/// - It works on one command at a time. A command that comes while an earlier one is under way, possible after a
///   timeout, takes the earlier one's place: that one has no effect any more, and its bolt is back where it rested.
/// - Without latency a bolt is never on its way, so it reports no movement, only where it ends.
/// - Its own network, its hub, the account and its removal can each keep it from being reached. Then it takes no
///   commands, says nothing and cannot be read. Each change of these is reported as what keeps it off now: of several
///   the one that began last, but always a removal, which nothing ends. A command that was under way is carried out all
///   the same, and what came of it is reported when it can be reached again.
/// - While the owner's subscription has run out it takes no commands, but talks.
/// - A lock that cannot say where its bolt is, `never_respond` or `unconfirmed`, cannot be read either: a reading must
///   not confirm what the device itself cannot (G6).
/// - A command to move the bolt is acknowledged when it is taken. Any other is answered once, as completed, when it is
///   done; what it reports comes before that answer.
/// - A setting of auto-lock does not involve the bolt, so `jam` has no part in it.
/// - One of ``keypadCodes`` unlocks, and any other is refused entry. Codes, and locking at the keypad, move a bolt that
///   jams or not like a command does, but their reports are those of a person at the door: without an attempt.
/// - It locks itself after an unlock, by a command or a code, if its behaviour or its auto-lock says so; if both do, at
///   the earlier time. Any command to move the bolt that it does not refuse ends the count, and so does locking at the
///   keypad.
/// - Reports that come of a command to move the bolt carry its attempt; those of locking itself do not.
package struct VirtualLock: Sendable {
    /// The codes that every virtual lock knows, for good: testers rely on them.
    package static let keypadCodes: Set<String> = ["1234"]

    /// The device it plays.
    package let deviceID: Identifier<Device>

    /// What keeps it from being reached.
    private var reachability: Reachability
    /// Whether the owner's subscription has run out.
    private var isSubscriptionExpired: Bool
    /// Where the bolt last rested.
    private var restingBolt: BoltState
    /// The behaviour until changed.
    private var lasting: LockBehavior
    /// The behaviour for a few commands.
    private var temporary: (behavior: LockBehavior, commandsLeft: Int)?
    /// The command it is working on.
    private var underWay: CommandUnderWay?
    /// When it locks itself.
    private var relock: RelockCount
    /// Whether it cannot say where its bolt is.
    private var isMute: Bool
    /// What it could not report while it was not reached: at most where the bolt is, and a failure or a denial.
    private var unsaid: [DeviceReport] = []

    /// Makes a lock as it was last reported: its own timers and a command under way do not survive a restart, and of
    /// several things that keep it from being reached only the one that was shown does.
    package init(deviceID: Identifier<Device>, state: DeviceState, behavior: LockBehavior) {
        self.deviceID = deviceID
        reachability = Reachability(state)
        isSubscriptionExpired = state.subscriptionExpiredAt != nil
        restingBolt = state.reportedBolt
        relock = RelockCount(state.autoLock)
        lasting = behavior
        isMute = behavior.reaction.isMute
    }

    // MARK: Questions

    /// How it answers the next command.
    package var nextBehavior: LockBehavior { temporary?.behavior ?? lasting }

    /// When it next wants ``Input/timePassed``; nil if only an outside event can change it.
    package var nextWake: MonotonicInstant? { nextStep?.at }

    /// Where the bolt is, or on its way to.
    package var bolt: BoltState { underWay?.moving ?? restingBolt }

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
        case .happened(let happening): happen(happening, &actions)
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
        let id = command.attemptID
        if let refusal = refusal(of: command, at: now) {
            actions.append(.answer(id, refusal))
            return
        }
        guard let deed = Deed(command) else {
            actions.append(.answer(id, .refused(.notSupported, nil)))
            return
        }
        answerUnderWay(.unanswered("A later command took the place of this one."), &actions)
        let behavior = takeBehavior()
        isMute = behavior.reaction.isMute
        if deed.isBoltMove, !behavior.reaction.isRefusal { relock.stop() }
        let underWay = CommandUnderWay(command, deed: deed, behavior: behavior, latency: latency, at: now)
        self.underWay = underWay
        if underWay.isAnswered { actions.append(.answer(id, .acknowledged)) }
        if let moving = underWay.moving { say(report(.bolt(moving), method: .remote, attemptID: id), &actions) }
    }

    /// Why the lock takes no command; nil if it does.
    private func refusal(of command: Command, at now: MonotonicInstant) -> CommandAnswer? {
        if now >= command.deadline { return .refused(.actionAttemptExpired, nil) }
        if let obstacle = reachability.obstacle { return obstacle.refusal }
        if isSubscriptionExpired { return .refused(.remoteControlDisabled, "The subscription has run out.") }
        return nil
    }

    private mutating func takeBehavior() -> LockBehavior {
        guard let (behavior, commandsLeft) = temporary else { return lasting }
        temporary = commandsLeft > 1 ? (behavior, commandsLeft - 1) : nil
        return behavior
    }

    /// The command's time is over: what its reaction says happens.
    private mutating func finish(_ done: CommandUnderWay, at instant: MonotonicInstant, _ actions: inout [Action]) {
        let id = done.command.attemptID
        underWay = nil
        switch done.behavior.reaction {
        case .succeed, .answerLate, .jam:
            if let report = carryOut(done, at: instant) { say(report, &actions) }
            if !done.isAnswered { actions.append(.answer(id, .completed)) }
        case .fail(let cause):
            if done.isAnswered {
                // Nobody waits for the answer any more, so it can only be a report.
                say(report(.commandFailed(cause, nil), attemptID: id), &actions)
            } else {
                actions.append(.answer(id, .refused(cause, nil)))
            }
        case .unconfirmed:
            _ = carryOut(done, at: instant)
            if !done.isAnswered { actions.append(.answer(id, .delivered)) }
        case .neverRespond, .hold:
            preconditionFailure("a command without an end has ended")
        }
    }

    /// Does what the command asks for.
    ///
    /// - Returns: What there is to say of it, if anything.
    private mutating func carryOut(_ done: CommandUnderWay, at instant: MonotonicInstant) -> DeviceReport? {
        switch done.deed {
        case .move(let wanted, _):
            rest(at: wanted, after: done, at: instant)
            return report(.bolt(restingBolt), method: .remote, attemptID: done.command.attemptID)
        case .configure(let setting):
            relock.configure(setting, isUnlocked: restingBolt == .unlocked, at: instant)
            return nil
        case .enter(let code):
            guard Self.keypadCodes.contains(code) else { return report(.accessDenied(AccessDenial(.unknownCode))) }
            rest(at: .unlocked, after: done, at: instant)
            return report(.bolt(restingBolt), method: .keycode, code: code)
        case .lockByHand:
            rest(at: .locked, after: done, at: instant)
            // Not by keycode: that would promise a code, and whoever locks at a keypad presses a button.
            return report(.bolt(restingBolt), method: .manual)
        }
    }

    /// The bolt comes to rest where it was sent, or is stuck.
    private mutating func rest(at wanted: BoltState, after done: CommandUnderWay, at instant: MonotonicInstant) {
        restingBolt = done.behavior.reaction == .jam ? .jammed : wanted
        if restingBolt == .unlocked {
            relock.begin(at: instant, scripted: done.behavior.autoRelockMilliseconds)
        } else {
            relock.stop()
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
        if let relockAt = relock.end { steps.append((relockAt, .relock)) }
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
                relock.stop()
                restingBolt = .locked
                if !isMute { say(report(.bolt(.locked), method: .automatic), &actions) }
            }
        }
    }

    // MARK: What testers do

    private mutating func happen(_ happening: SimulatedHappening, _ actions: inout [Action]) {
        switch happening {
        case .disconnected: begin(.network, &actions)
        case .connected: end(.network, &actions)
        case .disconnectedFromHub: begin(.hub, &actions)
        case .connectedToHub: end(.hub, &actions)
        case .accountDisconnected: begin(.account, &actions)
        case .accountConnected: end(.account, &actions)
        case .removed: begin(.removal, &actions)
        case .subscription(let isExpired):
            guard isExpired != isSubscriptionExpired else { return }
            isSubscriptionExpired = isExpired
            // Said by the maker, not by the lock, so nothing holds it back.
            actions.append(.report(report(.subscription(isExpired: isExpired))))
        }
    }

    private mutating func begin(_ obstacle: Reachability.Obstacle, _ actions: inout [Action]) {
        guard reachability.begin(obstacle) else { return }
        answerUnderWay(.unanswered("The lock can no longer be reached."), &actions)
        tellReachability(&actions)
    }

    private mutating func end(_ obstacle: Reachability.Obstacle, _ actions: inout [Action]) {
        guard reachability.end(obstacle) else { return }
        tellReachability(&actions)
        guard reachability.obstacle == nil else { return }
        actions += unsaid.map(Action.report)
        unsaid = []
    }

    /// Said by whatever is between the lock and Keyway, so nothing holds it back.
    private func tellReachability(_ actions: inout [Action]) {
        actions.append(.report(report(reachability.content)))
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
        relock.stop()
        unsaid = []
        restingBolt = bolt
    }

    private mutating func read(_ actions: inout [Action]) {
        if underWay?.behavior.reaction == .neverRespond {
            answerUnderWay(.unanswered("The lock did not answer before it was asked for its state."), &actions)
        }
        actions.append(.read(reachability.obstacle == nil && !isMute ? bolt : nil))
    }

    // MARK: Reports

    private func report(
        _ content: DeviceReport.Content,
        method: LockMethod? = nil,
        code: String? = nil,
        attemptID: Identifier<ActionAttempt>? = nil
    ) -> DeviceReport {
        DeviceReport(deviceID: deviceID, content: content, method: method, code: code, attemptID: attemptID)
    }

    /// Reports, or remembers to report once it can be reached.
    private mutating func say(_ report: DeviceReport, _ actions: inout [Action]) {
        if reachability.obstacle == nil {
            actions.append(.report(report))
        } else {
            // Then it says where the bolt is, not where it was on the way there.
            if report.isAboutBolt { unsaid.removeAll(where: \.isAboutBolt) }
            unsaid.append(report)
        }
    }
}

extension DeviceReport {
    fileprivate var isAboutBolt: Bool {
        if case .bolt = content { true } else { false }
    }
}

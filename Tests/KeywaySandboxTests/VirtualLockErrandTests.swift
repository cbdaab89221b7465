import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

/// The commands that do not send the bolt somewhere: auto-lock, codes, and locking at the keypad.
@Suite("What else a virtual lock is asked to do")
struct VirtualLockErrandTests {
    /// One such command and what comes of it.
    struct Errand: CustomTestStringConvertible {
        let testDescription: String
        let actionType: ActionType
        var parameters = ActionParameters.none
        /// Where the bolt is before.
        let before: BoltState
        /// Where it is once the command has succeeded.
        let after: BoltState
        /// What the lock says then, before it answers.
        let said: DeviceReport?

        func command(_ number: UInt64 = 1, deadline: Int64 = 30000) -> Command {
            KeywaySandboxTests.command(number, actionType, parameters, deadline: deadline)
        }

        /// What the lock says if the bolt jams where it would have moved.
        var saidJammed: DeviceReport? {
            guard let said, case .bolt = said.content else { return said }
            return ownReport(.bolt(.jammed), method: said.method, code: said.code)
        }
    }

    static let setting = AutoLock(isEnabled: true, delaySeconds: 10)
    static let configuring = Errand(
        testDescription: "auto-lock",
        actionType: .configureAutoLock,
        parameters: .autoLock(setting),
        before: .locked,
        after: .locked,
        said: nil
    )
    static let knownCode = Errand(
        testDescription: "a code that it knows",
        actionType: .simulateKeypadCodeEntry,
        parameters: .keypadCode("1234"),
        before: .locked,
        after: .unlocked,
        said: ownReport(.bolt(.unlocked), method: .keycode, code: "1234")
    )
    static let unknownCode = Errand(
        testDescription: "a code that it does not know",
        actionType: .simulateKeypadCodeEntry,
        parameters: .keypadCode("4321"),
        before: .locked,
        after: .locked,
        said: ownReport(.accessDenied(AccessDenial(.unknownCode)))
    )
    static let lockingByHand = Errand(
        testDescription: "locking at the keypad",
        actionType: .simulateManualLockViaKeypad,
        before: .unlocked,
        after: .locked,
        said: ownReport(.bolt(.locked), method: .manual)
    )
    static let errands = [configuring, knownCode, unknownCode, lockingByHand]

    /// A lock that was given the errand at 0 ms, and what it did at once.
    func started(_ errand: Errand, _ reaction: LockBehavior.Reaction, deadline: Int64 = 30000)
        -> (VirtualLock, atOnce: [VirtualLock.Action])
    {
        var lock = virtualLock(behavior(reaction), state: DeviceState(reportedBolt: errand.before))
        let atOnce = lock.handle(
            .command(errand.command(deadline: deadline), latency: .milliseconds(200)),
            at: at(0)
        )
        return (lock, atOnce)
    }

    func answered(_ answer: CommandAnswer, _ number: UInt64 = 1) -> VirtualLock.Action {
        .answer(Samples.id(number), answer)
    }

    static let silence = CommandAnswer.unanswered("The lock did not answer before the deadline.")

    // MARK: Reactions

    @Test("it says nothing until it is done, then what happened, then that it is done", arguments: errands)
    func succeed(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .succeed)
        #expect(atOnce.isEmpty)
        #expect(lock.bolt == errand.before)
        #expect(lock.handle(.timePassed, at: at(199)).isEmpty)
        let said = errand.said.map { [VirtualLock.Action.report($0)] } ?? []
        #expect(lock.handle(.timePassed, at: at(200)) == said + [answered(.completed)])
        #expect(lock.handle(.read, at: at(200)) == [.read(errand.after)])
    }

    @Test("a bolt that it would have moved can jam, but the command is done", arguments: errands)
    func jam(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .jam)
        #expect(atOnce.isEmpty)
        let said = errand.saidJammed.map { [VirtualLock.Action.report($0)] } ?? []
        #expect(lock.handle(.timePassed, at: at(200)) == said + [answered(.completed)])
        #expect(lock.bolt == (errand.before == errand.after ? errand.before : .jammed))
    }

    @Test("it can refuse, and then nothing has changed", arguments: errands)
    func fail(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .fail(.deviceBusy))
        #expect(atOnce.isEmpty)
        #expect(lock.handle(.timePassed, at: at(200)) == [answered(.refused(.deviceBusy, nil))])
        #expect(lock.bolt == errand.before)
        #expect(lock.nextWake == nil)
    }

    @Test("it can stay silent", arguments: errands)
    func neverRespond(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .neverRespond)
        #expect(atOnce.isEmpty)
        #expect(lock.handle(.timePassed, at: at(29999)).isEmpty)
        #expect(lock.handle(.timePassed, at: at(30000)) == [answered(Self.silence)])
        #expect(lock.bolt == errand.before)
        #expect(lock.handle(.read, at: at(30000)) == [.read(nil)])
    }

    @Test("G6 it can do it without a word", arguments: errands)
    func unconfirmed(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .unconfirmed)
        #expect(atOnce.isEmpty)
        #expect(lock.handle(.timePassed, at: at(200)) == [answered(.delivered)])
        #expect(lock.bolt == errand.after)
        #expect(lock.handle(.read, at: at(200)) == [.read(nil)])
    }

    @Test("it can be late, but in time to say so", arguments: errands)
    func answerLate(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .answerLate(byMilliseconds: 1000))
        #expect(atOnce.isEmpty)
        #expect(lock.handle(.timePassed, at: at(1199)).isEmpty)
        let said = errand.said.map { [VirtualLock.Action.report($0)] } ?? []
        #expect(lock.handle(.timePassed, at: at(1200)) == said + [answered(.completed)])
    }

    @Test("too late for an answer, it does it all the same", arguments: errands)
    func answerTooLate(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .answerLate(byMilliseconds: 45000))
        #expect(atOnce.isEmpty)
        #expect(lock.handle(.timePassed, at: at(30000)) == [answered(Self.silence)])
        #expect(lock.handle(.timePassed, at: at(45200)) == errand.said.map { [.report($0)] } ?? [])
        #expect(lock.bolt == errand.after)
    }

    @Test("held, it waits, and is not done when the bolt is settled", arguments: errands)
    func hold(_ errand: Errand) {
        var (lock, atOnce) = started(errand, .hold)
        #expect(atOnce.isEmpty)
        #expect(lock.nextWake == at(30000))
        let words = "The lock was told from outside where to rest."
        #expect(lock.handle(.settled(.unlocked), at: at(100)) == [answered(.unanswered(words))])
        #expect(lock.nextWake == nil)
    }

    @Test("going off the network in the middle, it says afterwards what came of it", arguments: errands)
    func offline(_ errand: Errand) {
        var (lock, _) = started(errand, .succeed)
        #expect(
            lock.handle(.happened(.disconnected), at: at(100)) == [
                answered(.unanswered("The lock can no longer be reached.")), .report(ownReport(.online(false))),
            ]
        )
        #expect(lock.handle(.timePassed, at: at(200)).isEmpty)
        let said = errand.said.map { [VirtualLock.Action.report($0)] } ?? []
        #expect(lock.handle(.happened(.connected), at: at(300)) == [.report(ownReport(.online(true)))] + said)
        #expect(lock.bolt == errand.after)
    }

    @Test("G3 after its deadline it is not done", arguments: errands)
    func deadline(_ errand: Errand) {
        var lock = virtualLock(behavior(.succeed), state: DeviceState(reportedBolt: errand.before))
        #expect(
            lock.handle(.command(errand.command(deadline: 1000), latency: .zero), at: at(1000))
                == [answered(.refused(.actionAttemptExpired, nil))]
        )
        #expect(lock.bolt == errand.before)
    }

    @Test("without latency it is done at once", arguments: errands)
    func atOnce(_ errand: Errand) {
        var lock = virtualLock(behavior(.succeed), state: DeviceState(reportedBolt: errand.before))
        let said = errand.said.map { [VirtualLock.Action.report($0)] } ?? []
        #expect(
            lock.handle(.command(errand.command(), latency: .zero), at: at(0)) == said + [answered(.completed)]
        )
    }

    @Test("testers rely on one code")
    func codes() {
        #expect(VirtualLock.keypadCodes == ["1234"])
    }

    // MARK: Locking itself

    static let relocked = VirtualLock.Action.report(ownReport(.bolt(.locked), method: .automatic))

    func lock(_ behavior: LockBehavior, autoLock: AutoLock?, bolt: BoltState = .locked) -> VirtualLock {
        virtualLock(behavior, state: DeviceState(reportedBolt: bolt, autoLock: autoLock))
    }

    func configure(_ lock: inout VirtualLock, _ setting: AutoLock, at instant: MonotonicInstant) {
        let command = command(7, .configureAutoLock, .autoLock(setting), deadline: 90000)
        #expect(lock.handle(.command(command, latency: .zero), at: instant) == [answered(.completed, 7)])
    }

    @Test("once told to, it locks itself after an unlock by a command")
    func locksItself() {
        var lock = lock(behavior(.succeed), autoLock: nil)
        configure(&lock, Self.setting, at: at(0))
        #expect(lock.nextWake == nil)
        _ = lock.handle(.command(command(), latency: .zero), at: at(1000))
        #expect(lock.handle(.timePassed, at: at(10999)).isEmpty)
        #expect(lock.handle(.timePassed, at: at(11000)) == [Self.relocked])
        #expect(lock.nextWake == nil)
    }

    @Test("it locks itself after an unlock with a code, whoever set that", arguments: [nil, 4000])
    func locksItselfAfterCode(scripted: Int?) {
        var lock = lock(behavior(.succeed, autoRelock: scripted), autoLock: Self.setting)
        _ = lock.handle(.command(Self.knownCode.command(), latency: .zero), at: at(1000))
        #expect(lock.nextWake == at(1000 + Int64(scripted ?? 10000)))
    }

    @Test("if its behaviour has it lock itself too, the earlier time counts", arguments: [4000, 20000])
    func earlier(scripted: Int) {
        var lock = lock(behavior(.succeed, autoRelock: scripted), autoLock: Self.setting)
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        #expect(lock.nextWake == at(Int64(min(scripted, 10000))))
        #expect(lock.handle(.timePassed, at: at(60000)) == [Self.relocked])
        #expect(lock.nextWake == nil)
    }

    @Test(
        "a setting from before a restart holds, and one that is off, or does not say when, does nothing",
        arguments: [
            (setting, 10000), (AutoLock(isEnabled: true, delaySeconds: 1.5), 1500),
            (AutoLock(isEnabled: false, delaySeconds: 10), nil), (AutoLock(isEnabled: true), nil), (nil, nil),
        ] as [(AutoLock?, Int64?)]
    )
    func restored(_ setting: AutoLock?, delay: Int64?) {
        var lock = lock(behavior(.succeed), autoLock: setting)
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        #expect(lock.nextWake == delay.map(at))
    }

    @Test("told so while it is unlocked, it counts from then, with the new setting only")
    func configuredWhileUnlocked() {
        var lock = lock(behavior(.succeed), autoLock: Self.setting)
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        configure(&lock, AutoLock(isEnabled: true, delaySeconds: 30), at: at(5000))
        #expect(lock.nextWake == at(35000))
        configure(&lock, AutoLock(isEnabled: true, delaySeconds: 2), at: at(6000))
        #expect(lock.nextWake == at(8000))
        configure(&lock, AutoLock(isEnabled: false), at: at(7000))
        #expect(lock.nextWake == nil)
    }

    @Test("a new setting leaves alone what its behaviour has it do")
    func scriptedCountGoesOn() {
        var lock = lock(behavior(.succeed, autoRelock: 4000), autoLock: Self.setting)
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        configure(&lock, AutoLock(isEnabled: false), at: at(1000))
        #expect(lock.nextWake == at(4000))
    }

    @Test("it counts on while somebody enters a wrong code, and from anew after a right one")
    func codesAndTheCount() {
        var lock = lock(behavior(.succeed), autoLock: Self.setting)
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        _ = lock.handle(.command(Self.unknownCode.command(2), latency: .zero), at: at(1000))
        #expect(lock.nextWake == at(10000))
        _ = lock.handle(.command(Self.knownCode.command(3), latency: .milliseconds(200)), at: at(2000))
        _ = lock.handle(.timePassed, at: at(2200))
        #expect(lock.nextWake == at(12200))
    }

    @Test("locked at the keypad, it has nothing to count")
    func lockedByHand() {
        var lock = lock(behavior(.succeed), autoLock: Self.setting)
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        _ = lock.handle(.command(Self.lockingByHand.command(2), latency: .zero), at: at(1000))
        #expect(lock.nextWake == nil)
    }

    @Test("a setting that is refused changes nothing")
    func settingRefused() {
        var lock = lock(behavior(.succeed), autoLock: Self.setting)
        _ = lock.handle(.behaviorSet(behavior(.fail(.deviceBusy)), times: 1), at: at(0))
        let off = ActionParameters.autoLock(AutoLock(isEnabled: false))
        _ = lock.handle(.command(command(1, .configureAutoLock, off), latency: .zero), at: at(0))
        _ = lock.handle(.command(command(2), latency: .zero), at: at(0))
        #expect(lock.nextWake == at(10000))
    }
}

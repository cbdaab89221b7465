import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("A virtual lock")
struct VirtualLockTests {
    func lock(_ behavior: LockBehavior, bolt: BoltState = .locked) -> VirtualLock {
        virtualLock(behavior, state: DeviceState(reportedBolt: bolt))
    }

    /// The answers among some actions.
    func answers(_ actions: [VirtualLock.Action]) -> [CommandAnswer] {
        actions.compactMap { if case .answer(_, let answer) = $0 { answer } else { nil } }
    }

    @Test("it moves both ways, whatever state it is in", arguments: BoltState.allCases, ActionType.boltMoves)
    func bothWays(from bolt: BoltState, _ actionType: ActionType) throws {
        let moving = try #require(actionType.movingState)
        let wanted = try #require(actionType.wantedState)
        var lock = lock(behavior(.succeed), bolt: bolt)
        let atOnce = lock.handle(.command(command(1, actionType), latency: .milliseconds(200)), at: at(0))
        #expect(atOnce == [.answer(Samples.id(1), .acknowledged), .report(report(.bolt(moving)))])
        #expect(lock.bolt == moving)
        #expect(lock.handle(.timePassed, at: at(199)).isEmpty)
        #expect(lock.handle(.timePassed, at: at(200)) == [.report(report(.bolt(wanted)))])
        #expect(lock.bolt == wanted)
        #expect(lock.nextWake == nil)
    }

    @Test(
        "what it cannot do, or is not told how to do, it refuses",
        arguments: [ActionType.resetSandboxWorkspace, .configureAutoLock, .simulateKeypadCodeEntry]
    )
    func notSupported(_ actionType: ActionType) {
        var lock = lock(behavior(.succeed))
        #expect(
            lock.handle(.command(command(1, actionType), latency: .zero), at: at(0))
                == [.answer(Samples.id(1), .refused(.notSupported, nil))]
        )
    }

    // MARK: Auto-relock

    @Test("it relocks after an unlock only")
    func relocksAfterUnlockOnly() {
        var lock = lock(behavior(.succeed, latency: 0...0, autoRelock: 5000))
        _ = lock.handle(.command(command(1, .lockDoor), latency: .zero), at: at(0))
        #expect(lock.nextWake == nil)
        _ = lock.handle(.command(command(2, .unlockDoor), latency: .zero), at: at(100))
        #expect(lock.nextWake == at(5100))
    }

    @Test("a command starts the relock count anew, unless the lock refuses it")
    func commandEndsCount() {
        var lock = lock(behavior(.succeed, latency: 0...0, autoRelock: 5000))
        _ = lock.handle(.command(command(1), latency: .zero), at: at(0))
        _ = lock.handle(.command(command(2), latency: .zero), at: at(1000))
        #expect(lock.nextWake == at(6000))
        _ = lock.handle(.behaviorSet(behavior(.fail(.deviceBusy)), times: 1), at: at(2000))
        _ = lock.handle(.command(command(3), latency: .zero), at: at(2000))
        #expect(lock.nextWake == at(6000))
        _ = lock.handle(.behaviorSet(behavior(.hold), times: 1), at: at(3000))
        _ = lock.handle(.command(command(4), latency: .zero), at: at(3000))
        #expect(lock.nextWake == nil)
        #expect(lock.bolt == .unlocked)
    }

    // MARK: Two commands

    @Test("a later command takes the place of one under way")
    func laterCommandReplaces() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.command(command(1), latency: .milliseconds(200)), at: at(0))
        let second = lock.handle(.command(command(2, .lockDoor), latency: .milliseconds(200)), at: at(100))
        #expect(second == [.answer(Samples.id(2), .acknowledged), .report(report(.bolt(.locking), of: 2))])
        #expect(lock.handle(.timePassed, at: at(10000)) == [.report(report(.bolt(.locked), of: 2))])
    }

    @Test(
        "a command that is replaced before it is answered is answered, once",
        arguments: [
            LockBehavior.Reaction.fail(.deviceBusy), .unconfirmed, .neverRespond,
        ]
    )
    func replacedIsAnswered(_ reaction: LockBehavior.Reaction) {
        var lock = lock(behavior(reaction))
        #expect(lock.handle(.command(command(1), latency: .milliseconds(200)), at: at(0)).isEmpty)
        _ = lock.handle(.behaviorSet(behavior(.hold), times: nil), at: at(50))
        let words = "A later command took the place of this one."
        #expect(
            lock.handle(.command(command(2), latency: .zero), at: at(100)) == [
                .answer(Samples.id(1), .unanswered(words)), .answer(Samples.id(2), .acknowledged),
            ]
        )
        #expect(lock.nextWake == nil)
        #expect(lock.bolt == .locked)
    }

    @Test("a bolt whose movement is cut off is back where it rested")
    func cutOffMovement() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.command(command(1), latency: .milliseconds(200)), at: at(0))
        #expect(lock.bolt == .unlocking)
        _ = lock.handle(.behaviorSet(behavior(.hold), times: nil), at: at(50))
        _ = lock.handle(.command(command(2), latency: .zero), at: at(100))
        #expect(lock.bolt == .locked)
    }

    // MARK: Behaviours

    @Test("a behaviour for some commands counts down, and the one before comes back")
    func timesCountDown() {
        var lock = lock(behavior(.succeed, latency: 0...0))
        _ = lock.handle(.behaviorSet(behavior(.fail(.deviceBusy), latency: 0...0), times: 2), at: at(0))
        var given: [CommandAnswer] = []
        for number in 1...3 as ClosedRange<UInt64> {
            given += answers(lock.handle(.command(command(number), latency: .zero), at: at(Int64(number))))
        }
        #expect(given == [.refused(.deviceBusy, nil), .refused(.deviceBusy, nil), .acknowledged])
    }

    @Test("a lasting change ends a temporary behaviour")
    func lastingEndsTemporary() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.behaviorSet(behavior(.jam), times: 5), at: at(0))
        _ = lock.handle(.behaviorSet(behavior(.hold), times: nil), at: at(0))
        #expect(lock.nextBehavior == behavior(.hold))
    }

    @Test("a temporary behaviour takes the place of another, and the lasting one follows")
    func temporaryReplacesTemporary() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.behaviorSet(behavior(.jam), times: 5), at: at(0))
        _ = lock.handle(.behaviorSet(behavior(.hold), times: 1), at: at(0))
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        #expect(lock.nextBehavior == behavior(.succeed))
    }

    @Test("a command under way keeps the behaviour it was taken with")
    func underWayKeepsBehavior() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.command(command(), latency: .milliseconds(200)), at: at(0))
        _ = lock.handle(.behaviorSet(behavior(.jam), times: nil), at: at(100))
        #expect(lock.handle(.timePassed, at: at(200)) == [.report(report(.bolt(.unlocked)))])
    }

    @Test(
        "G6 a lock that cannot confirm cannot be read, not even after a restart",
        arguments: [
            LockBehavior.Reaction.neverRespond, .unconfirmed,
        ]
    )
    func muteCannotBeRead(_ reaction: LockBehavior.Reaction) {
        var lock = lock(behavior(reaction))
        #expect(lock.handle(.read, at: at(0)) == [.read(nil)])
        _ = lock.handle(.behaviorSet(behavior(.succeed), times: nil), at: at(0))
        #expect(lock.handle(.read, at: at(0)) == [.read(.locked)])
    }

    @Test("a lock that was mute for one command can be read after the next")
    func muteForOneCommand() {
        var lock = lock(behavior(.succeed, latency: 0...0))
        _ = lock.handle(.behaviorSet(behavior(.unconfirmed, latency: 0...0), times: 1), at: at(0))
        #expect(lock.handle(.read, at: at(0)) == [.read(.locked)])
        _ = lock.handle(.command(command(1), latency: .zero), at: at(1))
        #expect(lock.handle(.read, at: at(1)) == [.read(nil)])
        _ = lock.handle(.command(command(2, .lockDoor), latency: .zero), at: at(2))
        #expect(lock.handle(.read, at: at(2)) == [.read(.locked)])
    }

    // MARK: Testers

    @Test(
        "settled, it is silently there and has forgotten what it was doing",
        arguments: [
            LockBehavior.Reaction.succeed, .jam, .answerLate(byMilliseconds: 1000), .hold,
        ]
    )
    func settle(_ reaction: LockBehavior.Reaction) {
        var lock = lock(behavior(reaction, autoRelock: 5000))
        _ = lock.handle(.command(command(), latency: .milliseconds(200)), at: at(0))
        #expect(lock.handle(.settled(.unlocked), at: at(100)).isEmpty)
        #expect(lock.nextWake == nil)
        #expect(lock.handle(.read, at: at(100)) == [.read(.unlocked)])
    }

    @Test("settled while a command waits for its answer, it answers that nobody knows")
    func settleAnswers() {
        var lock = lock(behavior(.neverRespond))
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        let words = "The lock was told from outside where to rest."
        #expect(lock.handle(.settled(.unlocked), at: at(1)) == [.answer(Samples.id(1), .unanswered(words))])
        #expect(lock.nextWake == nil)
    }

    @Test("settled off the network, it has nothing to say about the time before")
    func settleWhileOffline() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.command(command(), latency: .milliseconds(200)), at: at(0))
        _ = lock.handle(.happened(.disconnected), at: at(100))
        _ = lock.handle(.settled(.locked), at: at(300))
        #expect(lock.handle(.happened(.connected), at: at(400)) == [.report(ownReport(.online(true)))])
    }

    @Test("a failure and a relock off the network are both reported, in order")
    func failureAndRelockOffline() {
        var lock = lock(behavior(.succeed, latency: 0...0, autoRelock: 5000))
        _ = lock.handle(.command(command(1), latency: .zero), at: at(0))
        _ = lock.handle(.behaviorSet(behavior(.fail(.deviceBusy)), times: 1), at: at(0))
        _ = lock.handle(.command(command(2), latency: .milliseconds(200)), at: at(0))
        _ = lock.handle(.happened(.disconnected), at: at(100))
        #expect(
            lock.handle(.happened(.connected), at: at(9000)) == [
                .report(ownReport(.online(true))),
                .report(report(.commandFailed(.deviceBusy, nil), of: 2)),
                .report(ownReport(.bolt(.locked), method: .automatic)),
            ]
        )
    }
}

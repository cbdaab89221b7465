import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

/// Every reaction, as what the lock does at which millisecond after a command at 1,000 ms.
@Suite("A virtual lock's reactions")
struct VirtualLockReactionTests {
    /// One reaction and all that comes of it.
    struct Case: CustomTestStringConvertible {
        let name: String
        let behavior: LockBehavior
        /// What happens at once.
        let atOnce: [VirtualLock.Action]
        /// What a reading says right after.
        let readMeanwhile: BoltState?
        /// What happens by itself, and when.
        let later: [Later]
        /// What a reading says in the end.
        let readAfterwards: BoltState?

        struct Later: Equatable {
            let at: Int64
            let actions: [VirtualLock.Action]
        }

        var testDescription: String { name }
    }

    static let acknowledged = VirtualLock.Action.answer(Samples.id(1), .acknowledged)
    static let unlocking = VirtualLock.Action.report(report(.bolt(.unlocking)))
    static let unlocked = VirtualLock.Action.report(report(.bolt(.unlocked)))
    static let jammed = VirtualLock.Action.report(report(.bolt(.jammed)))
    static let relocked = VirtualLock.Action.report(ownReport(.bolt(.locked), method: .automatic))
    static let silence = VirtualLock.Action.answer(
        Samples.id(1),
        .unanswered("The lock did not answer before the deadline.")
    )

    static let cases: [Case] = [
        Case(
            name: "succeed",
            behavior: behavior(.succeed),
            atOnce: [acknowledged, unlocking],
            readMeanwhile: .unlocking,
            later: [.init(at: 1200, actions: [unlocked])],
            readAfterwards: .unlocked
        ),
        Case(
            name: "succeed without latency",
            behavior: behavior(.succeed, latency: 0...0),
            atOnce: [acknowledged, unlocked],
            readMeanwhile: .unlocked,
            later: [],
            readAfterwards: .unlocked
        ),
        Case(
            name: "succeed and relock",
            behavior: behavior(.succeed, autoRelock: 5000),
            atOnce: [acknowledged, unlocking],
            readMeanwhile: .unlocking,
            later: [.init(at: 1200, actions: [unlocked]), .init(at: 6200, actions: [relocked])],
            readAfterwards: .locked
        ),
        Case(
            name: "succeed and relock at once",
            behavior: behavior(.succeed, latency: 0...0, autoRelock: 0),
            atOnce: [acknowledged, unlocked, relocked],
            readMeanwhile: .locked,
            later: [],
            readAfterwards: .locked
        ),
        Case(
            name: "jam",
            behavior: behavior(.jam, autoRelock: 5000),
            atOnce: [acknowledged, unlocking],
            readMeanwhile: .unlocking,
            later: [.init(at: 1200, actions: [jammed])],
            readAfterwards: .jammed
        ),
        Case(
            name: "jam without latency",
            behavior: behavior(.jam, latency: 0...0),
            atOnce: [acknowledged, jammed],
            readMeanwhile: .jammed,
            later: [],
            readAfterwards: .jammed
        ),
        Case(
            name: "fail",
            behavior: behavior(.fail(.boltObstructed)),
            atOnce: [],
            readMeanwhile: .locked,
            later: [.init(at: 1200, actions: [.answer(Samples.id(1), .refused(.boltObstructed, nil))])],
            readAfterwards: .locked
        ),
        Case(
            name: "fail without latency",
            behavior: behavior(.fail(.deviceBusy), latency: 0...0),
            atOnce: [.answer(Samples.id(1), .refused(.deviceBusy, nil))],
            readMeanwhile: .locked,
            later: [],
            readAfterwards: .locked
        ),
        // A lock slower than the deadline: the answer comes too late to be one, so it is a report.
        Case(
            name: "fail after the deadline",
            behavior: behavior(.fail(.deviceBusy), latency: 40000...40000),
            atOnce: [],
            readMeanwhile: .locked,
            later: [
                .init(at: 30000, actions: [silence]),
                .init(at: 41000, actions: [.report(report(.commandFailed(.deviceBusy, nil)))]),
            ],
            readAfterwards: .locked
        ),
        // Acknowledged before, so the deadline is Keyway's affair.
        Case(
            name: "succeed after the deadline",
            behavior: behavior(.succeed, latency: 40000...40000),
            atOnce: [acknowledged, unlocking],
            readMeanwhile: .unlocking,
            later: [.init(at: 41000, actions: [unlocked])],
            readAfterwards: .unlocked
        ),
        Case(
            name: "never respond",
            behavior: behavior(.neverRespond, autoRelock: 5000),
            atOnce: [],
            readMeanwhile: nil,
            later: [],
            readAfterwards: nil
        ),
        // What it cannot say it does not say when asked either, nor when it relocks.
        Case(
            name: "unconfirmed",
            behavior: behavior(.unconfirmed, autoRelock: 5000),
            atOnce: [],
            readMeanwhile: nil,
            later: [
                .init(at: 1200, actions: [.answer(Samples.id(1), .delivered)]),
                .init(at: 6200, actions: []),
            ],
            readAfterwards: nil
        ),
        Case(
            name: "unconfirmed after the deadline",
            behavior: behavior(.unconfirmed, latency: 40000...40000),
            atOnce: [],
            readMeanwhile: nil,
            later: [.init(at: 30000, actions: [silence]), .init(at: 41000, actions: [])],
            readAfterwards: nil
        ),
        Case(
            name: "answer late",
            behavior: behavior(.answerLate(byMilliseconds: 45000), autoRelock: 5000),
            atOnce: [acknowledged],
            readMeanwhile: .locked,
            later: [.init(at: 46200, actions: [unlocked]), .init(at: 51200, actions: [relocked])],
            readAfterwards: .locked
        ),
        Case(
            name: "hold",
            behavior: behavior(.hold, autoRelock: 5000),
            atOnce: [acknowledged],
            readMeanwhile: .locked,
            later: [],
            readAfterwards: .locked
        ),
    ]

    /// Wakes the lock whenever it wants to be, and notes what it does.
    static func everythingLater(_ lock: inout VirtualLock) -> [Case.Later] {
        var later: [Case.Later] = []
        while let wake = lock.nextWake {
            later.append(.init(at: wake.nanoseconds / 1_000_000, actions: lock.handle(.timePassed, at: wake)))
        }
        return later
    }

    func lock(_ behavior: LockBehavior, isOnline: Bool = true) -> VirtualLock {
        virtualLock(behavior, state: DeviceState(isOnline: isOnline, reportedBolt: .locked))
    }

    @Test("it does what its reaction says, each thing at its time", arguments: cases)
    func online(_ reaction: Case) {
        var lock = lock(reaction.behavior)
        let latency = Duration.milliseconds(reaction.behavior.latencyMilliseconds.lowerBound)
        #expect(lock.handle(.command(command(), latency: latency), at: at(1000)) == reaction.atOnce)
        if reaction.behavior.reaction == .neverRespond {
            #expect(lock.nextWake == at(30000))
            let words = "The lock did not answer before it was asked for its state."
            #expect(
                lock.handle(.read, at: at(1000)) == [.answer(Samples.id(1), .unanswered(words)), .read(nil)]
            )
        } else {
            #expect(lock.handle(.read, at: at(1000)) == [.read(reaction.readMeanwhile)])
        }
        #expect(Self.everythingLater(&lock) == reaction.later)
        #expect(lock.handle(.read, at: at(100_000)) == [.read(reaction.readAfterwards)])
    }

    @Test("woken late, it does the same things in the same order", arguments: cases)
    func wokenLate(_ reaction: Case) {
        var lock = lock(reaction.behavior)
        let latency = Duration.milliseconds(reaction.behavior.latencyMilliseconds.lowerBound)
        _ = lock.handle(.command(command(), latency: latency), at: at(1000))
        var expected = reaction.later.flatMap(\.actions)
        if reaction.behavior.reaction == .neverRespond { expected = [Self.silence] }
        #expect(lock.handle(.timePassed, at: at(1_000_000)) == expected)
        #expect(lock.nextWake == nil)
    }

    @Test("off the network it refuses commands, cannot be read and uses up no behaviour", arguments: cases)
    func offline(_ reaction: Case) {
        var lock = lock(behavior(.succeed), isOnline: false)
        _ = lock.handle(.behaviorSet(reaction.behavior, times: 1), at: at(0))
        #expect(
            lock.handle(.command(command(), latency: .milliseconds(200)), at: at(1000))
                == [.answer(Samples.id(1), .refused(.deviceOffline, "The lock is not on the network."))]
        )
        #expect(lock.handle(.read, at: at(1000)) == [.read(nil)])
        #expect(lock.nextWake == nil)
        #expect(lock.nextBehavior == reaction.behavior)
    }

    @Test("G3 a command whose deadline has passed has no effect", arguments: cases)
    func deadlinePassed(_ reaction: Case) {
        for isOnline in [true, false] {
            var lock = lock(reaction.behavior, isOnline: isOnline)
            #expect(
                lock.handle(.command(command(deadline: 1000), latency: .zero), at: at(1000))
                    == [.answer(Samples.id(1), .refused(.actionAttemptExpired, nil))]
            )
            #expect(lock.nextWake == nil)
            #expect(lock.bolt == .locked)
        }
    }

    @Test("going off the network in the middle, it says afterwards what came of the command", arguments: cases)
    func goesOfflineMeanwhile(_ reaction: Case) {
        guard !reaction.later.isEmpty else { return }
        var lock = lock(reaction.behavior)
        let latency = Duration.milliseconds(reaction.behavior.latencyMilliseconds.lowerBound)
        let atOnce = lock.handle(.command(command(), latency: latency), at: at(1000))

        let offline = VirtualLock.Action.report(ownReport(.online(false)))
        let unanswered = VirtualLock.Action.answer(Samples.id(1), .unanswered("The lock can no longer be reached."))
        let expected = atOnce.contains(Self.acknowledged) ? [offline] : [unanswered, offline]
        #expect(lock.handle(.happened(.disconnected), at: at(1100)) == expected)
        #expect(Self.everythingLater(&lock).flatMap(\.actions).isEmpty)

        var afterwards: [VirtualLock.Action] = [.report(ownReport(.online(true)))]
        switch reaction.behavior.reaction {
        case .fail(let cause): afterwards.append(.report(report(.commandFailed(cause, nil))))
        // Only the last state: where the bolt was on the way there is over.
        default: if let last = reaction.later.last?.actions.last { afterwards.append(last) }
        }
        #expect(lock.handle(.happened(.connected), at: at(200_000)) == afterwards)
        #expect(lock.handle(.read, at: at(200_000)) == [.read(reaction.readAfterwards)])
        #expect(lock.handle(.happened(.connected), at: at(200_000)).isEmpty)
    }

    @Test("back on the network before the command is done, it reports as usual")
    func comesBackMeanwhile() {
        var lock = lock(behavior(.succeed))
        _ = lock.handle(.command(command(), latency: .milliseconds(200)), at: at(1000))
        _ = lock.handle(.happened(.disconnected), at: at(1050))
        #expect(lock.handle(.happened(.connected), at: at(1100)) == [.report(ownReport(.online(true)))])
        #expect(Self.everythingLater(&lock) == [.init(at: 1200, actions: [Self.unlocked])])
    }
}

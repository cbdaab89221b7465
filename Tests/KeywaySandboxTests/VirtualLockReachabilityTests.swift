import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Testing

@Suite("What keeps a virtual lock from being reached")
struct VirtualLockReachabilityTests {
    /// One thing that can be in the way.
    struct Obstacle: CustomTestStringConvertible {
        let begins: SimulatedHappening
        /// Nil if it never ends.
        let ends: SimulatedHappening?
        /// What is said of it.
        let content: DeviceReport.Content
        /// How the store has it.
        let cause: OfflineCause?
        /// How commands are refused.
        let refusal: CommandAnswer

        var testDescription: String { "\(begins)" }
    }

    static let network = Obstacle(
        begins: .disconnected,
        ends: .connected,
        content: .online(false),
        cause: nil,
        refusal: .refused(.deviceOffline, "The lock is not on the network.")
    )
    static let hub = Obstacle(
        begins: .disconnectedFromHub,
        ends: .connectedToHub,
        content: .bridgeOffline,
        cause: .bridge,
        refusal: .refused(.deviceDisconnected, "The hub of the lock is not on the network.")
    )
    static let account = Obstacle(
        begins: .accountDisconnected,
        ends: .accountConnected,
        content: .accountDisconnected,
        cause: .account,
        refusal: .refused(.deviceDisconnected, "The connection to the provider of the lock is gone.")
    )
    static let removal = Obstacle(
        begins: .removed,
        ends: nil,
        content: .removed,
        cause: .removed,
        refusal: .refused(.deviceDisconnected, "The provider no longer has the lock.")
    )
    static let passing = [network, hub, account]
    static let all = passing + [removal]

    static let online = VirtualLock.Action.report(ownReport(.online(true)))

    func said(_ obstacle: Obstacle) -> [VirtualLock.Action] { [.report(ownReport(obstacle.content))] }

    /// Gives the lock one command more.
    func answer(of lock: inout VirtualLock) -> [VirtualLock.Action] {
        lock.handle(.command(command(9), latency: .zero), at: at(1000))
    }

    func refused(by obstacle: Obstacle) -> [VirtualLock.Action] { [.answer(Samples.id(9), obstacle.refusal)] }

    @Test("each thing in the way is said, keeps commands and readings off, and is not said again", arguments: all)
    func begins(_ obstacle: Obstacle) {
        var lock = virtualLock(behavior(.succeed))
        #expect(lock.handle(.happened(obstacle.begins), at: at(0)) == said(obstacle))
        #expect(lock.handle(.happened(obstacle.begins), at: at(0)).isEmpty)
        #expect(answer(of: &lock) == refused(by: obstacle))
        #expect(lock.handle(.read, at: at(1000)) == [.read(nil)])
    }

    @Test("once it ends the lock is back, which is not said again", arguments: passing)
    func ends(_ obstacle: Obstacle) throws {
        let ends = try #require(obstacle.ends)
        var lock = virtualLock(behavior(.succeed, latency: 0...0))
        #expect(lock.handle(.happened(ends), at: at(0)).isEmpty)
        _ = lock.handle(.happened(obstacle.begins), at: at(0))
        #expect(lock.handle(.happened(ends), at: at(0)) == [Self.online])
        #expect(lock.handle(.happened(ends), at: at(0)).isEmpty)
        #expect(answer(of: &lock).first == .answer(Samples.id(9), .acknowledged))
    }

    @Test("of two things the later is said, and the other once that ends", arguments: passing, passing)
    func two(_ first: Obstacle, _ second: Obstacle) throws {
        guard first.begins != second.begins else { return }
        let (firstEnds, secondEnds) = (try #require(first.ends), try #require(second.ends))
        var lock = virtualLock(behavior(.succeed))
        _ = lock.handle(.happened(first.begins), at: at(0))
        #expect(lock.handle(.happened(second.begins), at: at(0)) == said(second))
        #expect(answer(of: &lock) == refused(by: second))
        #expect(lock.handle(.happened(secondEnds), at: at(0)) == said(first))
        #expect(answer(of: &lock) == refused(by: first))
        #expect(lock.handle(.happened(firstEnds), at: at(0)) == [Self.online])
    }

    @Test("if the earlier of two ends, the later is said still", arguments: passing, passing)
    func earlierEnds(_ first: Obstacle, _ second: Obstacle) throws {
        guard first.begins != second.begins else { return }
        let (firstEnds, secondEnds) = (try #require(first.ends), try #require(second.ends))
        var lock = virtualLock(behavior(.succeed))
        _ = lock.handle(.happened(first.begins), at: at(0))
        _ = lock.handle(.happened(second.begins), at: at(0))
        #expect(lock.handle(.happened(firstEnds), at: at(0)) == said(second))
        #expect(lock.handle(.happened(secondEnds), at: at(0)) == [Self.online])
    }

    @Test("a removed lock stays removed, whatever happens to it", arguments: passing)
    func removed(_ other: Obstacle) throws {
        var lock = virtualLock(behavior(.succeed))
        _ = lock.handle(.happened(.removed), at: at(0))
        for happening in [other.begins, try #require(other.ends)] {
            #expect(lock.handle(.happened(happening), at: at(0)) == said(Self.removal))
            #expect(answer(of: &lock) == refused(by: Self.removal))
        }
    }

    @Test("after a restart the same thing is in the way", arguments: all)
    func restored(_ obstacle: Obstacle) throws {
        let state = DeviceState(isOnline: false, offlineCause: obstacle.cause, reportedBolt: .locked)
        var lock = virtualLock(behavior(.succeed), state: state)
        #expect(answer(of: &lock) == refused(by: obstacle))
        #expect(lock.handle(.happened(obstacle.begins), at: at(0)).isEmpty)
        guard let ends = obstacle.ends else { return }
        #expect(lock.handle(.happened(ends), at: at(0)) == [Self.online])
    }

    @Test("what came of a command is said when the last thing in the way is gone, and not before")
    func unsaid() {
        var lock = virtualLock(behavior(.succeed))
        _ = lock.handle(.command(command(), latency: .milliseconds(200)), at: at(0))
        for happening in [SimulatedHappening.disconnected, .disconnectedFromHub, .accountDisconnected] {
            _ = lock.handle(.happened(happening), at: at(100))
        }
        #expect(lock.handle(.happened(.connectedToHub), at: at(300)) == said(Self.account))
        #expect(lock.handle(.happened(.accountConnected), at: at(300)) == said(Self.network))
        #expect(
            lock.handle(.happened(.connected), at: at(300)) == [Self.online, .report(report(.bolt(.unlocked)))]
        )
    }

    @Test("a command that waits for its answer is told that the lock is gone, once", arguments: all)
    func unanswered(_ obstacle: Obstacle) {
        var lock = virtualLock(behavior(.neverRespond))
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        let answer = VirtualLock.Action.answer(Samples.id(1), .unanswered("The lock can no longer be reached."))
        #expect(lock.handle(.happened(obstacle.begins), at: at(1)) == [answer] + said(obstacle))
        #expect(lock.nextWake == nil)
    }

    // MARK: Subscription

    @Test("without a subscription it takes no command and uses up no behaviour, but talks")
    func subscription() {
        var lock = virtualLock(behavior(.succeed, latency: 0...0, autoRelock: 5000))
        _ = lock.handle(.command(command(), latency: .zero), at: at(0))
        let expired = VirtualLock.Action.report(ownReport(.subscription(isExpired: true)))
        #expect(lock.handle(.happened(.subscription(isExpired: true)), at: at(0)) == [expired])
        #expect(lock.handle(.happened(.subscription(isExpired: true)), at: at(0)).isEmpty)
        _ = lock.handle(.behaviorSet(behavior(.jam), times: 1), at: at(0))
        let refusal = CommandAnswer.refused(.remoteControlDisabled, "The subscription has run out.")
        #expect(answer(of: &lock) == [.answer(Samples.id(9), refusal)])
        #expect(lock.nextBehavior == behavior(.jam))
        #expect(lock.handle(.read, at: at(1000)) == [.read(.unlocked)])
        #expect(
            lock.handle(.timePassed, at: at(5000)) == [.report(ownReport(.bolt(.locked), method: .automatic))]
        )
        let paid = VirtualLock.Action.report(ownReport(.subscription(isExpired: false)))
        #expect(lock.handle(.happened(.subscription(isExpired: false)), at: at(6000)) == [paid])
        #expect(lock.handle(.happened(.subscription(isExpired: false)), at: at(6000)).isEmpty)
        #expect(
            lock.handle(.command(command(2), latency: .zero), at: at(6000)).first
                == .answer(Samples.id(2), .acknowledged)
        )
    }

    @Test("a subscription that had run out before a restart still has")
    func subscriptionRestored() {
        let state = DeviceState(reportedBolt: .locked, subscriptionExpiredAt: Samples.start)
        var lock = virtualLock(behavior(.succeed), state: state)
        #expect(lock.handle(.happened(.subscription(isExpired: true)), at: at(0)).isEmpty)
        #expect(
            answer(of: &lock)
                == [.answer(Samples.id(9), .refused(.remoteControlDisabled, "The subscription has run out."))]
        )
    }

    @Test("that the subscription has run out is said by the maker, who can be asked when the lock cannot")
    func subscriptionOffline() {
        var lock = virtualLock(behavior(.succeed))
        _ = lock.handle(.happened(.disconnected), at: at(0))
        let expired = VirtualLock.Action.report(ownReport(.subscription(isExpired: true)))
        #expect(lock.handle(.happened(.subscription(isExpired: true)), at: at(0)) == [expired])
        #expect(answer(of: &lock) == refused(by: Self.network))
        #expect(lock.handle(.happened(.connected), at: at(0)) == [Self.online])
    }
}

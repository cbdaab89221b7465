import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayEngine

@Suite("The stages of attempts and their times")
struct StageClockTests {
    private let one: Identifier<ActionAttempt> = Samples.id(1)
    private let other: Identifier<ActionAttempt> = Samples.id(2)

    private func second(_ number: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: number * 1_000_000_000) }

    @Test("an attempt passes through all of them, each from the end of the one before")
    func wholeWay() {
        var clock = StageClock(takingUp: [])
        clock.accepted(one, at: second(10))
        #expect(clock.count == 1)
        let queue = clock.left(one, at: second(13))
        #expect(queue?.stage == .queue && queue?.time == .seconds(3))
        let device = clock.decided(at: second(18)) { $0 == one }.first
        #expect(device?.stage == .device && device?.time == .seconds(5))
        #expect(clock.count == 1, "its outcome is not durable yet")
        let resolve = clock.resolved(one, at: second(19))
        #expect(resolve?.stage == .resolve && resolve?.time == .seconds(1))
        #expect(clock.count == 0)
    }

    @Test("an attempt that is never sent ends its time in the queue when that is decided")
    func neverSent() {
        var clock = StageClock(takingUp: [])
        clock.accepted(one, at: second(0))
        clock.accepted(other, at: second(1))
        let queue = clock.decided(at: second(4)) { $0 == one }
        #expect(queue.map(\.stage) == [.queue] && queue.map(\.time) == [.seconds(4)])
        #expect(clock.left(one, at: second(5)) == nil)
        #expect(clock.count == 2)
    }

    @Test("an outcome that has to be written again was decided only once")
    func writtenAgain() {
        var clock = StageClock(takingUp: [])
        clock.accepted(one, at: second(0))
        _ = clock.left(one, at: second(1))
        _ = clock.decided(at: second(2)) { _ in true }
        #expect(clock.decided(at: second(5)) { _ in true }.isEmpty)
        #expect(clock.resolved(one, at: second(6))?.time == .seconds(4))
    }

    @Test("an attempt that was taken up counts until it is resolved, and has no times")
    func takenUp() {
        var clock = StageClock(takingUp: [one])
        #expect(clock.count == 1)
        #expect(clock.left(one, at: second(1)) == nil)
        #expect(clock.decided(at: second(2)) { _ in true }.isEmpty)
        #expect(clock.count == 1)
        #expect(clock.resolved(one, at: second(3)) == nil)
        #expect(clock.count == 0)
        #expect(clock.resolved(other, at: second(3)) == nil, "one that it never saw")
    }
}

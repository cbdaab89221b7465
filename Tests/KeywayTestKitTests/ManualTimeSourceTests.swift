import KeywayModel
import KeywayTestKit
import Testing

@Suite("The manual clock", .timeLimit(.minutes(1)))
struct ManualTimeSourceTests {
    @Test("wakes a sleeper exactly when its instant has come")
    func wakes() async throws {
        let clock = ManualTimeSource()
        let start = clock.now().monotonic
        async let slept: Void = clock.sleep(for: .seconds(2))
        await clock.waitForSleeper(until: start + .seconds(2))
        clock.advance(by: .seconds(2))
        try await slept
        #expect(clock.now().monotonic - start == .seconds(2))
    }

    @Test("does not sleep for an instant that has passed")
    func passed() async throws {
        let clock = ManualTimeSource()
        try await clock.sleep(for: .zero)
    }

    @Test("honours cancellation, before and while asleep")
    func cancelled() async {
        let clock = ManualTimeSource()
        let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.waitForSleeper()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test("lets nobody wait for a sleeper beyond cancellation, before and while waiting")
    func cancelledWatcher() async {
        let clock = ManualTimeSource()
        let watching = Task { await clock.waitForSleeper() }
        watching.cancel()
        await watching.value
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await clock.waitForSleeper(at: MonotonicInstant(nanoseconds: 1))
        }
        await late.value
    }

    @Test("steps the wall clock without moving the other one")
    func steps() {
        let clock = ManualTimeSource()
        let before = clock.now()
        clock.stepWallClock(by: .seconds(-3600))
        #expect(clock.now().monotonic == before.monotonic)
        #expect(clock.now().wall - before.wall == .seconds(-3600))
    }

    @Test("instants add and subtract without loss")
    func roundTrip() {
        let first = MonotonicInstant(nanoseconds: 5)
        let second = MonotonicInstant(nanoseconds: 7_000_000_123)
        #expect(first + (second - first) == second)
        #expect(second + (first - second) == first)
    }
}

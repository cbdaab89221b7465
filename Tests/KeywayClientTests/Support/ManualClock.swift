import Synchronization

@testable import KeywayClient

/// A clock that stands still until a test moves it, or that passes over short sleeps at once.
final class ManualClock: ClientClock {
    private struct Sleeper {
        let number: Int
        let instant: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var pauses: [Duration] = []
        var sleepers: [Sleeper] = []
        var watchers: [(instant: Duration, continuation: CheckedContinuation<Void, Never>)] = []
        var count = 0
    }

    private let state = Mutex(State())
    private let skipped: Duration

    /// Makes a clock.
    ///
    /// - Parameter skipped: Sleeps shorter than this are over at once, and move the clock.
    init(skipping skipped: Duration = .zero) {
        self.skipped = skipped
    }

    var now: Duration { state.withLock { $0.now } }

    /// The sleeps that were passed over, in order.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func sleep(for duration: Duration) async throws {
        if duration < skipped {
            state.withLock { $0.pauses.append(duration) }
            advance(by: duration)
            try Task.checkCancellation()
            return
        }
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let met = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                    if Task.isCancelled { return nil }
                    let instant = state.now + duration
                    state.sleepers.append(Sleeper(number: number, instant: instant, continuation: continuation))
                    let met = state.watchers.filter { $0.instant == instant }
                    state.watchers.removeAll { $0.instant == instant }
                    return met.map(\.continuation)
                }
                guard let met else { return continuation.resume(throwing: CancellationError()) }
                for watcher in met { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else { return nil }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock on and wakes everybody whose time has come.
    func advance(by duration: Duration) {
        precondition(duration >= .zero, "a clock does not go back")
        let woken = state.withLock { state in
            state.now += duration
            let now = state.now
            let woken = state.sleepers.filter { $0.instant <= now }.sorted { $0.instant < $1.instant }
            state.sleepers.removeAll { $0.instant <= now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Returns once somebody sleeps until a reading of the clock.
    func waitForSleeper(until instant: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.contains(where: { $0.instant == instant }) { return true }
                state.watchers.append((instant, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

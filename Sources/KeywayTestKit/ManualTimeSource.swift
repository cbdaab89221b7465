package import KeywayModel
import Synchronization

/// A clock that stands still until a test moves it.
///
/// It never goes back, wakes sleepers in the order of their instants, honours cancellation, and lets a test wait until
/// the code under test has really gone to sleep: ``waitForSleeper(until:)``.
package final class ManualTimeSource: TimeSource {
    private struct Sleeper {
        let number: Int
        let instant: MonotonicInstant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let number: Int
        let isSatisfied: @Sendable ([MonotonicInstant]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var moment: Moment
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
        var cancelled: Set<Int> = []
        var count = 0

        /// Takes out the watchers whose wait is over.
        mutating func satisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
            let instants = sleepers.map(\.instant)
            let satisfied = watchers.filter { $0.isSatisfied(instants) }
            watchers.removeAll { $0.isSatisfied(instants) }
            return satisfied.map(\.continuation)
        }
    }

    private let state: Mutex<State>

    /// Makes a clock that shows 2026-01-01T00:00:00Z and has just been started.
    package init() {
        let wall = Timestamp(microseconds: 1_767_225_600_000_000)
        state = Mutex(State(moment: Moment(wall: wall, monotonic: MonotonicInstant(nanoseconds: 0))))
    }

    /// The moment it stands at.
    package func now() -> Moment {
        state.withLock { $0.moment }
    }

    /// Moves both clocks on and wakes everybody whose instant has come.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "a clock does not go back")
        let woken = state.withLock { state in
            state.moment = Moment(
                wall: state.moment.wall + duration,
                monotonic: state.moment.monotonic + duration
            )
            let now = state.moment.monotonic
            let woken = state.sleepers.filter { $0.instant <= now }.sorted { $0.instant < $1.instant }
            state.sleepers.removeAll { $0.instant <= now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Steps the wall clock alone, forwards or backwards, as an operator or a time server does.
    package func stepWallClock(by duration: Duration) {
        state.withLock { $0.moment = Moment(wall: $0.moment.wall + duration, monotonic: $0.moment.monotonic) }
    }

    /// Sleeps until the clock is moved to an instant.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package func sleep(until instant: MonotonicInstant) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enum Verdict {
                    case sleeps([CheckedContinuation<Void, Never>])
                    case over, cancelled
                }
                let verdict: Verdict = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return .cancelled }
                    if instant <= state.moment.monotonic { return .over }
                    state.sleepers.append(Sleeper(number: number, instant: instant, continuation: continuation))
                    return .sleeps(state.satisfiedWatchers())
                }
                switch verdict {
                case .sleeps(let watchers): for watcher in watchers { watcher.resume() }
                case .over: continuation.resume()
                case .cancelled: continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Returns once somebody sleeps until exactly this instant, or the task is cancelled.
    package func waitForSleeper(at instant: MonotonicInstant) async {
        await wait { instants in instants.contains(instant) }
    }

    /// Returns once somebody sleeps until this instant or an earlier one, or the task is cancelled; nil: any instant.
    package func waitForSleeper(until instant: MonotonicInstant? = nil) async {
        await wait { instants in instants.contains { instant.map($0.isAtOrBefore) ?? true } }
    }

    private func wait(_ isSatisfied: @escaping @Sendable ([MonotonicInstant]) -> Bool) async {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let watcher = Watcher(number: number, isSatisfied: isSatisfied, continuation: continuation)
                let satisfied = state.withLock { state in
                    // The cancellation handler may have run before there was anything to resume.
                    if Task.isCancelled { return [continuation] }
                    state.watchers.append(watcher)
                    return state.satisfiedWatchers()
                }
                for continuation in satisfied { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state in
                defer { state.watchers.removeAll { $0.number == number } }
                return state.watchers.first { $0.number == number }
            }
            watcher?.continuation.resume()
        }
    }
}

extension MonotonicInstant {
    fileprivate func isAtOrBefore(_ other: MonotonicInstant) -> Bool { self <= other }
}

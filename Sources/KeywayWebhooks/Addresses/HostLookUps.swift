import Foundation
import Synchronization

/// Looks up hosts on threads of its own, of which there is a bounded number, and lets whoever is cancelled go at once.
final class HostLookUps: Sendable {
    private struct State {
        var plan: LookUpPlan
        var waiting: [Int: CheckedContinuation<[IPAddress], Never>] = [:]
        var count = 0
    }

    private let state: Mutex<State>
    private let lookUp: @Sendable (String) -> [IPAddress]

    /// Makes look-ups, of which none is under way.
    ///
    /// - Parameters:
    ///   - maximumThreads: How many threads there are at most, at least one.
    ///   - lookUp: Looks up one host; may block its thread for as long as it likes.
    init(maximumThreads: Int, lookUp: @escaping @Sendable (String) -> [IPAddress]) {
        state = Mutex(State(plan: LookUpPlan(maximum: maximumThreads)))
        self.lookUp = lookUp
    }

    /// Returns the addresses of a host; empty if there are none, or as soon as the task is cancelled.
    func addresses(of host: String, for asker: LookUpPlan.Asker) async -> [IPAddress] {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let started = state.withLock { state -> [String]? in
                    // Looked at under the lock, so that a cancellation is seen here or finds the continuation below.
                    if Task.isCancelled { return nil }
                    state.waiting[number] = continuation
                    state.plan.ask(host, for: asker, number: number)
                    return state.plan.start()
                }
                guard let started else { return continuation.resume(returning: []) }
                run(started)
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.plan.withdraw(number)
                return state.waiting.removeValue(forKey: number)
            }
            waiting?.resume(returning: [])
        }
    }

    /// Gives each host a thread, which may be blocked for long and must be none that others need.
    private func run(_ hosts: [String]) {
        for host in hosts {
            Thread.detachNewThread { [self] in
                let found = lookUp(host)
                let (answered, started) = state.withLock { state in
                    let answered = state.plan.end(host).compactMap { state.waiting.removeValue(forKey: $0) }
                    return (answered, state.plan.start())
                }
                for waiting in answered { waiting.resume(returning: found) }
                run(started)
            }
        }
    }
}

import Synchronization

/// Wakes one task that waits: raised any number of times, it wakes it once.
///
/// Raised while nobody waits, it wakes whoever waits next, so that nothing that happens between a look and the wait is
/// missed.
package final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Makes a signal that is not raised.
    package init() {}

    /// Wakes the task that waits, or the next one that will.
    package func raise() {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter else {
                state.isRaised = true
                return CheckedContinuation<Void, Never>?.none
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns when it is raised, or was since the last wait, or the task is cancelled; one task at a time may wait.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    precondition(state.waiter == nil, "one task at a time")
                    // The cancellation handler may have run before there was anything to resume.
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}

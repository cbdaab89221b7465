import Synchronization

/// A door that opens once; a task that is cancelled stops waiting for it.
package final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var lastNumber: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Makes a door that is shut.
    package init() {}

    /// Whether it is open.
    package var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Opens it for good.
    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Returns when it is open or the task is cancelled.
    package func wait() async {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    // The cancellation handler may have run before there was anything to resume.
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    /// Returns when it is open, even if the task is cancelled; only for what surely opens soon.
    package func waitWhateverHappens() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard !state.isOpen else { return true }
                state.lastNumber += 1
                state.waiting[state.lastNumber] = continuation
                return false
            }
            if isOpen { continuation.resume() }
        }
    }
}

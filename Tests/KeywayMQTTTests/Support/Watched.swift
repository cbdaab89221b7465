import Synchronization

/// A value that a test can wait on to become what it should be.
final class Watched<Value: Sendable>: Sendable {
    private struct Watcher {
        let number: Int
        let isMet: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value: Value
        var watchers: [Watcher] = []
        var lastNumber = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    var value: Value { state.withLock(\.value) }

    func change(_ body: (inout Value) -> Void) {
        let met = state.withLock { state in
            body(&state.value)
            let value = state.value
            let met = state.watchers.filter { $0.isMet(value) }
            state.watchers.removeAll { $0.isMet(value) }
            return met
        }
        for watcher in met { watcher.continuation.resume() }
    }

    /// Returns the value once it is as it should be, or the test has taken too long.
    @discardableResult
    func wait(until isMet: @escaping @Sendable (Value) -> Bool) async -> Value {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if Task.isCancelled || isMet(state.value) { return true }
                    state.watchers.append(Watcher(number: number, isMet: isMet, continuation: continuation))
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state in
                defer { state.watchers.removeAll { $0.number == number } }
                return state.watchers.first { $0.number == number }
            }
            watcher?.continuation.resume()
        }
        return value
    }
}

import Synchronization

/// A value that one task waits for and another gives, once.
///
/// The first value counts and later ones are ignored. A waiting task that is cancelled stops waiting.
final class Reply<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case given(Value)
    }

    private let state = Mutex(State.open)

    /// Gives the value.
    func give(_ value: Value) {
        let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .open:
                state = .given(value)
                return nil
            case .awaited(let continuation):
                state = .given(value)
                return continuation
            case .given: return nil
            }
        }
        waiting?.resume(returning: value)
    }

    /// Waits for the value; to be called once.
    ///
    /// - Parameter fallback: The value for a task that is cancelled before there is another.
    /// - Returns: The value given first.
    func value(ifCancelled fallback: Value) async -> Value {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let given = state.withLock { state -> Value? in
                    switch state {
                    case .given(let value): return value
                    case .open:
                        state = .awaited(continuation)
                        return nil
                    case .awaited: preconditionFailure("a reply has one reader")
                    }
                }
                if let given { continuation.resume(returning: given) }
            }
        } onCancel: {
            give(fallback)
        }
    }
}

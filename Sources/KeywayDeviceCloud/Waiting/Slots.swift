import KeywayDriver
import Synchronization

/// A number of places; who finds none free waits in the order of arrival, or until the task is cancelled.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var waiting: [Latch] = []
    }

    private let state: Mutex<State>

    /// Makes places, all free.
    init(_ count: Int) {
        precondition(count > 0)
        state = Mutex(State(free: count))
    }

    /// Takes a place for as long as the body runs.
    ///
    /// - Throws: `CancellationError` if the task is cancelled before there is a place; what the body throws.
    func occupy<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        let turn = state.withLock { state -> Latch? in
            guard state.free == 0 else {
                state.free -= 1
                return nil
            }
            let turn = Latch()
            state.waiting.append(turn)
            return turn
        }
        guard let turn else { return }
        await turn.wait()
        guard Task.isCancelled else { return }
        // Either the place is given back that came at the last moment, or nobody gives this one a place any more.
        let isIn = state.withLock { state in
            state.waiting.removeAll { $0 === turn }
            return turn.isOpen
        }
        if isIn { leave() }
        throw CancellationError()
    }

    private func leave() {
        // Opened under the lock, so that the one who leaves the queue sees whether it has a place.
        state.withLock { state in
            if state.waiting.isEmpty { state.free += 1 } else { state.waiting.removeFirst().open() }
        }
    }
}

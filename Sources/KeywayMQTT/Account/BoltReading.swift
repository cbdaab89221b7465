import KeywayDriver
import KeywayModel
import Synchronization

/// A question where a bolt is, until the lock answers it.
final class BoltReading: Sendable {
    private struct State {
        var stamp: TrafficStamp?
        var bolt: BoltState?
    }

    private let state = Mutex(State())
    private let isAnswered = Latch()

    /// Takes that the question has left.
    func sent(as stamp: TrafficStamp) {
        state.withLock { $0.stamp = stamp }
    }

    /// Takes where the bolt is, if that was said after the question.
    func hear(_ bolt: BoltState, as stamp: TrafficStamp) {
        let isAnswer = state.withLock { state in
            guard let asked = state.stamp, stamp.follows(asked), state.bolt == nil else { return false }
            state.bolt = bolt
            return true
        }
        if isAnswer { isAnswered.open() }
    }

    /// Waits for the answer; nil if the task is cancelled before.
    func answer() async -> BoltState? {
        await isAnswered.wait()
        return state.withLock(\.bolt)
    }
}

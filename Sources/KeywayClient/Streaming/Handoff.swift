import Synchronization

/// Hands values from one task to another, keeping at most one: the giver waits until there is room.
///
/// For one giver and one taker at a time.
final class Handoff<Element: Sendable>: Sendable {
    private enum Ending {
        case open
        case failed(any Error)
        case told
    }

    private enum Side {
        case giver
        case taker
    }

    private typealias Waiting = CheckedContinuation<Void, any Error>

    private struct State {
        var element: Element?
        var ending = Ending.open
        /// Who waits for the other side.
        var waiting: [Side: Waiting] = [:]

        var hasRoom: Bool { element == nil }

        var hasNews: Bool {
            if element != nil { return true }
            if case .open = ending { return false }
            return true
        }
    }

    private let state = Mutex(State())

    /// Hands over a value; returns when it is kept for the taker.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func give(_ element: Element) async throws {
        while !offer(element) { try await wait(as: .giver) { $0.hasRoom } }
    }

    /// Hands over a value if there is room for it.
    ///
    /// - Returns: Whether there was.
    func offer(_ element: Element) -> Bool {
        let (isKept, taker) = state.withLock { state -> (Bool, Waiting?) in
            guard state.hasRoom else { return (false, nil) }
            state.element = element
            return (true, state.waiting.removeValue(forKey: .taker))
        }
        taker?.resume()
        return isKept
    }

    /// Says that no value follows those given so far; the taker is told why after the last of them.
    func finish(throwing error: any Error) {
        let taker = state.withLock { state in
            state.ending = .failed(error)
            return state.waiting.removeValue(forKey: .taker)
        }
        taker?.resume()
    }

    /// Takes the next value, and waits for it; nil after the end has been told.
    ///
    /// - Throws: The reason of the end, once; `CancellationError` when the task is cancelled.
    func take() async throws -> Element? {
        while true {
            try Task.checkCancellation()
            switch try takeIfAny() {
            case .element(let element): return element
            case .end: return nil
            case .nothing: try await wait(as: .taker) { $0.hasNews }
            }
        }
    }

    private enum Taken {
        case element(Element)
        case end
        case nothing
    }

    private func takeIfAny() throws -> Taken {
        let (element, ending, giver) = state.withLock { state in
            let (element, ending) = (state.element, state.ending)
            let giver = state.waiting.removeValue(forKey: .giver)
            state.element = nil
            if element == nil, case .failed = ending { state.ending = .told }
            return (element, ending, giver)
        }
        giver?.resume()
        if let element { return .element(element) }
        switch ending {
        case .open: return .nothing
        case .failed(let error): throw error
        case .told: return .end
        }
    }

    /// Waits until the other side has done something, unless it has already.
    private func wait(as side: Side, unless isOver: (State) -> Bool) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    // Cancelled before it waited: the handler found nobody to wake.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if isOver(state) { return .success(()) }
                    state.waiting[side] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiting = state.withLock { $0.waiting.removeValue(forKey: side) }
            waiting?.resume(throwing: CancellationError())
        }
    }
}

import KeywayModel
import Metrics
import Synchronization

/// Counts the open event streams, so that neither one credential nor all together can have more than the server bears
/// (G12).
final class EventStreamSlots: Sendable {
    private struct State {
        var total = 0
        var byRequester: [Requester: Int] = [:]
    }

    /// When a refused stream has a fair chance again.
    private static let retryAfter: Duration = .seconds(10)

    private let maximum: Int
    private let maximumPerKey: Int
    private let open: Meter
    private let state = Mutex(State())

    /// Makes a count of none.
    ///
    /// - Parameters:
    ///   - maximum: The most streams at one time.
    ///   - maximumPerKey: The most streams of one credential.
    ///   - metrics: Who is told how many are open; by default nobody.
    init(maximum: Int, maximumPerKey: Int, metrics: any MetricsFactory = NOOPMetricsHandler.instance) {
        self.maximum = maximum
        self.maximumPerKey = maximumPerKey
        open = Meter(label: "keyway_event_streams_open", factory: metrics)
    }

    /// How many streams are open.
    var count: Int { state.withLock { $0.total } }

    /// Takes a slot for a stream.
    ///
    /// - Throws: ``APIError`` with status 429 if there is none left.
    func take(for requester: Requester) throws(APIError) -> EventStreamSlot {
        try state.withLock { state throws(APIError) in
            let own = state.byRequester[requester] ?? 0
            guard own < maximumPerKey else {
                throw .tooManyRequests(
                    "This credential has \(maximumPerKey) event streams open, which is the most it may have",
                    retryAfter: Self.retryAfter
                )
            }
            guard state.total < maximum else {
                throw .tooManyRequests(
                    "The server has as many event streams open as it takes",
                    retryAfter: Self.retryAfter
                )
            }
            state.total += 1
            state.byRequester[requester] = own + 1
            open.set(state.total)
        }
        return EventStreamSlot(slots: self, requester: requester)
    }

    fileprivate func give(back requester: Requester) {
        state.withLock { state in
            let own = state.byRequester[requester] ?? 1
            state.total -= 1
            state.byRequester[requester] = own > 1 ? own - 1 : nil
            open.set(state.total)
        }
    }
}

/// The right to one open stream, until it is gone.
final class EventStreamSlot: Sendable {
    private let slots: EventStreamSlots
    private let requester: Requester

    fileprivate init(slots: EventStreamSlots, requester: Requester) {
        self.slots = slots
        self.requester = requester
    }

    deinit {
        slots.give(back: requester)
    }
}

import KeywayModel
import Metrics

/// What the sender measures.
struct SenderInstruments: Sendable {
    private let lag: Timer
    private let results: [Delivery.Status: Counter]

    /// Makes instruments that say to a factory what they measure.
    init(_ metrics: any MetricsFactory) {
        lag = Timer(label: "keyway_webhook_lag_seconds", factory: metrics)
        results = Dictionary(
            uniqueKeysWithValues: Delivery.Status.allCases.map { status in
                let dimensions = [("result", Self.result(status))]
                return (status, Counter(label: "keyway_webhook_tries_total", dimensions: dimensions, factory: metrics))
            }
        )
    }

    /// Takes what a try has led to.
    ///
    /// - Parameters:
    ///   - before: The delivery as it was when the try began.
    ///   - after: The delivery once the try's end was written.
    func tried(_ before: Delivery, _ after: Delivery) {
        results[after.status]?.increment()
        // One that was asked for again succeeded or was given up before; how long ago says nothing about lag.
        let isFirstRound = before.tryCount == before.failureCount
        guard isFirstRound, after.status == .succeeded, let finishedAt = after.finishedAt else { return }
        lag.record(duration: max(.zero, finishedAt - after.createdAt))
    }

    /// What a try has led to, if the delivery stands there after it.
    private static func result(_ status: Delivery.Status) -> String {
        switch status {
        case .pending: "retried"
        case .succeeded: "taken"
        case .failed: "failed"
        case .abandoned: "abandoned"
        }
    }
}

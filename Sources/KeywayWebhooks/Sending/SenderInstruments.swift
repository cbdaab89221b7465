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
        // One that was tried before and asked for again succeeded or was given up; how long ago says nothing about lag.
        let isFirstRound = before.tryCount == before.failureCount
        if isFirstRound, after.status == .succeeded, let finishedAt = after.finishedAt {
            lag.record(duration: max(.zero, finishedAt - after.createdAt))
        }
        // After the lag: who sees a try counted sees its lag as well.
        results[after.status]?.increment()
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

package import KeywayModel
package import Metrics

/// What the committer measures.
package struct CommitInstruments: Sendable {
    private let time: any TimeSource
    private let writes: Recorder
    private let durations: Timer
    private let failures: Counter

    /// Makes instruments.
    ///
    /// - Parameters:
    ///   - metrics: Who is told what they measure.
    ///   - time: What durations are counted on.
    package init(_ metrics: any MetricsFactory, time: any TimeSource) {
        self.time = time
        writes = Recorder(label: "keyway_store_commit_writes", aggregate: true, factory: metrics)
        durations = Timer(label: "keyway_store_commit_seconds", factory: metrics)
        failures = Counter(label: "keyway_store_commit_failures_total", factory: metrics)
    }

    /// When something begins.
    func begin() -> MonotonicInstant { time.now().monotonic }

    /// Takes that a transaction is durable.
    func committed(writes count: Int, since start: MonotonicInstant) {
        writes.record(count)
        durations.record(duration: time.now().monotonic - start)
    }

    /// Takes that a transaction failed as a whole.
    func failed() {
        failures.increment()
    }
}

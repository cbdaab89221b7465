import Metrics
import Synchronization

/// The values of one metric under one combination of label values.
enum MetricSeries: Sendable {
    case counter(CounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)

    /// A series of a kind, at zero.
    init(_ kind: MetricDescription.Kind) {
        self =
            switch kind {
            case .counter: .counter(CounterSeries())
            case .gauge: .gauge(GaugeSeries())
            case .histogram(let bounds): .histogram(HistogramSeries(upTo: bounds))
            }
    }
}

/// A number that only grows.
final class CounterSeries: CounterHandler {
    private let count = Atomic<Int64>(0)

    /// The number.
    var value: Int64 { count.load(ordering: .relaxed) }

    /// Adds to it.
    func increment(by amount: Int64) {
        precondition(amount >= 0, "a counter only grows")
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Begins at zero again.
    func reset() {
        count.store(0, ordering: .relaxed)
    }
}

/// A number that goes up and down.
final class GaugeSeries: MeterHandler {
    private let level = Mutex(0.0)

    /// The number.
    var value: Double { level.withLock(\.self) }

    /// Sets it.
    func set(_ value: Int64) { set(Double(value)) }

    /// Sets it.
    func set(_ value: Double) { level.withLock { $0 = value } }

    /// Adds to it.
    func increment(by amount: Double) { level.withLock { $0 += amount } }

    /// Subtracts from it.
    func decrement(by amount: Double) { level.withLock { $0 -= amount } }
}

/// How many values were in each of some ranges.
final class HistogramSeries: RecorderHandler, TimerHandler {
    /// What was recorded up to one moment.
    struct Reading: Equatable, Sendable {
        /// How many values each range holds, the one beyond the last bound at the end.
        var counts: [UInt64]
        /// The sum of all values.
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<Reading>

    /// Begins with no values.
    ///
    /// - Parameter bounds: The largest value of each range but the last one, ascending.
    init(upTo bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
        self.bounds = bounds
        state = Mutex(Reading(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// What was recorded so far.
    var reading: Reading { state.withLock(\.self) }

    /// Counts a value.
    func record(_ value: Int64) { record(Double(value)) }

    /// Counts a value.
    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Counts a duration, in seconds.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}

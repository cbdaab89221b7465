package import Metrics

/// The values of everything that is measured: what stands behind the counters, meters, recorders and timers of the rooms.
///
/// Every series is made at the beginning, from the descriptions, and stands at zero until something is measured: a
/// metric that has never moved shows all the same, and measuring looks nothing up. What is not described cannot be
/// measured; asking for it is a mistake in the program and ends it.
package final class MetricsRegistry: MetricsFactory {
    /// A metric and its series, one for each combination of label values.
    struct Family: Sendable {
        let description: MetricDescription
        let series: [(values: [String], series: MetricSeries)]
    }

    /// Every metric, in the order of the descriptions.
    let families: [Family]
    private let index: [Key: MetricSeries]

    private struct Key: Hashable {
        let name: String
        let values: [String]
    }

    /// Makes a registry with every series at zero.
    package init(_ descriptions: [MetricDescription] = MetricDescription.all) {
        families = descriptions.map { description in
            Family(
                description: description,
                series: description.combinations.map { ($0, MetricSeries(description.kind)) }
            )
        }
        index = Dictionary(
            uniqueKeysWithValues: families.flatMap { family in
                family.series.map { (Key(name: family.description.name, values: $0.values), $0.series) }
            }
        )
    }

    /// The series with these label values.
    private func series(_ name: String, _ dimensions: [(String, String)]) -> MetricSeries {
        guard let description = families.first(where: { $0.description.name == name })?.description,
            dimensions.map(\.0) == description.labels.map(\.name),
            let series = index[Key(name: name, values: dimensions.map(\.1))]
        else { preconditionFailure("the metric \(name) is not described with the labels \(dimensions)") }
        return series
    }

    // MARK: What swift-metrics asks for

    /// The counter with this name and these labels.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard case .counter(let series) = series(label, dimensions) else {
            preconditionFailure("\(label) is no counter")
        }
        return series
    }

    /// The gauge with this name and these labels.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        guard case .gauge(let series) = series(label, dimensions) else { preconditionFailure("\(label) is no gauge") }
        return series
    }

    /// The histogram with this name and these labels.
    ///
    /// `aggregate` is always true: what is not aggregated is a meter here.
    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        precondition(aggregate, "a recorder is a histogram")
        return histogram(label, dimensions)
    }

    /// The histogram of durations with this name and these labels.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        guard case .histogram(let series) = series(label, dimensions) else {
            preconditionFailure("\(label) is no histogram")
        }
        return series
    }

    // Series last as long as the registry, whoever measures them.

    /// Does nothing: the series stays.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing: the series stays.
    package func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing: the series stays.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing: the series stays.
    package func destroyTimer(_ handler: any TimerHandler) {}
}

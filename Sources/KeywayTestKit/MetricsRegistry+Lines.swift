package import KeywayMetrics

extension MetricsRegistry {
    /// The value that a series shows, such as `name{label="value"}`; nil if there is no such series.
    package func shown(_ series: String) -> String? {
        prometheusText.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .map { String($0.dropFirst(series.count + 1)) }
    }
}

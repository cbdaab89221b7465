extension MetricsRegistry {
    /// What Prometheus is to be told that ``prometheusText`` is.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Every value there is, in Prometheus' text format, version 0.0.4.
    ///
    /// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    package var prometheusText: String {
        var text = ""
        for family in families {
            let description = family.description
            text += "# HELP \(description.name) \(Self.escaped(description.help))\n"
            text += "# TYPE \(description.name) \(description.kind.name)\n"
            for (values, series) in family.series {
                let labels = zip(description.labels.map(\.name), values).map { ($0, $1) }
                text += Self.lines(description, labels, series)
            }
        }
        return text
    }

    private static func lines(
        _ description: MetricDescription,
        _ labels: [(String, String)],
        _ series: MetricSeries
    ) -> String {
        let name = description.name
        switch (series, description.kind) {
        case (.counter(let counter), _): return line(name, labels, "\(counter.value)")
        case (.gauge(let gauge), _): return line(name, labels, number(gauge.value))
        case (.histogram(let histogram), .histogram(let bounds)):
            let reading = histogram.reading
            var (text, count) = ("", UInt64(0))
            for (bound, more) in zip(bounds.map(number) + ["+Inf"], reading.counts) {
                count += more
                text += line(name + "_bucket", labels + [("le", bound)], "\(count)")
            }
            return text + line(name + "_sum", labels, number(reading.sum)) + line(name + "_count", labels, "\(count)")
        case (.histogram, _): preconditionFailure("a series is of its metric's kind")
        }
    }

    private static func line(_ name: String, _ labels: [(String, String)], _ value: String) -> String {
        let inside = labels.map { "\($0)=\"\(escaped($1).replacing("\"", with: "\\\""))\"" }.joined(separator: ",")
        return "\(name)\(inside.isEmpty ? "" : "{\(inside)}") \(value)\n"
    }

    /// A number without a fraction that says nothing.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    /// A text with what would end its line taken out of effect.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}

/// What is known of a metric before anything is measured: everything but its values.
package struct MetricDescription: Hashable, Sendable {
    /// Its name, as Prometheus shows it.
    package let name: String
    /// What it measures, in one sentence.
    package let help: String
    /// What kind of values it has.
    package let kind: Kind
    /// Its labels, in the order in which they are shown.
    package let labels: [Label]

    /// Describes a metric.
    ///
    /// - Parameters:
    ///   - name: Its name; what is counted ends in `_total`, and what has a unit ends in it
    ///     (https://prometheus.io/docs/practices/naming/).
    ///   - help: What it measures, in one sentence.
    ///   - kind: What kind of values it has.
    ///   - labels: Its labels.
    package init(_ name: String, _ help: String, _ kind: Kind, labels: [Label] = []) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
    }

    /// What kind of values a metric has.
    package enum Kind: Hashable, Sendable {
        /// A number that only grows, from zero at the start of the server.
        case counter
        /// A number that goes up and down.
        case gauge
        /// How many values were at most as large as each of these, which ascend; and the sum of all.
        case histogram(upTo: [Double])

        /// The kind's name in Prometheus text.
        package var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// A label and every value that it can have.
    ///
    /// The values are few and known beforehand, so that nothing a caller sends, and nothing of a tenant, can become one
    /// (G11), and a metric can never grow (G12).
    package struct Label: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Every value.
        package let values: [String]

        /// Makes a label.
        package init(_ name: String, _ values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// Every combination of values that the labels can have, in order; one empty one if there are no labels.
    var combinations: [[String]] {
        labels.reduce([[]]) { combinations, label in
            combinations.flatMap { combination in label.values.map { combination + [$0] } }
        }
    }
}

import Metrics
import Testing

@testable import KeywayMetrics

@Suite("The metrics and their text")
struct MetricsRegistryTests {
    private static let doors = MetricDescription(
        "doors_total",
        "Doors, as in \\ or\nbelow.",
        .counter,
        labels: [
            MetricDescription.Label("kind", ["front", #"a "back" \ door"#]),
            MetricDescription.Label("state", ["open", "shut"]),
        ]
    )
    private static let people = MetricDescription("people", "People.", .gauge)
    private static let waits = MetricDescription("wait_seconds", "Waits.", .histogram(upTo: [0.5, 1, 10]))

    @Test("every series stands at zero from the beginning, in the order of the descriptions")
    func zero() {
        #expect(
            MetricsRegistry([Self.doors, Self.people]).prometheusText == #"""
                # HELP doors_total Doors, as in \\ or\nbelow.
                # TYPE doors_total counter
                doors_total{kind="front",state="open"} 0
                doors_total{kind="front",state="shut"} 0
                doors_total{kind="a \"back\" \\ door",state="open"} 0
                doors_total{kind="a \"back\" \\ door",state="shut"} 0
                # HELP people People.
                # TYPE people gauge
                people 0

                """#
        )
    }

    @Test("counters and meters of the same name and labels move one series")
    func counting() {
        let registry = MetricsRegistry([Self.doors, Self.people])
        for _ in 1...2 {
            Counter(label: "doors_total", dimensions: [("kind", "front"), ("state", "shut")], factory: registry)
                .increment(by: 20)
        }
        let meter = Meter(label: "people", factory: registry)
        meter.set(3)
        meter.increment(by: 2.5)
        meter.decrement(by: 1)
        let lines = registry.prometheusText.split(separator: "\n")
        #expect(lines.contains(#"doors_total{kind="front",state="shut"} 40"#))
        #expect(lines.contains(#"doors_total{kind="front",state="open"} 0"#))
        #expect(lines.contains("people 4.5"))
    }

    @Test("a histogram counts each value in every range it fits, bounds included, and durations in seconds")
    func histogram() {
        let registry = MetricsRegistry([Self.waits])
        let recorder = Recorder(label: "wait_seconds", aggregate: true, factory: registry)
        for value in [0.5, 0.75, 1, 11] { recorder.record(value) }
        Timer(label: "wait_seconds", factory: registry).record(duration: .milliseconds(1500))
        #expect(
            registry.prometheusText == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.5"} 1
                wait_seconds_bucket{le="1"} 3
                wait_seconds_bucket{le="10"} 4
                wait_seconds_bucket{le="+Inf"} 5
                wait_seconds_sum 14.75
                wait_seconds_count 5

                """
        )
    }

    @Test("G12 everything counted at once is counted, and the text stays as long as it was")
    func concurrency() async {
        let registry = MetricsRegistry([Self.waits, Self.doors])
        let lines = registry.prometheusText.split(separator: "\n").count
        let counter = Counter(
            label: "doors_total",
            dimensions: [("kind", "front"), ("state", "open")],
            factory: registry
        )
        let timer = Timer(label: "wait_seconds", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        timer.recordNanoseconds(1_000_000_000)
                    }
                }
            }
        }
        let text = registry.prometheusText.split(separator: "\n")
        #expect(text.contains(#"doors_total{kind="front",state="open"} 8000"#))
        #expect(text.contains("wait_seconds_sum 8000"))
        #expect(text.contains(#"wait_seconds_bucket{le="1"} 8000"#))
        #expect(text.count == lines)
    }

    @Test("a name, a label value or a kind that is not described ends the program")
    func undescribed() async {
        await #expect(processExitsWith: .failure) {
            _ = Counter(label: "people", factory: MetricsRegistry([MetricDescription("x", "X.", .counter)]))
        }
        await #expect(processExitsWith: .failure) {
            _ = Counter(label: "x", factory: MetricsRegistry([MetricDescription("x", "X.", .gauge)]))
        }
        await #expect(processExitsWith: .failure) {
            let labels = [MetricDescription.Label("kind", ["one"])]
            let registry = MetricsRegistry([MetricDescription("x", "X.", .counter, labels: labels)])
            _ = Counter(label: "x", dimensions: [("kind", "two")], factory: registry)
        }
    }

    @Test("what Keyway measures is named as Prometheus asks for, and each of it once")
    func names() {
        let all = MetricDescription.all
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all {
            #expect(metric.name.wholeMatch(of: /keyway_[a-z_]*[a-z]/) != nil)
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(metric.help.hasSuffix("."))
            for label in metric.labels {
                #expect(label.name.wholeMatch(of: /[a-z_]+/) != nil)
                #expect(Set(label.values).count == label.values.count && !label.values.isEmpty)
            }
        }
    }
}

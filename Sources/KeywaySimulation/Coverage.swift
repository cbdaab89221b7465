/// How often each thing occurred.
package struct Coverage: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: Occurrence.allCases.count)

    /// Makes an empty count.
    package init() {}

    /// How often it occurred.
    package subscript(occurrence: Occurrence) -> Int {
        Self.positions[occurrence].map { counts[$0] } ?? 0
    }

    mutating func note(_ occurrence: Occurrence) {
        if let position = Self.positions[occurrence] { counts[position] += 1 }
    }

    /// Adds what another run met.
    package mutating func add(_ other: Coverage) {
        for position in counts.indices { counts[position] += other.counts[position] }
    }

    /// What should have occurred and did not.
    package var missing: [Occurrence] {
        Occurrence.allCases.filter { $0.isRequired && self[$0] == 0 }
    }

    /// The number of times that something went wrong on purpose.
    package var faults: Int {
        Self.faults.reduce(0) { $0 + self[$1] }
    }

    private static let positions = Dictionary(
        uniqueKeysWithValues: Occurrence.allCases.enumerated().map { ($1, $0) }
    )

    private static let faults: [Occurrence] = [
        .answerLost, .commandLost, .commandDoubled, .commandRefused, .answerUnknown, .answeredLate, .reportDropped,
        .reportDoubled, .reportDelayed, .reportReplayed, .reportMissed, .boltJammed, .wentOffline, .readingSilent,
        .readingLate, .commitFailed, .commitUnknown, .commitDenied, .commitSlow, .readFailed, .outage, .crash,
        .clockForward, .clockBack,
    ]
}

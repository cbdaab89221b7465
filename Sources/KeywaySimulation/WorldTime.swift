/// A point of the simulated world's own time, which no clock inside the world shows.
struct WorldTime: Hashable, Comparable, Sendable {
    /// Since the world began.
    let nanoseconds: Int64

    static let start = WorldTime(nanoseconds: 0)

    static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    static func + (time: Self, duration: Duration) -> Self {
        Self(nanoseconds: time.nanoseconds + duration.wholeNanoseconds)
    }

    static func - (later: Self, earlier: Self) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

extension WorldTime: CustomStringConvertible {
    /// Seconds with microseconds.
    var description: String {
        let digits = String(nanoseconds / 1000 % 1_000_000)
        return "\(nanoseconds / 1_000_000_000).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
    }
}

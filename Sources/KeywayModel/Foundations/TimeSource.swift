/// A reading of a clock that never goes back, for deadlines and delays.
///
/// Meaningless outside the process that read it.
package struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since an arbitrary start.
    package let nanoseconds: Int64

    /// Makes an instant from nanoseconds since the clock's arbitrary start.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Orders by time.
    package static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant a duration after another, to the nanosecond.
    package static func + (instant: Self, duration: Duration) -> Self {
        let (seconds, attoseconds) = duration.components
        return Self(nanoseconds: instant.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// How long after the second instant the first one is; negative if before.
    package static func - (later: Self, earlier: Self) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

/// One reading of both clocks: what every decision is made at.
///
/// Durations are counted on `monotonic`, so a stepped wall clock neither lengthens nor shortens a deadline; `wall` is
/// only written down.
package struct Moment: Hashable, Sendable {
    /// The wall clock, for stored instants.
    package let wall: Timestamp
    /// The clock that never goes back, for durations.
    package let monotonic: MonotonicInstant

    /// Makes a moment of two readings.
    package init(wall: Timestamp, monotonic: MonotonicInstant) {
        self.wall = wall
        self.monotonic = monotonic
    }
}

/// Where time comes from: the system's clocks in production, a manual clock in tests.
package protocol TimeSource: Sendable {
    /// Reads both clocks.
    func now() -> Moment

    /// Returns at an instant, or at once if it has passed.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until instant: MonotonicInstant) async throws
}

extension TimeSource {
    /// Returns after a duration.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        try await sleep(until: now().monotonic + duration)
    }
}

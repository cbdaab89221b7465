import KeywayModel

/// The two clocks of the simulated server, which show less than the world's time.
struct SimulatedClock: Sendable {
    /// 2026-01-01T00:00:00Z.
    private static let epoch = Timestamp(microseconds: 1_767_225_600_000_000)

    /// How far the wall clock is ahead of the world; somebody sets it now and then.
    private(set) var wallOffset = Duration.zero
    /// What the monotonic clock showed when the world began; another number after each restart.
    private var monotonicOrigin: Int64 = 0

    /// The latest that the wall clock ever showed.
    private(set) var latestWall = SimulatedClock.epoch

    func moment(_ now: WorldTime) -> Moment {
        Moment(
            wall: Self.epoch + .nanoseconds(now.nanoseconds) + wallOffset,
            monotonic: MonotonicInstant(nanoseconds: monotonicOrigin + now.nanoseconds)
        )
    }

    /// When an instant of the monotonic clock falls.
    func time(of instant: MonotonicInstant) -> WorldTime {
        WorldTime(nanoseconds: instant.nanoseconds - monotonicOrigin)
    }

    mutating func stepWall(by step: Duration, at now: WorldTime) {
        latestWall = max(latestWall, moment(now).wall)
        wallOffset += step
        latestWall = max(latestWall, moment(now).wall)
    }

    mutating func restart(_ random: inout SeededGenerator) {
        monotonicOrigin = Int64(random.next() >> 16)
    }
}

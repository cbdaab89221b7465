import FoundationEssentials
import KeywayModel

/// The system's clocks: the wall clock, and one that counts on while the machine sleeps.
struct SystemTimeSource: TimeSource {
    private let start = ContinuousClock.now

    func now() -> Moment {
        let wall = Timestamp(microseconds: Int64((Date.now.timeIntervalSince1970 * 1_000_000).rounded()))
        let sinceStart = start.duration(to: .now)
        return Moment(wall: wall, monotonic: MonotonicInstant(nanoseconds: 0) + sinceStart)
    }

    func sleep(until instant: MonotonicInstant) async throws {
        let duration = instant - MonotonicInstant(nanoseconds: 0)
        try await Task.sleep(until: start + duration, clock: .continuous)
    }
}

import FoundationEssentials
import KeywayModel
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The real clocks and identifiers of a benchmark.
enum Clocks {
    static let system = SystemClocks()
    static let identifiers = GrowingIdentifiers()

    /// Nanoseconds on the monotonic clock.
    static func nanoseconds() -> Int64 { system.now().monotonic.nanoseconds }
}

struct SystemClocks: TimeSource {
    private let start = ContinuousClock.now

    func now() -> Moment {
        let wall = Timestamp(microseconds: Int64((Date.now.timeIntervalSince1970 * 1_000_000).rounded()))
        return Moment(wall: wall, monotonic: MonotonicInstant(nanoseconds: 0) + start.duration(to: .now))
    }

    func sleep(until instant: MonotonicInstant) async throws {
        try await Task.sleep(until: start + (instant - MonotonicInstant(nanoseconds: 0)), clock: .continuous)
    }
}

/// Identifiers that grow, as the server's do, which is what indexes like.
final class GrowingIdentifiers: IdentifierSource {
    private let last = Mutex<UInt64>(UInt64(Date.now.timeIntervalSince1970 * 1000) << 12)

    func next() -> RawIdentifier {
        let ticks = last.withLock { last in
            last += 1
            return last
        }
        var generator = SystemRandomNumberGenerator()
        return RawIdentifier(
            high: (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF,
            low: 0b10 << 62 | generator.next() >> 2
        )
    }
}

/// Latencies of one kind.
struct Latencies {
    private var nanoseconds: [Int64] = []

    mutating func add(_ value: Int64) { nanoseconds.append(value) }

    /// The median, the 99th percentile and the count, in milliseconds.
    var summary: [String: Double] {
        let sorted = nanoseconds.sorted()
        func percentile(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
        }
        return ["p50_ms": percentile(0.5), "p99_ms": percentile(0.99), "count": Double(sorted.count)]
    }
}

/// Prints one line of JSON.
func report(_ figures: [String: Double]) throws {
    print(try JSONWriter.text(of: figures))
    flushOutput()
}

/// Whoever reads a pipe must not wait for a buffer to fill.
func flushOutput() { fflush(nil) }

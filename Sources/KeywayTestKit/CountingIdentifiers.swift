package import KeywayModel
import Synchronization

/// Identifiers 1, 2, 3 …, so that a test's ids are the same on every run.
package final class CountingIdentifiers: IdentifierSource {
    private let count: Mutex<UInt64>

    /// Makes a source whose first identifier is `first`.
    package init(startingAt first: UInt64 = 1) {
        count = Mutex(first)
    }

    /// The next number, in a UUID of version 8, the one left to applications (RFC 9562, section 5.8).
    package func next() -> RawIdentifier {
        count.withLock { count in
            defer { count += 1 }
            return RawIdentifier(high: 0x8000, low: 1 << 63 | count)
        }
    }
}

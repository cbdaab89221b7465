import KeywayModel
import Synchronization

/// Identifiers 1, 2, 3 …, over all restarts of a simulated server.
final class SimulatedIdentifiers: IdentifierSource {
    private let last = Atomic<UInt64>(0)

    /// The next number, in a UUID of version 8, the one left to applications (RFC 9562, section 5.8).
    func next() -> RawIdentifier {
        RawIdentifier(high: 0x8000, low: 1 << 63 | last.add(1, ordering: .relaxed).newValue)
    }
}

extension Identifier {
    /// The number it was counted with, for the trace.
    var number: UInt64 { low & ~(1 << 63) }
}

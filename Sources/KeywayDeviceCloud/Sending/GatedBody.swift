import NIOCore

/// The body of a command: one piece, which passes a gate on its way out.
struct GatedBody: AsyncSequence, Sendable {
    let bytes: ByteBuffer
    let gate: SendGate

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes, gate: gate) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: ByteBuffer?
        fileprivate let gate: SendGate

        mutating func next() async throws -> ByteBuffer? {
            guard let piece = rest else { return nil }
            rest = nil
            try gate.pass()
            return piece
        }
    }
}

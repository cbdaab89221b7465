import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Turns answers into bytes, in one place.
enum JSONOutput {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        // Sorted, so that the same answer is the same bytes; slashes as they are, so that links can be copied.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// The bytes of a JSON document.
    ///
    /// - Throws: `EncodingError` for what JSON cannot say, such as an infinite number.
    static func bytes(of value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try encoder.encode(value))
    }
}

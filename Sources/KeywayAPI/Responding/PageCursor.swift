import Crypto
import KeywayModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The place where the next page begins, bound to the question that the first page answered.
///
/// On the wire it is base64 of the SHA-256 of path and parameters, and the store's position. The hash is no secret and
/// need not be: a made-up position only shows other rows of the caller's own workspace.
struct PageCursor: Hashable {
    /// The store's position.
    let position: Int64
    private let binding: [UInt8]

    private static let bindingLength = SHA256.byteCount
    private static let length = bindingLength + MemoryLayout<Int64>.size

    /// Makes a cursor for the page after this one.
    ///
    /// - Parameters:
    ///   - position: The store's position.
    ///   - question: The path and every parameter but the cursor, in their one form.
    init(position: Int64, question: String) {
        self.position = position
        binding = Array(SHA256.hash(data: Array(question.utf8)))
    }

    /// Parses the wire form; nil for anything else.
    init?(_ text: String) {
        guard let bytes = Data(base64Encoded: text), bytes.count == Self.length else { return nil }
        binding = Array(bytes.prefix(Self.bindingLength))
        position = bytes.suffix(MemoryLayout<Int64>.size).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// The wire form.
    var text: String {
        let bytes = withUnsafeBytes(of: position.bigEndian) { Array($0) }
        return Data(binding + bytes).base64EncodedString()
    }

    /// Whether it belongs to this question.
    func belongs(to question: String) -> Bool {
        binding == Array(SHA256.hash(data: Array(question.utf8)))
    }
}

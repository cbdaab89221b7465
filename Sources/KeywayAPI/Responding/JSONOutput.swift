import KeywayModel
import NIOCore

/// Turns answers into bytes, in one place.
enum JSONOutput {
    /// The bytes of a JSON document.
    ///
    /// - Throws: `EncodingError` for what JSON cannot say, such as an infinite number.
    static func bytes(of value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try JSONWriter.bytes(of: value))
    }
}

import KeywayStore
import NIOCore

/// Writes the notation of an event stream
/// ([HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream)).
enum ServerSentEvents {
    /// The media type.
    static let mediaType = "text/event-stream"

    /// Adds an event with its position.
    static func write(_ line: EventPage.Line, to buffer: inout ByteBuffer) {
        buffer.writeString("id: \(line.position)\nevent: \(line.type)\ndata: ")
        buffer.writeString(line.body)
        buffer.writeString("\n\n")
    }

    /// Adds a position alone: whoever reads it dispatches nothing, and resumes there.
    static func write(position: Int64, to buffer: inout ByteBuffer) {
        buffer.writeString("id: \(position)\n\n")
    }

    /// Adds a comment, so that nobody takes the connection for dead.
    static func writeHeartbeat(to buffer: inout ByteBuffer) {
        buffer.writeString(": heartbeat\n\n")
    }

    /// Adds why the stream ends, without a position, as it is no event of the workspace.
    ///
    /// - Throws: `EncodingError`, which it never does for texts.
    static func write(_ error: APIError, to buffer: inout ByteBuffer) throws {
        var data = try JSONOutput.bytes(of: ["type": error.type, "message": error.message])
        buffer.writeString("event: error\ndata: ")
        buffer.writeBuffer(&data)
        buffer.writeString("\n\n")
    }
}

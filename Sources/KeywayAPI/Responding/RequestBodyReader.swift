import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the body of a request, up to a limit.
enum RequestBodyReader {
    /// The whole body; empty if there is none.
    ///
    /// - Throws: ``APIError``: 413 for a body over the limit, read no further than that; 400 for one that breaks off.
    static func read(_ request: Request, limit: Int) async throws(APIError) -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw .bodyTooLarge(limit: limit) }
        if announced == 0 { return [] }
        var bytes: [UInt8] = []
        do {
            for try await var chunk in request.body {
                guard bytes.count + chunk.readableBytes <= limit else { throw APIError.bodyTooLarge(limit: limit) }
                bytes += chunk.readBytes(length: chunk.readableBytes) ?? []
            }
        } catch {
            throw error as? APIError ?? .malformedBody("it broke off")
        }
        if let announced, announced != bytes.count { throw .malformedBody("it is shorter than announced") }
        return bytes
    }
}

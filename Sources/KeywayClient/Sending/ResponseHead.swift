import AsyncHTTPClient
import NIOHTTP1

/// What the status and the headers of an answer say.
struct ResponseHead: Hashable, Sendable {
    let status: Int
    let requestID: String?
    /// How long the server wants to be left alone.
    ///
    /// Only seconds are understood; a date, which needs clocks that agree, counts as not said.
    let retryAfter: Duration?
    /// Whether the server says that it held the answer while an attempt was pending.
    let saysItWasHeld: Bool

    init(_ response: HTTPClientResponse) {
        status = Int(response.status.code)
        requestID = response.headers.first(name: "seam-request-id")
        retryAfter = response.headers.first(name: "retry-after").flatMap { UInt32($0) }.map { .seconds($0) }
        saysItWasHeld = response.headers[canonicalForm: "preference-applied"]
            .contains { $0.lowercased().hasPrefix("wait") }
    }

    var isSuccess: Bool { (200..<300).contains(status) }

    /// Throws what a refusal says.
    ///
    /// - Parameter body: The body, if it was JSON.
    /// - Throws: ``KeywayClient/APIError``; ``KeywayClient/UnreadableAnswer`` for a refusal that is not the API's.
    func check(_ body: KeywayClient.JSONValue?) throws {
        guard !isSuccess else { return }
        if let error = KeywayClient.APIError(status: status, requestID: requestID, retryAfter: retryAfter, body: body) {
            throw error
        }
        throw KeywayClient.UnreadableAnswer(
            message: "The request was refused, but not in the words of the API.",
            status: status,
            requestID: requestID,
            retryAfter: retryAfter
        )
    }
}

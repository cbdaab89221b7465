import FoundationEssentials
import NIOHTTP1

/// A request to an endpoint of the API.
struct APIRequest: Sendable {
    let method: HTTPMethod
    /// The path, with a slash at its beginning.
    let path: String
    var query = Query()
    /// The parameters in the body; nil: there is no body.
    var parameters: [String: KeywayClient.JSONValue]?
    /// By which the server knows a second try; nil: repeating does no harm anyway.
    var idempotencyKey: String?
    /// For how many seconds the server may hold the answer while an attempt is pending; nil: it is not asked to.
    var hold: Int?

    /// A request that changes nothing.
    static func read(_ path: String, _ query: Query = Query()) -> Self {
        Self(method: .GET, path: path, query: query)
    }

    /// A request that acts.
    static func act(
        _ path: String,
        _ parameters: [String: KeywayClient.JSONValue],
        idempotencyKey: String
    ) -> Self {
        Self(method: .POST, path: path, parameters: parameters, idempotencyKey: idempotencyKey)
    }

    /// A request that puts something in the place of what was there, which can be repeated.
    static func replace(_ path: String, _ parameters: [String: KeywayClient.JSONValue]) -> Self {
        Self(method: .PUT, path: path, parameters: parameters)
    }

    /// A request that deletes something.
    static func delete(_ path: String, _ query: Query) -> Self {
        Self(method: .DELETE, path: path, query: query)
    }

    /// The body's bytes; nil: there is no body.
    func body() throws -> [UInt8]? {
        guard let parameters else { return nil }
        let encoder = JSONEncoder()
        // The same bytes for every try.
        encoder.outputFormatting = .sortedKeys
        return Array(try encoder.encode(parameters))
    }
}

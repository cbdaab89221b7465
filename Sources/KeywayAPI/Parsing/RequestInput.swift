import HTTPTypes
import KeywayModel

/// Where the parameters of a request come from (wire contract, section 1.1).
enum RequestInput {
    /// Joins the query and the body of a request; a key of the body wins over one of the query.
    ///
    /// - Throws: ``APIError`` for a body whose type or text is not JSON, or an ambiguous query.
    static func collect(
        _ endpoint: Endpoint,
        method: HTTPRequest.Method,
        query: String?,
        contentType: String?,
        body: [UInt8]
    ) throws(APIError) -> JSONValue {
        let fromBody = try self.body(endpoint, method: method, contentType: contentType, body)
        guard endpoint.kind.takesQuery, let query else { return fromBody }
        let fromQuery = try QueryParser(query).parse(endpoint.parameters)
        // A body that is no object stays as it is, for the validator to refuse.
        guard case .object(let members) = fromBody else { return fromBody }
        return .object(fromQuery.merging(members) { _, member in member })
    }

    private static func body(
        _ endpoint: Endpoint,
        method: HTTPRequest.Method,
        contentType: String?,
        _ bytes: [UInt8]
    ) throws(APIError) -> JSONValue {
        guard !bytes.isEmpty else { return .object([:]) }
        if isJSON(contentType) {
            do {
                return try JSONParser.parse(bytes)
            } catch {
                throw .malformedBody("it is not valid JSON, because at byte \(error.offset) \(error.reason)")
            }
        }
        // A body without the right type means something only where parameters are expected in it.
        if endpoint.parameters.isEmpty || method == .get || method == .delete { return .object([:]) }
        throw .invalidContentType
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        let mediaType = contentType?.split(separator: ";").first?.lowercased()
        return mediaType?.filter { !$0.isWhitespace } == "application/json"
    }
}

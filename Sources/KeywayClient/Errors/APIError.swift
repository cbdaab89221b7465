extension KeywayClient {
    /// The server refused a request.
    public struct APIError: Error, Hashable, Sendable, CustomStringConvertible {
        /// The HTTP status.
        public let status: Int
        /// The kind of refusal, such as `device_not_found`.
        public let type: String
        /// One sentence for a person.
        public let message: String
        /// What is wrong with each parameter, by its name with dots between the levels, such as `device_ids.0`.
        ///
        /// What is wrong with the request as a whole has the empty name. Empty unless `type` is `invalid_input`.
        public let validationErrors: [String: [String]]
        /// What the error is about, such as the id that was not found; empty if the server did not say.
        public let data: [String: JSONValue]
        /// The request's identity in the server's log; nil if the server did not say.
        public let requestID: String?
        /// When a new try has a fair chance; nil if the server did not say.
        public let retryAfter: Duration?

        /// The message with its type and the request's identity.
        public var description: String {
            "\(message) (\(type)\(requestID.map { ", request \($0)" } ?? ""))"
        }
    }
}

extension KeywayClient.APIError: TemporaryTrouble {
    var isTemporary: Bool { Self.isTemporary(status: status) }
}

extension KeywayClient.APIError {
    /// Reads an error body; nil if it is none.
    init?(status: Int, requestID: String?, retryAfter: Duration?, body: KeywayClient.JSONValue?) {
        guard let error = body?["error"], let type = error["type"]?.stringValue,
            let message = error["message"]?.stringValue
        else { return nil }
        self.status = status
        self.type = type
        self.message = message
        self.requestID = requestID
        self.retryAfter = retryAfter
        data = error["data"]?.objectValue ?? [:]
        validationErrors = Self.flattened(error["validation_errors"], name: "")
    }

    /// The texts of the tree in which the server sends them.
    private static func flattened(_ tree: KeywayClient.JSONValue?, name: String) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for (key, value) in tree?.objectValue ?? [:] {
            if key == "_errors" {
                let texts = (value.arrayValue ?? []).compactMap(\.stringValue)
                if !texts.isEmpty { found[name] = texts }
            } else {
                found.merge(flattened(value, name: name.isEmpty ? key : "\(name).\(key)")) { first, _ in first }
            }
        }
        return found
    }
}

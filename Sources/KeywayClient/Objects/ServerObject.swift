extension KeywayClient {
    /// An object of the API: its properties, and the JSON that they were read from.
    ///
    /// Members that this client does not know are in ``json``, so nothing that a newer server says is lost.
    public protocol ServerObject: Codable, Hashable, Sendable {
        /// Everything that the server said about the object.
        var json: JSONValue { get }

        /// Reads the object.
        ///
        /// - Throws: ``UnreadableAnswer`` if a member that every such object has is missing.
        init(json: JSONValue) throws
    }
}

extension KeywayClient.ServerObject {
    /// Reads the object.
    ///
    /// - Throws: ``UnreadableAnswer`` if a member that every such object has is missing.
    public init(from decoder: any Decoder) throws {
        try self.init(json: KeywayClient.JSONValue(from: decoder))
    }

    /// Writes everything that the server said about the object.
    public func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

/// A successful answer of the API.
struct Answer: Sendable {
    let json: KeywayClient.JSONValue
    /// The request's identity in the server's log.
    let requestID: String?
    /// Whether the server held the answer as it was asked to.
    let wasHeld: Bool

    /// The object under a key.
    ///
    /// - Throws: ``KeywayClient/UnreadableAnswer`` if there is none that can be read.
    func object<Object: KeywayClient.ServerObject>(_ key: String) throws -> Object {
        guard let json = json[key] else { throw missing(key) }
        return try read(json)
    }

    /// The objects in the list under a key.
    ///
    /// - Throws: ``KeywayClient/UnreadableAnswer`` if there is no list, or an object in it that cannot be read.
    func objects<Object: KeywayClient.ServerObject>(_ key: String) throws -> [Object] {
        guard let elements = json[key]?.arrayValue else { throw missing(key) }
        return try elements.map(read)
    }

    private func read<Object: KeywayClient.ServerObject>(_ json: KeywayClient.JSONValue) throws -> Object {
        do {
            return try Object(json: json)
        } catch var error as KeywayClient.UnreadableAnswer {
            error.requestID = requestID
            throw error
        }
    }

    private func missing(_ key: String) -> KeywayClient.UnreadableAnswer {
        KeywayClient.UnreadableAnswer(message: "The answer has no readable \"\(key)\".", requestID: requestID)
    }
}

import HTTPTypes

/// What a handler answers: the keys of its endpoint with their values; `ok` is added.
struct Reply: Sendable, ExpressibleByDictionaryLiteral {
    var status: HTTPResponse.Status = .ok
    var retryAfter: Duration?
    var headers: HTTPFields = [:]
    /// Whether the same question has this answer for ever.
    var isFinal = false
    /// What is sent instead of the members, for as long as it takes; nil: the members are the answer.
    private(set) var stream: EventStream?
    let members: [(key: String, value: any Encodable & Sendable)]

    init(dictionaryLiteral elements: (String, any Encodable & Sendable)...) {
        members = elements.map { (key: $0.0, value: $0.1) }
    }

    /// Whether it is nothing but a status of 200 and its members.
    var isPlain: Bool { status == .ok && retryAfter == nil && headers.isEmpty && stream == nil }

    /// An answer that goes on until its stream ends.
    static func streaming(_ stream: EventStream) -> Reply {
        var reply: Reply = [:]
        reply.stream = stream
        return reply
    }

    /// An answer with nothing but `ok`.
    static let done: Reply = [:]
}

extension Reply: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: JSONKey.self)
        try container.encode(status == .ok, forKey: "ok")
        for (key, value) in members { try container.encode(value, forKey: JSONKey(key)) }
    }
}

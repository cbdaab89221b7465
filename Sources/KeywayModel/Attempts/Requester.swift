/// Who asked for an attempt.
package enum Requester: Hashable, Sendable {
    /// The holder of an API key.
    case apiKey(Identifier<APIKey>)
    /// The holder of a personal access token.
    case personalAccessToken(Identifier<PersonalAccessToken>)
    /// The user of a client session.
    case clientSession(Identifier<ClientSession>)
}

extension Requester: LosslessStringConvertible {
    private static let apiKeyKind = "api_key"
    private static let tokenKind = "personal_access_token"
    private static let sessionKind = "client_session"

    /// The kind and the id, such as `api_key:<id>`, as stored and as shown under `requested_by`.
    package var description: String {
        switch self {
        case .apiKey(let id): "\(Self.apiKeyKind):\(id)"
        case .personalAccessToken(let id): "\(Self.tokenKind):\(id)"
        case .clientSession(let id): "\(Self.sessionKind):\(id)"
        }
    }

    /// Parses the stored text; nil for an unknown form.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let kind = String(parts[0])
        let requester: Requester? =
            if kind == Self.apiKeyKind {
                Identifier(parts[1]).map { .apiKey($0) }
            } else if kind == Self.tokenKind {
                Identifier(parts[1]).map { .personalAccessToken($0) }
            } else if kind == Self.sessionKind {
                Identifier(parts[1]).map { .clientSession($0) }
            } else {
                nil
            }
        guard let requester else { return nil }
        self = requester
    }
}

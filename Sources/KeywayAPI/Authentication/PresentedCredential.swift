package import HTTPTypes

/// The credential of a request that counts, not yet checked.
package enum PresentedCredential: Hashable, Sendable {
    /// What was sent as an API key.
    case apiKey(String)
    /// What was sent as a personal access token, with the workspace it shall act in.
    case personalAccessToken(String, workspace: String?)
    /// What was sent as a client session token.
    case clientSession(String)
    /// What was sent as a publishable key.
    case publishableKey(String)

    /// Looks for each kind that the endpoint accepts, in the contract's order; the first that applies counts, right or
    /// wrong.
    ///
    /// - Throws: ``APIError``: 401 `unauthorized` if no accepted kind applies, 400 `invalid_client_session_token` for a
    ///   client session header that holds something else.
    package init(in headers: HTTPFields, accepting kinds: [CredentialKind]) throws(APIError) {
        let bearer = Self.bearer(in: headers)
        let isClientSession = bearer?.hasPrefix("seam_cst") ?? false
        let isPersonal = bearer?.hasPrefix("seam_at") ?? false
        let isWebToken = bearer?.hasPrefix("ey") ?? false
        let workspace = headers[.seamWorkspace].flatMap { $0.isEmpty ? nil : $0 }
        for kind in CredentialKind.allCases where kinds.contains(kind) {
            switch kind {
            case .clientSession:
                if let token = headers[.seamClientSessionToken] ?? headers[.clientSessionToken] {
                    guard token.hasPrefix("seam_cst") else { throw .invalidClientSessionToken }
                    self = .clientSession(token)
                    return
                }
                if let bearer, isClientSession {
                    self = .clientSession(bearer)
                    return
                }
            case .personalAccessToken:
                if let bearer, isPersonal, let workspace {
                    self = .personalAccessToken(bearer, workspace: workspace)
                    return
                }
            case .personalAccessTokenAlone:
                if let bearer, isPersonal {
                    self = .personalAccessToken(bearer, workspace: nil)
                    return
                }
            case .apiKey:
                if let bearer, !isClientSession, !isPersonal, !isWebToken {
                    self = .apiKey(bearer)
                    return
                }
            case .publishableKey:
                if let key = headers[.seamPublishableKey], headers[.authorization] == nil {
                    self = .publishableKey(key)
                    return
                }
            }
        }
        throw .unauthorized
    }

    /// What was presented, as it came: a secret.
    var text: String {
        switch self {
        case .apiKey(let text), .personalAccessToken(let text, _), .clientSession(let text), .publishableKey(let text):
            text
        }
    }

    /// What is presented as a bearer token (RFC 6750, section 2.1); nil if nothing is.
    static func bearer(in headers: HTTPFields) -> String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}

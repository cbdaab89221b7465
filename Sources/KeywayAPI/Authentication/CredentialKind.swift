/// The kinds of credential of the wire contract (section 2), in the order in which they are looked for.
package enum CredentialKind: Hashable, CaseIterable, Sendable {
    /// `C`: a client session token.
    case clientSession
    /// `P`: a personal access token with a workspace.
    case personalAccessToken
    /// `p`: a personal access token without a workspace.
    case personalAccessTokenAlone
    /// `K`: an API key.
    case apiKey
    /// `PK`: a publishable key.
    case publishableKey
}

extension [CredentialKind] {
    /// What almost every endpoint accepts (`std` in the contract).
    static let standard: Self = [.apiKey, .personalAccessToken]
    /// The same, and a client session.
    static let standardAndClientSession: Self = standard + [.clientSession]
}

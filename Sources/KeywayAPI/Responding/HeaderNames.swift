import HTTPTypes

extension HTTPField.Name {
    /// The identity of a request, on every answer.
    static let seamRequestID = constant("seam-request-id")
    /// The workspace that a personal access token acts in.
    static let seamWorkspace = constant("seam-workspace")
    /// A client session token.
    static let seamClientSessionToken = constant("seam-client-session-token")
    /// A client session token, in an older header.
    static let clientSessionToken = constant("client-session-token")
    /// A publishable key.
    static let seamPublishableKey = constant("seam-publishable-key")

    /// A key of the caller's choice, by which a retry is known.
    static let idempotencyKey = constant("idempotency-key")

    private static func constant(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}

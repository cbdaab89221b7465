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

    /// The position of the last event that the reader of a stream has seen.
    static let lastEventID = constant("last-event-id")

    /// What a caller would like, such as to wait (RFC 7240).
    static let prefer = constant("prefer")
    /// Which of the caller's preferences were followed (RFC 7240).
    static let preferenceApplied = constant("preference-applied")

    /// What other sites are told of the page that a reader comes from.
    static let referrerPolicy = constant("referrer-policy")

    /// Whether proxies may collect an answer before they pass it on, as nginx understands it.
    static let accelBuffering = constant("x-accel-buffering")

    private static func constant(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}

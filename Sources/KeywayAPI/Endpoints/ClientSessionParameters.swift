import KeywayModel

/// The parameters that say whose a client session is and what it sees (wire contract, section 4.6).
enum ClientSessionParameters {
    /// The most accounts, and the most Connect Webviews, that one request names.
    static let maximumCount = 500

    static let accounts = Parameter.defaulted(
        "connected_account_ids",
        .array(.string(), count: 0...maximumCount),
        .array([]),
        "The connected accounts whose devices it sees."
    )
    static let webviews = Parameter.defaulted(
        "connect_webview_ids",
        .array(.string(), count: 0...maximumCount),
        .array([]),
        "The Connect Webviews it sees; accounts that are connected through them become visible to it."
    )
    static let userKey = Parameter.optional(
        "user_identifier_key",
        .nonEmptyString(),
        "The owner's own key of the user. Each has at most one session that is not revoked."
    )
    static let identity = Parameter.optional(
        "user_identity_id",
        .uuid(UserIdentity.self),
        "The user that the owner says it is of."
    )
    static let identities = Parameter.optional(
        "user_identity_ids",
        .array(.uuid(UserIdentity.self), count: 1...1),
        "An older name of user_identity_id."
    )
    static let expiry = Parameter.optional(
        "expires_at",
        .dateTime(),
        "When its token stops working by itself: a time in the future. By default a year after it is made."
    )
    static let customerKey = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "The owner's key of the customer whose it is."
    )
    static let customerID = Parameter.optional(
        "customer_id",
        .string(),
        "Accepted for the contract's sake; has no effect, as Keyway keeps no customers."
    )
}

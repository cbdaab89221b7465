extension NamedSchema {
    /// The shape of a ``ClientSessionBody``.
    static let clientSession = NamedSchema(
        "client_session",
        .object([
            .always("client_session_id", .uuid, "Its identity."),
            .always("workspace_id", .uuid, "The workspace it belongs to."),
            .always("token", .text, "The token that acts for it."),
            .always("created_at", .dateTime, "When it was made."),
            .always("expires_at", .dateTime, "When its token stops working by itself."),
            .sometimes("revoked_at", .dateTime, "When its token was stopped, if it was."),
            .always("device_count", .integer(0 ... .max), "How many managed devices its connected accounts have."),
            .always(
                "user_identifier_key",
                .nullable(.text),
                "The owner's own key of the user; null for an anonymous session."
            ),
            .always("connected_account_ids", .list(of: .uuid), "The connected accounts whose devices it sees."),
            .always("connect_webview_ids", .list(of: .uuid), "The Connect Webviews it sees."),
            .always("user_identity_ids", .list(of: .uuid), "An older key for `user_identity_id`: a list of it."),
            .sometimes("user_identity_id", .uuid, "The user that the owner says it is of, if set."),
            .sometimes("customer_key", .text, "The owner's key of the customer whose it is, if set."),
        ]),
        "What an app of one of the owner's users may see and act on: the devices of some connected accounts."
    )
}

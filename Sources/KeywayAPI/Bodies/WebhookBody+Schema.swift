extension NamedSchema {
    /// The shape of a ``WebhookBody``.
    static let webhook = NamedSchema(
        "webhook",
        .object([
            .always("webhook_id", .uuid, "Its identity."),
            .always("url", .url, "Where the events go."),
            .sometimes("secret", .text, "What deliveries are signed with; left out of lists."),
            .always("event_types", .list(of: .text), "The types of event that go there; `*` stands for all."),
            .always("created_at", .dateTime, "When it was made."),
        ]),
        "Where the owner of a workspace is told of events."
    )
}

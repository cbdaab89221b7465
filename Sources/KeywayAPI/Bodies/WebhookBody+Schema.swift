import KeywayModel

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
            .always("is_enabled", .boolean, "Whether deliveries are sent."),
            .sometimes("disabled_at", .dateTime, "When it was disabled, if it is."),
            .sometimes(
                "disabled_reason",
                .oneOf(EndpointHealth.DisabledReason.self),
                "Why it was disabled: it failed for too long, or answered that it is gone for good."
            ),
        ]),
        "Where the owner of a workspace is told of events."
    )
}

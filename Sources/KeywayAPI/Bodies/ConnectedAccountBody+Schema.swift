extension NamedSchema {
    /// The shape of a ``ConnectedAccountBody``.
    static let connectedAccount = NamedSchema(
        "connected_account",
        .object([
            .always("connected_account_id", .uuid, "Its identity."),
            .always("display_name", .text, "Its name for people."),
            .always("account_type", .text, "The kind of connection, such as `sandbox`."),
            .always("account_type_display_name", .text, "The kind of connection in a word for people."),
            .always(
                "automatically_manage_new_devices",
                .boolean,
                "Whether devices that turn up are managed from the start."
            ),
            .always("accepted_capabilities", .list(of: .text), "The kinds of device that are wanted of it."),
            .always("custom_metadata", .metadata, "The owner's own keys and values."),
            .sometimes("customer_key", .text, "The owner's key of the customer whose it is, if set."),
            .always("created_at", .dateTime, "When it was made."),
            .always("errors", .list(of: .object(connectedAccountError)), "What is wrong with it right now."),
            .always("warnings", .list(of: .named(.deviceWarning)), "Always empty."),
        ]),
        "A configured connection to a provider, and with it the devices it reaches."
    )

    private static let connectedAccountError =
        healthIssue + [
            .always("is_connected_account_error", .literal(true), "Always true."),
            .always("is_bridge_error", .literal(false), "Always false."),
        ]
}

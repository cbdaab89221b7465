import KeywayModel

extension NamedSchema {
    /// The shape of a ``WorkspaceBody``.
    static let workspace = NamedSchema(
        "workspace",
        .object([
            .always("workspace_id", .uuid, "Its identity."),
            .always("name", .text, "Its name for people."),
            .always("company_name", .text, "What its users are shown as its name."),
            .always("connect_partner_name", .nullable(.text), "The name its users are shown; null if none is set."),
            .always("organization_id", .nullable(.uuid), "The organization it belongs to; null if none is set."),
            .always("is_sandbox", .boolean, "Whether its devices are virtual and can be simulated."),
            .always("is_suspended", .boolean, "Whether nobody may act in it at the moment."),
            .always(
                "is_publishable_key_auth_enabled",
                .boolean,
                "Whether client sessions can be had with its publishable key."
            ),
            .sometimes("publishable_key", .text, "The key that its users' apps carry; it is no secret."),
            .always("connect_webview_customization", .object(customization), "How its connect pages look."),
            .always("created_at", .dateTime, "When it was made."),
        ]),
        "A workspace: everything else belongs to exactly one."
    )

    private static let customization: [ParameterDeclaration] = [
        .sometimes("logo_shape", .oneOf(ConnectCustomization.LogoShape.self), "The shape of the logo, if set."),
        .sometimes("primary_button_color", .text, "The colour of the main button, if set."),
        .sometimes("primary_button_text_color", .text, "The colour of the text on it, if set."),
        .sometimes("success_message", .text, "What a user reads who is done, if set."),
    ]
}

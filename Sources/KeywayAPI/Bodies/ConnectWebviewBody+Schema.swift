extension NamedSchema {
    /// The shape of a ``ConnectWebviewBody``.
    static let connectWebview = NamedSchema(
        "connect_webview",
        .object([
            .always("connect_webview_id", .uuid, "Its identity."),
            .always("workspace_id", .uuid, "The workspace it belongs to."),
            .always("url", .url, "The page for the user to open."),
            .always("status", .oneOf(ConnectWebviewBody.Status.self), "What has become of it."),
            .always("login_successful", .boolean, "Whether the user connected an account."),
            .always("created_at", .dateTime, "When it was made."),
            .always("authorized_at", .nullable(.dateTime), "When the user connected; null unless they did."),
            .always("connected_account_id", .nullable(.uuid), "The account the user connected; null if none."),
            .always("selected_provider", .nullable(.text), "The provider the user chose; null if none."),
            .always("accepted_providers", .list(of: .text), "The providers to choose from; empty: any."),
            .always("accepted_capabilities", .list(of: .text), "The kinds of device that are wanted; empty: any."),
            .always("accepted_devices", .list(of: .text), "Always empty: no device is excluded."),
            .always("any_provider_allowed", .boolean, "Whether any provider may be chosen."),
            .always("any_device_allowed", .literal(true), "No device is excluded."),
            .always(
                "automatically_manage_new_devices",
                .boolean,
                "Whether the devices of the account are managed from the start."
            ),
            .always("wait_for_device_creation", .boolean, "Whether the user waits until the devices are there."),
            .always("device_selection_mode", .enumeration(["none"]), "The user does not choose among the devices."),
            .always("custom_redirect_url", .nullable(.text), "Where the user goes afterwards; null: nowhere."),
            .always(
                "custom_redirect_failure_url",
                .nullable(.text),
                "Where the user goes who declined; null: nowhere."
            ),
            .always("custom_metadata", .metadata, "The owner's own keys and values, handed on to the account."),
            .sometimes("customer_key", .text, "The owner's key of the customer who is invited, if set."),
        ]),
        "An invitation to connect an account: a page that a user opens."
    )
}

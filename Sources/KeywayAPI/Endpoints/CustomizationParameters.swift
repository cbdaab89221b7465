import KeywayModel

/// The parameters that say how the connect pages of a workspace look (wire contract, section 4.6).
enum CustomizationParameters {
    static let customization = Parameter.optional(
        "connect_webview_customization",
        .object([logoShape, buttonColor, buttonTextColor, successMessage]),
        "How its connect pages look. Null clears a setting, and what is left out stays as it is."
    )

    private static let logoShape = Parameter.nullable(
        "logo_shape",
        .oneOf(ConnectCustomization.LogoShape.self),
        "The shape of the logo."
    )
    private static let buttonColor = Parameter.nullable("primary_button_color", color, "The colour of the main button.")
    private static let buttonTextColor = Parameter.nullable(
        "primary_button_text_color",
        color,
        "The colour of the text on the main button."
    )
    private static let successMessage = Parameter.nullable(
        "success_message",
        message,
        "What a user reads who is done."
    )

    private static let color = Format<String>.text(CSSColor.pattern, 1...64)
    private static let message = Format<String>.string(1...500)

    // MARK: Older names

    /// The older names of the same, each of which has no effect beside its newer one.
    static let deprecated: [any DeclaredParameter] = [
        oldLogoShape, oldButtonColor, oldButtonTextColor, oldSuccessMessage,
    ]
    private static let oldLogoShape = Parameter.optional(
        "webview_logo_shape",
        .oneOf(ConnectCustomization.LogoShape.self),
        "An older name of connect_webview_customization.logo_shape."
    )
    private static let oldButtonColor = Parameter.optional(
        "webview_primary_button_color",
        color,
        "An older name of connect_webview_customization.primary_button_color."
    )
    private static let oldButtonTextColor = Parameter.optional(
        "webview_primary_button_text_color",
        color,
        "An older name of connect_webview_customization.primary_button_text_color."
    )
    private static let oldSuccessMessage = Parameter.optional(
        "webview_success_message",
        message,
        "An older name of connect_webview_customization.success_message."
    )

    // MARK: Values

    /// The customization that a new workspace is asked to have.
    static func initial(_ call: Call) throws -> ConnectCustomization {
        let old = ConnectCustomization(
            logoShape: try call[oldLogoShape],
            primaryButtonColor: try call[oldButtonColor],
            primaryButtonTextColor: try call[oldButtonTextColor],
            successMessage: try call[oldSuccessMessage]
        )
        return try changes(call)?.applied(to: old) ?? old
    }

    /// The changes to a customization that a request asks for; nil if it asks for none.
    static func changes(_ call: Call) throws -> Changes? {
        guard let given = try call[customization] else { return nil }
        return Changes(
            logoShape: given.gives(logoShape) ? .some(try given[logoShape]) : nil,
            primaryButtonColor: given.gives(buttonColor) ? .some(try given[buttonColor]) : nil,
            primaryButtonTextColor: given.gives(buttonTextColor) ? .some(try given[buttonTextColor]) : nil,
            successMessage: given.gives(successMessage) ? .some(try given[successMessage]) : nil
        )
    }

    /// What changes of a customization: nil leaves as it is, a nil inside clears.
    struct Changes: Sendable {
        let logoShape: ConnectCustomization.LogoShape??
        let primaryButtonColor: String??
        let primaryButtonTextColor: String??
        let successMessage: String??

        /// The customization with the changes.
        func applied(to customization: ConnectCustomization) -> ConnectCustomization {
            ConnectCustomization(
                logoShape: logoShape ?? customization.logoShape,
                primaryButtonColor: primaryButtonColor ?? customization.primaryButtonColor,
                primaryButtonTextColor: primaryButtonTextColor ?? customization.primaryButtonTextColor,
                successMessage: successMessage ?? customization.successMessage
            )
        }
    }
}

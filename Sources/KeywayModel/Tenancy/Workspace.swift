/// A tenant: everything else belongs to exactly one (G11).
package struct Workspace: Hashable, Sendable {
    /// Its identity.
    package let id: Identifier<Workspace>
    /// Its name for people.
    package var name: String
    /// Whether its devices are virtual and its `simulate` endpoints answer.
    package let isSandbox: Bool
    /// When it was made.
    package let createdAt: Timestamp
    /// The name of the company that shows itself to its users; nil if none is set.
    package var connectPartnerName: String?
    /// Whether nobody may act in it at the moment; everything can still be read and changed.
    package var isSuspended: Bool
    /// Whether client sessions can be had with its publishable key.
    package var isPublishableKeyAuthEnabled: Bool
    /// The key that its users' apps carry, unique among all workspaces and no secret; nil if it has none.
    package var publishableKey: String?
    /// The organization it belongs to; nil if none is set.
    package var organizationID: Identifier<Organization>?
    /// How its connect pages look.
    package var customization: ConnectCustomization

    /// Makes a workspace.
    package init(
        id: Identifier<Workspace>,
        name: String,
        isSandbox: Bool,
        createdAt: Timestamp,
        connectPartnerName: String? = nil,
        isSuspended: Bool = false,
        isPublishableKeyAuthEnabled: Bool = true,
        publishableKey: String? = nil,
        organizationID: Identifier<Organization>? = nil,
        customization: ConnectCustomization = ConnectCustomization()
    ) {
        self.id = id
        self.name = name
        self.isSandbox = isSandbox
        self.createdAt = createdAt
        self.connectPartnerName = connectPartnerName
        self.isSuspended = isSuspended
        self.isPublishableKeyAuthEnabled = isPublishableKeyAuthEnabled
        self.publishableKey = publishableKey
        self.organizationID = organizationID
        self.customization = customization
    }
}

/// Marks the identity of an organization, of which Keyway knows nothing else.
package enum Organization {}

/// How a workspace's connect pages look; what is nil looks as usual.
package struct ConnectCustomization: Hashable, Codable, Sendable {
    /// The shape of the logo.
    package var logoShape: LogoShape?
    /// The colour of the main button, in the words of CSS.
    package var primaryButtonColor: String?
    /// The colour of the text on it, in the words of CSS.
    package var primaryButtonTextColor: String?
    /// What a user reads who is done.
    package var successMessage: String?

    /// Makes a customization.
    package init(
        logoShape: LogoShape? = nil,
        primaryButtonColor: String? = nil,
        primaryButtonTextColor: String? = nil,
        successMessage: String? = nil
    ) {
        self.logoShape = logoShape
        self.primaryButtonColor = primaryButtonColor
        self.primaryButtonTextColor = primaryButtonTextColor
        self.successMessage = successMessage
    }

    /// The shapes of a logo.
    package enum LogoShape: String, Codable, CaseIterable, Sendable {
        case circle
        case square
    }

    private enum CodingKeys: String, CodingKey {
        case logoShape = "logo_shape"
        case primaryButtonColor = "primary_button_color"
        case primaryButtonTextColor = "primary_button_text_color"
        case successMessage = "success_message"
    }
}

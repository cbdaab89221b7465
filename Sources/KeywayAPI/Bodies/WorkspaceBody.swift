import KeywayModel

/// A workspace on the wire, with every key of the contract (section 3.7).
struct WorkspaceBody: Encodable {
    let workspace: Workspace
    /// Whether the publishable key is shown: with it a user could get the session of another.
    let showsPublishableKey: Bool

    private enum CodingKeys: String, CodingKey {
        case id = "workspace_id"
        case name
        case companyName = "company_name"
        case connectPartnerName = "connect_partner_name"
        case organizationID = "organization_id"
        case isSandbox = "is_sandbox"
        case isSuspended = "is_suspended"
        case isPublishableKeyAuthEnabled = "is_publishable_key_auth_enabled"
        case publishableKey = "publishable_key"
        case connectWebviewCustomization = "connect_webview_customization"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(workspace.id, forKey: .id)
        try container.encode(workspace.name, forKey: .name)
        try container.encode(workspace.shownName, forKey: .companyName)
        try container.encode(workspace.connectPartnerName, forKey: .connectPartnerName)
        try container.encode(workspace.organizationID, forKey: .organizationID)
        try container.encode(workspace.isSandbox, forKey: .isSandbox)
        try container.encode(workspace.isSuspended, forKey: .isSuspended)
        try container.encode(workspace.isPublishableKeyAuthEnabled, forKey: .isPublishableKeyAuthEnabled)
        if showsPublishableKey { try container.encodeIfPresent(workspace.publishableKey, forKey: .publishableKey) }
        try container.encode(workspace.customization, forKey: .connectWebviewCustomization)
        try container.encode(workspace.createdAt, forKey: .createdAt)
    }
}

extension Workspace {
    /// What its users are shown as its name.
    var shownName: String { connectPartnerName ?? name }
}

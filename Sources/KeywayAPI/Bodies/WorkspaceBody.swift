import KeywayModel

/// A workspace on the wire, with every key of the contract (section 3.7).
struct WorkspaceBody: Encodable {
    let workspace: Workspace

    private enum CodingKeys: String, CodingKey {
        case id = "workspace_id"
        case name
        case companyName = "company_name"
        case connectPartnerName = "connect_partner_name"
        case organizationID = "organization_id"
        case isSandbox = "is_sandbox"
        case isSuspended = "is_suspended"
        case isPublishableKeyAuthEnabled = "is_publishable_key_auth_enabled"
        case connectWebviewCustomization = "connect_webview_customization"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(workspace.id, forKey: .id)
        try container.encode(workspace.name, forKey: .name)
        try container.encode(workspace.name, forKey: .companyName)
        try container.encodeNil(forKey: .connectPartnerName)
        try container.encodeNil(forKey: .organizationID)
        try container.encode(workspace.isSandbox, forKey: .isSandbox)
        try container.encode(false, forKey: .isSuspended)
        try container.encode(false, forKey: .isPublishableKeyAuthEnabled)
        try container.encode([String: String](), forKey: .connectWebviewCustomization)
        try container.encode(workspace.createdAt, forKey: .createdAt)
    }
}

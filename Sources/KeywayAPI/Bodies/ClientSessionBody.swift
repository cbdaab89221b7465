import KeywayModel

/// A client session on the wire (wire contract, section 3.7).
struct ClientSessionBody: Encodable {
    let session: ClientSession
    /// Those of its connected accounts that have not been removed.
    let connectedAccountIDs: [Identifier<ConnectedAccount>]
    /// How many managed devices those have.
    let deviceCount: Int

    private enum CodingKeys: String, CodingKey {
        case id = "client_session_id"
        case workspaceID = "workspace_id"
        case token
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
        case deviceCount = "device_count"
        case userIdentifierKey = "user_identifier_key"
        case connectedAccountIDs = "connected_account_ids"
        case connectWebviewIDs = "connect_webview_ids"
        case userIdentityIDs = "user_identity_ids"
        case userIdentityID = "user_identity_id"
        case customerKey = "customer_key"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(session.id, forKey: .id)
        try container.encode(session.workspaceID, forKey: .workspaceID)
        try container.encode(session.token, forKey: .token)
        try container.encode(session.createdAt, forKey: .createdAt)
        try container.encode(session.expiresAt, forKey: .expiresAt)
        try container.encodeIfPresent(session.revokedAt, forKey: .revokedAt)
        try container.encode(deviceCount, forKey: .deviceCount)
        try container.encode(session.userIdentifierKey, forKey: .userIdentifierKey)
        try container.encode(connectedAccountIDs, forKey: .connectedAccountIDs)
        try container.encode(session.connectWebviewIDs, forKey: .connectWebviewIDs)
        try container.encode(session.userIdentityID.map { [$0] } ?? [], forKey: .userIdentityIDs)
        try container.encodeIfPresent(session.userIdentityID, forKey: .userIdentityID)
        try container.encodeIfPresent(session.customerKey, forKey: .customerKey)
    }
}

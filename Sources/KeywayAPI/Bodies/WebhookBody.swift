import KeywayModel

/// A webhook on the wire (wire contract, section 3.7).
struct WebhookBody: Encodable {
    let webhook: Webhook
    /// Whether its secret is shown.
    let showsSecret: Bool

    private enum CodingKeys: String, CodingKey {
        case id = "webhook_id"
        case url, secret
        case eventTypes = "event_types"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(webhook.id, forKey: .id)
        try container.encode(webhook.url, forKey: .url)
        if showsSecret { try container.encode(webhook.secret, forKey: .secret) }
        try container.encode(webhook.eventTypes, forKey: .eventTypes)
        try container.encode(webhook.createdAt, forKey: .createdAt)
    }
}

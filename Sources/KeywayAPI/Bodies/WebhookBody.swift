import KeywayModel

/// A webhook on the wire (wire contract, section 3.7), and what Keyway says of it besides.
struct WebhookBody: Encodable {
    let webhook: Webhook
    /// Whether its secret is shown.
    let showsSecret: Bool

    private enum CodingKeys: String, CodingKey {
        case id = "webhook_id"
        case url, secret
        case eventTypes = "event_types"
        case createdAt = "created_at"
        case isEnabled = "is_enabled"
        case disabledAt = "disabled_at"
        case disabledReason = "disabled_reason"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(webhook.id, forKey: .id)
        try container.encode(webhook.url, forKey: .url)
        if showsSecret { try container.encode(webhook.secret, forKey: .secret) }
        try container.encode(webhook.eventTypes, forKey: .eventTypes)
        try container.encode(webhook.createdAt, forKey: .createdAt)
        try container.encode(webhook.health.isEnabled, forKey: .isEnabled)
        try container.encodeIfPresent(webhook.health.disabledAt, forKey: .disabledAt)
        try container.encodeIfPresent(webhook.health.disabledReason, forKey: .disabledReason)
    }
}

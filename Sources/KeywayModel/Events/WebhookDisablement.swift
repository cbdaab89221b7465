/// Which webhook was disabled, and why.
package struct WebhookDisablement: Hashable, Codable, Sendable {
    /// The webhook.
    package let webhookID: Identifier<Webhook>
    /// Where its events went.
    package let url: String
    /// Why they do not go there any more.
    package let reason: EndpointHealth.DisabledReason

    /// Tells of a webhook that has been disabled.
    package init(_ webhook: Webhook, because reason: EndpointHealth.DisabledReason) {
        webhookID = webhook.id
        url = webhook.url
        self.reason = reason
    }

    // The wire's `reason` and `error_code` mean other things in events.
    private enum CodingKeys: String, CodingKey {
        case webhookID = "webhook_id"
        case url = "webhook_url"
        case reason = "disabled_reason"
    }
}

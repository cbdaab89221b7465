import HTTPTypes

// What can be wrong with requests about webhook deliveries.

extension APIError {
    /// 400: the webhook gets nothing any more.
    static let webhookDisabled = APIError(
        .badRequest,
        "webhook_disabled",
        "The webhook was disabled because its endpoint failed for days or answered 410; update it to enable it again"
    )
}

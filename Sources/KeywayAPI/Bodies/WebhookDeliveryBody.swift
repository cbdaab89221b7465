import KeywayModel

/// A webhook delivery on the wire, Keyway's own.
struct WebhookDeliveryBody: Encodable {
    let delivery: Delivery

    private enum CodingKeys: String, CodingKey {
        case id = "webhook_delivery_id"
        case webhookID = "webhook_id"
        case eventID = "event_id"
        case eventType = "event_type"
        case deviceID = "device_id"
        case status, reason
        case createdAt = "created_at"
        case nextTryAt = "next_try_at"
        case finishedAt = "finished_at"
        case tryCount = "try_count"
        case tries
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(delivery.id, forKey: .id)
        try container.encode(delivery.webhookID, forKey: .webhookID)
        try container.encode(delivery.eventID, forKey: .eventID)
        try container.encode(delivery.eventType, forKey: .eventType)
        try container.encodeIfPresent(delivery.deviceID, forKey: .deviceID)
        try container.encode(delivery.status, forKey: .status)
        try container.encodeIfPresent(delivery.reason, forKey: .reason)
        try container.encode(delivery.createdAt, forKey: .createdAt)
        try container.encodeIfPresent(delivery.nextTryAt, forKey: .nextTryAt)
        try container.encodeIfPresent(delivery.finishedAt, forKey: .finishedAt)
        try container.encode(delivery.tryCount, forKey: .tryCount)
        try container.encode(delivery.tries.map(TryBody.init), forKey: .tries)
    }

    /// One try on the wire.
    private struct TryBody: Encodable {
        let latest: DeliveryTry

        init(_ latest: DeliveryTry) {
            self.latest = latest
        }

        private enum CodingKeys: String, CodingKey {
            case startedAt = "started_at"
            case latency = "latency_milliseconds"
            case status = "response_status"
            case answer = "response_body"
            case trouble = "error_code"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(latest.startedAt, forKey: .startedAt)
            try container.encode(latest.latencyMilliseconds, forKey: .latency)
            try container.encodeIfPresent(latest.status, forKey: .status)
            try container.encodeIfPresent(latest.answer, forKey: .answer)
            try container.encodeIfPresent(latest.trouble, forKey: .trouble)
        }
    }
}

import KeywayModel
import KeywayStore
import KeywayWebhooks

/// `/webhooks/deliveries/*` and `/webhooks/rotate_secret`, which are Keyway's own.
enum WebhookDeliveryEndpoints {
    static let all = [list, redeliver, rotateSecret]

    /// The most deliveries that are sent again at once.
    static let maximumRedeliveries = 10_000

    // MARK: Parameters

    private static let webhookID = Parameter.required("webhook_id", .nonEmptyString(), "The webhook.")
    private static let status = Parameter.optional(
        "status",
        .oneOf(Delivery.Status.self),
        "Only deliveries that stand like this."
    )
    private static let eventType = Parameter.optional("event_type", .oneOf(EventTypeNames.all), "Only this type.")
    private static let after = Parameter.optional(
        "created_after",
        .dateTime(),
        "Only deliveries of events written after this time."
    )
    private static let before = Parameter.optional(
        "created_before",
        .dateTime(),
        "Only deliveries of events written before this time."
    )
    private static let deliveryID = Parameter.optional(
        "webhook_delivery_id",
        .uuid(Delivery.self),
        "Only this delivery."
    )
    private static let overlap = Parameter.defaulted(
        "overlap_seconds",
        .integer(0...7 * 86400),
        .number(86400),
        "How long the old secret goes on signing beside the new one; 0: not at all."
    )

    // MARK: Looking back

    private static let list = Endpoint(
        "/webhooks/deliveries/list",
        .read,
        accepts: .standard,
        "Returns what was sent to a webhook and what will be, the latest first, with each try and its answer. "
            + "Deliveries are kept for 30 days after they were done, unless configured otherwise.",
        parameters: [webhookID, status, eventType, after, before, Paging.limit, Paging.cursor],
        answer: [
            AnswerKey("webhook_deliveries", .list(of: .named(.webhookDelivery))),
            AnswerKey("pagination", .named(.pagination)),
        ]
    ) { call, caller in
        let webhook = try await webhook(call, caller)
        let page = try await call.services.store.deliveries(
            DeliveryQuery(
                workspaceID: caller.workspaceID,
                webhookID: webhook.id,
                statuses: try call[status].map { [$0] },
                eventTypes: try call[eventType].map { [$0] },
                after: try call[after],
                before: try call[before],
                limit: try call.pageSize,
                cursor: try call.pageStart
            )
        )
        return [
            "webhook_deliveries": page.elements.map(WebhookDeliveryBody.init),
            "pagination": call.pagination(next: page.next),
        ]
    }

    private static let redeliver = Endpoint(
        "/webhooks/deliveries/redeliver",
        .action,
        accepts: .standard,
        "Sends deliveries again that were taken, failed or abandoned: one, or all that the filters leave, at most "
            + "10,000. They keep their `svix-id`, by which receivers know what they have already.",
        parameters: [webhookID, deliveryID, status, eventType, after, before],
        needsOneOf: [deliveryID, status, eventType, after, before],
        answer: [AnswerKey("redelivered_count", .integer(0...maximumRedeliveries))]
    ) { call, caller in
        let webhook = try await webhook(call, caller)
        guard webhook.health.isEnabled else { throw APIError.webhookDisabled }
        let store = call.services.store
        let query = DeliveryQuery(
            workspaceID: caller.workspaceID,
            webhookID: webhook.id,
            ids: try call[deliveryID].map { [$0] },
            statuses: try call[status].map { [$0] },
            eventTypes: try call[eventType].map { [$0] },
            after: try call[after],
            before: try call[before],
            limit: maximumRedeliveries
        )
        if let id = try call[deliveryID] {
            let one = DeliveryQuery(workspaceID: caller.workspaceID, webhookID: webhook.id, ids: [id], limit: 1)
            guard try await !store.deliveries(one).elements.isEmpty else {
                throw APIError.notFound("webhook_delivery", ["webhook_delivery_id": id.description])
            }
        }
        var count = 0
        try await call.once(caller) { () async throws -> Void in
            guard let armed = try await store.redeliver(query, at: call.services.time.now().wall) else {
                throw APIError.tooManyResults(limit: maximumRedeliveries)
            }
            count = armed
        }
        return ["redelivered_count": count]
    }

    // MARK: Secrets

    private static let rotateSecret = Endpoint(
        "/webhooks/rotate_secret",
        .action,
        accepts: .standard,
        "Gives a webhook a new secret. Deliveries are signed with the old one as well for a while, so that a receiver can "
            + "change over without missing any. Of secrets replaced before, none signs any more.",
        parameters: [webhookID, overlap],
        answer: [AnswerKey("webhook", .named(.webhook))]
    ) { call, caller in
        let (services, webhook) = (call.services, try await webhook(call, caller))
        let overlap = try call[overlap]
        let end = overlap > 0 ? services.time.now().wall + .seconds(overlap) : nil
        try await call.once(caller) { () async throws -> Void in
            let secret = try services.webhooks.secrets.seal(services.secrets.webhookSecret(), of: webhook.id)
            let updated = try await services.store.update(webhook.id, in: caller.workspaceID) { webhook throws(Never) in
                webhook.rotateSecret(to: secret, keepingOldUntil: end)
                return []
            }
            guard updated != nil else { throw try notFound(call) }
        }
        let shown = try await Self.webhook(call, caller).opened(by: services)
        return ["webhook": WebhookBody(webhook: shown, showsSecret: true)]
    }

    // MARK: Small things

    private static func webhook(_ call: Call, _ caller: Caller) async throws -> Webhook {
        guard let id = Identifier<Webhook>(try call[webhookID]),
            let webhook = try await call.services.store.record(id, in: caller.workspaceID)
        else { throw try notFound(call) }
        return webhook
    }

    private static func notFound(_ call: Call) throws -> APIError {
        .notFound("webhook", ["webhook_id": try call[webhookID]])
    }
}

extension Webhook {
    /// The webhook with its secret as its owner knows it.
    ///
    /// - Throws: ``KeywayWebhooks/SecretBox/Failure`` if the operator's key does not open it.
    func opened(by services: APIServices) throws -> Webhook {
        var webhook = self
        webhook.secret = try services.webhooks.secrets.open(secret, of: id)
        return webhook
    }
}

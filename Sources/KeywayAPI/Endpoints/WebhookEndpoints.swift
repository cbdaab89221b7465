import KeywayModel
import KeywayStore
import KeywayWebhooks

/// `/webhooks/*` (wire contract, section 4.5).
enum WebhookEndpoints {
    static let all = [create, get, list, update, delete]

    /// The most webhooks of a workspace: each event is compared with, and sent to, all of them.
    static let maximumCount = 100
    /// The longest URL in characters.
    static let longestURL = 2048

    // MARK: Parameters

    private static let id = Parameter.required("webhook_id", .nonEmptyString(), "The webhook.")
    private static let url = Parameter.required(
        "url",
        .url(),
        "Where the events go: an absolute http or https URL of at most \(longestURL) characters."
    )
    private static let eventType = Format<String>.word(of: [Webhook.everyType] + EventTypeNames.all)
    private static let eventTypes = Parameter.defaulted(
        "event_types",
        .array(eventType, count: 1 ... .max),
        .array([.string(Webhook.everyType)]),
        "The types of event that go there, at least one; `*` stands for all, now and in future."
    )
    private static let newEventTypes = Parameter.required(
        "event_types",
        .array(eventType, count: 1 ... .max),
        "The types of event that go there from now on, at least one; `*` stands for all, now and in future."
    )

    // MARK: Making

    private static let create = Endpoint(
        "/webhooks/create",
        .action,
        accepts: .standard,
        "Makes a webhook, and the secret that its deliveries are signed with. A workspace has at most \(maximumCount).",
        parameters: [url, eventTypes],
        answer: [AnswerKey("webhook", .named(.webhook))]
    ) { call, caller in
        let (store, url, types) = (call.services.store, try call[url], try checked(try call[eventTypes]))
        guard url.unicodeScalars.count <= longestURL else {
            throw APIError.invalidInput(Self.url, "String must contain at most \(longestURL) character(s)")
        }
        if let objection = call.services.webhooks.addresses.objection(to: url) {
            throw APIError.invalidInput(Self.url, objection)
        }
        let webhook = try await call.makeOnce("webhook", by: caller.requester) { id in
            try await store.record(id, in: caller.workspaceID)
        } make: { id in
            let others = try await store.records(Webhook.self, in: caller.workspaceID, limit: maximumCount, after: nil)
            guard others.elements.count < maximumCount else {
                throw APIError.tooMany("webhooks", limit: maximumCount)
            }
            let webhook = Webhook(
                id: id,
                workspaceID: caller.workspaceID,
                url: url,
                secret: try call.services.webhooks.secrets.seal(call.services.secrets.webhookSecret(), of: id),
                eventTypes: types,
                createdAt: call.services.time.now().wall
            )
            try await store.add(webhook, events: [])
            return webhook
        }
        return ["webhook": WebhookBody(webhook: try webhook.opened(by: call.services), showsSecret: true)]
    }

    /// The event types without repetitions.
    ///
    /// - Throws: ``APIError`` of type `invalid_event_types` for one that does not exist.
    private static func checked(_ types: [String]) throws(APIError) -> [String] {
        let unknown = types.filter { $0 != Webhook.everyType && !EventTypeNames.known.contains($0) }
        guard unknown.isEmpty else { throw .unknownEventTypes(unknown) }
        var seen: Set<String> = []
        return types.filter { seen.insert($0).inserted }
    }

    // MARK: Reading

    private static let get = Endpoint(
        "/webhooks/get",
        .read,
        accepts: .standard,
        "Returns a webhook, with its secret.",
        parameters: [id],
        answer: [AnswerKey("webhook", .named(.webhook))]
    ) { call, caller in
        guard let id = try webhookID(call),
            let webhook = try await call.services.store.record(id, in: caller.workspaceID)
        else { throw try notFound(call) }
        return ["webhook": WebhookBody(webhook: try webhook.opened(by: call.services), showsSecret: true)]
    }

    private static let list = Endpoint(
        "/webhooks/list",
        .read,
        accepts: .standard,
        "Returns all webhooks, the oldest first, without their secrets: lists are what is shown and logged most.",
        answer: [AnswerKey("webhooks", .list(of: .named(.webhook)))]
    ) { call, caller in
        // Two requests at the same time can both make the last webhook there may be, so no bound is exact.
        let webhooks = try await call.services.store.records(
            Webhook.self,
            in: caller.workspaceID,
            atMost: call.services.configuration.maximumUnpagedRows
        ) { _ in true }
        return ["webhooks": webhooks.map { WebhookBody(webhook: $0, showsSecret: false) }]
    }

    // MARK: Changing

    private static let update = Endpoint(
        "/webhooks/update",
        .replace,
        accepts: .standard,
        "Replaces the event types of a webhook, and enables it again if it was disabled. Its URL and its secret stay as "
            + "they are.",
        parameters: [id, newEventTypes]
    ) { call, caller in
        let types = try checked(try call[newEventTypes])
        guard let id = try webhookID(call) else { throw try notFound(call) }
        let now = call.services.time.now().wall
        let updated = try await call.services.store.update(id, in: caller.workspaceID) { webhook throws(Never) in
            webhook.eventTypes = types
            webhook.forgetEndedSecret(at: now)
            if !webhook.health.isEnabled { webhook.health = EndpointHealth() }
            return []
        }
        guard updated != nil else { throw try notFound(call) }
        return .done
    }

    private static let delete = Endpoint(
        "/webhooks/delete",
        .delete,
        accepts: .standard,
        "Deletes a webhook: nothing is sent there any more.",
        parameters: [id]
    ) { call, caller in
        guard let id = try webhookID(call),
            try await call.services.store.remove(id, in: caller.workspaceID, events: [])
        else { throw try notFound(call) }
        return .done
    }

    /// The webhook that a request names; nil for a text that names none.
    private static func webhookID(_ call: Call) throws -> Identifier<Webhook>? { Identifier(try call[id]) }

    private static func notFound(_ call: Call) throws -> APIError { .notFound("webhook", ["webhook_id": try call[id]]) }
}

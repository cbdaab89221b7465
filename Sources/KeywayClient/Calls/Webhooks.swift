extension KeywayClient {
    /// The webhooks of the workspace.
    public struct Webhooks: Sendable {
        let connection: ServerConnection

        /// Makes a webhook.
        ///
        /// - Parameters:
        ///   - url: Where the events go: an absolute http or https URL.
        ///   - eventTypes: What kinds of event go there; by default every one.
        /// - Returns: The webhook with its secret.
        /// - Throws: ``APIError`` `invalid_event_types`, or what any request throws.
        public func create(url: String, eventTypes: [EventType] = [.every]) async throws -> Webhook {
            let request = APIRequest.act(
                "/webhooks/create",
                ["url": .string(url), "event_types": .array(eventTypes.map { .string($0.rawValue) })],
                idempotencyKey: connection.surroundings.uniqueText()
            )
            return try await connection.send(request).object("webhook")
        }

        /// The webhook with an identity.
        ///
        /// - Throws: ``APIError`` `webhook_not_found`, or what any request throws.
        public func get(_ id: String) async throws -> Webhook {
            try await connection.send(.read("/webhooks/get", query(id))).object("webhook")
        }

        /// All webhooks, without their secrets.
        ///
        /// - Throws: What any request throws.
        public func list() async throws -> [Webhook] {
            try await connection.send(.read("/webhooks/list")).objects("webhooks")
        }

        /// Replaces the kinds of event that go to a webhook.
        ///
        /// - Parameters:
        ///   - id: The identity of the webhook.
        ///   - eventTypes: What kinds of event go there from now on.
        /// - Throws: ``APIError`` `webhook_not_found` or `invalid_event_types`, or what any request throws.
        public func update(_ id: String, eventTypes: [EventType]) async throws {
            let request = APIRequest.replace(
                "/webhooks/update",
                ["webhook_id": .string(id), "event_types": .array(eventTypes.map { .string($0.rawValue) })]
            )
            _ = try await connection.send(request)
        }

        /// Deletes a webhook.
        ///
        /// - Throws: ``APIError`` `webhook_not_found`, also if an earlier try deleted it and its answer was lost; or what
        ///   any request throws.
        public func delete(_ id: String) async throws {
            _ = try await connection.send(.delete("/webhooks/delete", query(id)))
        }

        private func query(_ id: String) -> Query {
            var query = Query()
            query["webhook_id"] = .text(id)
            return query
        }
    }
}

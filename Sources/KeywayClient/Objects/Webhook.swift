public import FoundationEssentials

extension KeywayClient {
    /// An address that is told of events.
    public struct Webhook: ServerObject, Identifiable {
        /// Its identity.
        public let id: String
        /// Where the events go.
        public let url: String
        /// What kinds of event go there; empty if the server does not say.
        public let eventTypes: [EventType]
        /// The secret that deliveries are signed with; nil if the server does not say, as in lists.
        public let secret: String?
        /// Whether deliveries are sent; true if the server does not say.
        public let isEnabled: Bool
        /// When the server stopped sending; nil if it sends, or does not say.
        public let disabledAt: Date?
        /// Why the server stopped sending, such as `failing` or `gone`; nil if it sends, or does not say.
        public let disabledReason: String?
        /// Everything that the server said about it.
        public let json: JSONValue

        /// Reads a webhook.
        ///
        /// - Throws: ``UnreadableAnswer`` if its identity or URL is missing.
        public init(json: JSONValue) throws {
            let reader = try ObjectReader(json, kind: "webhook")
            self.json = json
            id = try reader.text("webhook_id")
            url = try reader.text("url")
            eventTypes = reader.list("event_types").compactMap { $0.stringValue.map(EventType.init(rawValue:)) }
            secret = reader.textIfAny("secret")
            isEnabled = reader.flagIfAny("is_enabled") ?? true
            disabledAt = reader.dateIfAny("disabled_at")
            disabledReason = reader.textIfAny("disabled_reason")
        }
    }
}

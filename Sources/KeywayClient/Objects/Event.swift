public import FoundationEssentials

extension KeywayClient {
    /// Something that happened.
    public struct Event: ServerObject, Identifiable {
        /// Its identity.
        public let id: String
        /// What kind of thing it is.
        public let type: EventType
        /// The workspace in which it happened.
        public let workspaceID: String
        /// When the server wrote it down.
        public let createdAt: Date
        /// When it happened.
        public let occurredAt: Date
        /// One sentence about its kind; nil if the server does not say.
        public let summary: String?
        /// The device; nil if it is about none.
        public let deviceID: String?
        /// The connected account; nil if it is about none.
        public let connectedAccountID: String?
        /// The attempt that led to it; nil if none did, or nobody knows.
        public let actionAttemptID: String?
        /// How a bolt was moved, such as `remote` or `manual`; nil for other kinds.
        public let method: String?
        /// Everything that the server said about it.
        public let json: JSONValue
        /// Where it stands in the stream that it came by, to resume from; nil if it came by none.
        ///
        /// It is not part of ``json`` and is lost when the event is encoded: keep it by itself.
        public internal(set) var streamPosition: String?

        /// Reads an event.
        ///
        /// - Throws: ``UnreadableAnswer`` if its identity, kind, workspace or times are missing.
        public init(json: JSONValue) throws {
            let reader = try ObjectReader(json, kind: "event")
            self.json = json
            id = try reader.text("event_id")
            type = EventType(rawValue: try reader.text("event_type"))
            workspaceID = try reader.text("workspace_id")
            createdAt = try reader.date("created_at")
            occurredAt = reader.dateIfAny("occurred_at") ?? createdAt
            summary = reader.textIfAny("event_description")
            deviceID = reader.textIfAny("device_id")
            connectedAccountID = reader.textIfAny("connected_account_id")
            actionAttemptID = reader.textIfAny("action_attempt_id")
            method = reader.textIfAny("method")
        }
    }
}

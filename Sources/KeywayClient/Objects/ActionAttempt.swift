public import FoundationEssentials

extension KeywayClient {
    /// A request to do something to a device, with what became of it.
    public struct ActionAttempt: ServerObject, Identifiable {
        /// Its identity.
        public let id: String
        /// What it does to the device.
        public let actionType: ActionType
        /// Whether it has ended, and how.
        public let status: Status
        /// What a success says besides; nil unless there is one.
        public let result: JSONValue?
        /// Why it failed; nil unless it did.
        public let failure: Failure?
        /// The device; nil if there is none, or the server does not say.
        public let deviceID: String?
        /// When it was accepted; nil if the server does not say.
        public let createdAt: Date?
        /// After this no command leaves for it; nil if the server does not say.
        public let deadlineAt: Date?
        /// When its command was sent, or may have been; nil if it was not, or the server does not say.
        public let dispatchedAt: Date?
        /// When the device or its provider took the command; nil if it has not, or the server does not say.
        public let acknowledgedAt: Date?
        /// When it ended; nil if it has not, or the server does not say.
        public let resolvedAt: Date?
        /// Who asked for it; nil if the server does not say.
        public let requestedBy: String?
        /// What happened to it, in order; empty unless it was asked for.
        public let timeline: [TimelineEntry]
        /// Everything that the server said about it.
        public let json: JSONValue

        /// Whether the device reported the wanted state after the command.
        ///
        /// False if the command was delivered and the device cannot confirm; nil if nobody knows, and unless it succeeded.
        public var wasConfirmedByDevice: Bool? { result?["was_confirmed_by_device"]?.boolValue }

        /// Reads an attempt.
        ///
        /// - Throws: ``UnreadableAnswer`` if one of the contract's keys is missing.
        public init(json: JSONValue) throws {
            let reader = try ObjectReader(json, kind: "action attempt")
            self.json = json
            id = try reader.text("action_attempt_id")
            actionType = ActionType(rawValue: try reader.text("action_type"))
            status = Status(rawValue: try reader.text("status"))
            result = reader.valueIfAny("result")
            failure = reader.valueIfAny("error").map(Failure.init(json:))
            deviceID = reader.textIfAny("device_id")
            createdAt = reader.dateIfAny("created_at")
            deadlineAt = reader.dateIfAny("deadline_at")
            dispatchedAt = reader.dateIfAny("dispatched_at")
            acknowledgedAt = reader.dateIfAny("acknowledged_at")
            resolvedAt = reader.dateIfAny("resolved_at")
            requestedBy = reader.textIfAny("requested_by")
            timeline = reader.list("timeline").compactMap(TimelineEntry.init(json:))
        }
    }
}

extension KeywayClient.ActionAttempt {
    /// Whether an attempt has ended, and how; once it has, that never changes.
    public struct Status: KeywayClient.OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It has not ended.
        public static let pending = Self(rawValue: "pending")
        /// It reached what was wanted.
        public static let success = Self(rawValue: "success")
        /// It did not.
        public static let error = Self(rawValue: "error")
    }

    /// Why an attempt failed.
    public struct Failure: Hashable, Sendable {
        /// The cause.
        public let cause: KeywayClient.FailureCause
        /// One sentence for a person.
        public let message: String
        /// Whether the same request, made again a little later, has a fair chance; false if the server does not say.
        public let isRetryable: Bool

        init(json: KeywayClient.JSONValue) {
            cause = json["type"]?.stringValue.map(KeywayClient.FailureCause.init(rawValue:)) ?? .uncategorizedError
            message = json["message"]?.stringValue ?? "The action failed."
            isRetryable = json["is_retryable"]?.boolValue ?? false
        }
    }

    /// One thing that happened to an attempt.
    public struct TimelineEntry: Hashable, Sendable {
        /// What it was, such as `accepted`, `dispatched`, `report` or `resolved`.
        public let kind: String
        /// When the server saw it.
        public let at: Date
        /// The cause, the reported state or what the provider said; nil where the kind says it all.
        public let detail: String?

        init?(json: KeywayClient.JSONValue) {
            guard let kind = json["kind"]?.stringValue,
                let at = json["at"]?.stringValue.flatMap(Date.init(wireText:))
            else { return nil }
            self.kind = kind
            self.at = at
            detail = json["detail"]?.stringValue
        }
    }
}

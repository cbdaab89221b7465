/// Where an owner wants to be told of events.
package struct Webhook: OwnedRecord {
    /// Webhooks.
    package static let kind = OwnedRecordKind.webhook

    /// Its identity.
    package let id: Identifier<Webhook>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// Where the events go, an absolute URL.
    package let url: String
    /// What they are signed with: `whsec_` and base64 (wire contract, section 5); sealed if the operator set a key.
    package var secret: String
    /// The secret before this one, with which deliveries are signed as well for a while; nil if there is none.
    package var previousSecret: RetiredSecret?
    /// The types of event that go there; `*` stands for all, now and in future.
    package var eventTypes: [String]
    /// When it was made.
    package let createdAt: Timestamp
    /// How its endpoint does.
    package var health: EndpointHealth

    /// Makes a webhook.
    package init(
        id: Identifier<Webhook>,
        workspaceID: Identifier<Workspace>,
        url: String,
        secret: String,
        previousSecret: RetiredSecret? = nil,
        eventTypes: [String],
        createdAt: Timestamp,
        health: EndpointHealth = EndpointHealth()
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.url = url
        self.secret = secret
        self.previousSecret = previousSecret
        self.eventTypes = eventTypes
        self.createdAt = createdAt
        self.health = health
    }

    /// What stands for all event types.
    package static let everyType = "*"

    /// Whether an event of a type goes there.
    package func wants(_ type: EventType) -> Bool {
        health.isEnabled && eventTypes.contains { $0 == Self.everyType || $0 == type.rawValue }
    }

    /// Puts a new secret in the place of the one it has.
    ///
    /// - Parameters:
    ///   - new: The new secret.
    ///   - end: Until when the old one goes on signing; nil: it is forgotten at once.
    package mutating func rotateSecret(to new: String, keepingOldUntil end: Timestamp?) {
        previousSecret = end.map { RetiredSecret(secret: secret, endsAt: $0) }
        secret = new
    }

    /// Forgets the secret before this one if its time is over: nothing needs it any more.
    package mutating func forgetEndedSecret(at now: Timestamp) {
        if let previousSecret, previousSecret.endsAt <= now { self.previousSecret = nil }
    }
}

extension Webhook {
    private enum CodingKeys: String, CodingKey {
        case id, workspaceID, url, secret, previousSecret, eventTypes, createdAt, health
    }

    /// Reads the stored form; one that was written before there were deliveries has no health.
    ///
    /// - Throws: `DecodingError` for anything else.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(Identifier<Webhook>.self, forKey: .id),
            workspaceID: try container.decode(Identifier<Workspace>.self, forKey: .workspaceID),
            url: try container.decode(String.self, forKey: .url),
            secret: try container.decode(String.self, forKey: .secret),
            previousSecret: try container.decodeIfPresent(RetiredSecret.self, forKey: .previousSecret),
            eventTypes: try container.decode([String].self, forKey: .eventTypes),
            createdAt: try container.decode(Timestamp.self, forKey: .createdAt),
            health: try container.decodeIfPresent(EndpointHealth.self, forKey: .health) ?? EndpointHealth()
        )
    }
}

extension Webhook: CustomStringConvertible, CustomReflectable {
    /// The identity and the address, and not the secret.
    package var description: String { "webhook \(id) to \(url)" }

    /// What debuggers and `dump` show: not the secret either.
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "workspaceID": workspaceID, "url": url]) }
}

/// A secret that has been replaced and still signs.
package struct RetiredSecret: Hashable, Codable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The secret, as ``Webhook/secret``.
    package var secret: String
    /// When it stops signing.
    package let endsAt: Timestamp

    /// Makes a secret that signs until a time.
    package init(secret: String, endsAt: Timestamp) {
        self.secret = secret
        self.endsAt = endsAt
    }

    /// When it ends, and not the secret.
    package var description: String { "a secret until \(endsAt)" }

    /// What debuggers and `dump` show: not the secret either.
    package var customMirror: Mirror { Mirror(self, children: ["endsAt": endsAt]) }
}

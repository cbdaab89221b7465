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
    /// What they are signed with: `whsec_` and base64 (wire contract, section 5).
    package let secret: String
    /// The types of event that go there; `*` stands for all, now and in future.
    package var eventTypes: [String]
    /// When it was made.
    package let createdAt: Timestamp

    /// Makes a webhook.
    package init(
        id: Identifier<Webhook>,
        workspaceID: Identifier<Workspace>,
        url: String,
        secret: String,
        eventTypes: [String],
        createdAt: Timestamp
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.url = url
        self.secret = secret
        self.eventTypes = eventTypes
        self.createdAt = createdAt
    }

    /// What stands for all event types.
    package static let everyType = "*"
}

extension Webhook: CustomStringConvertible, CustomReflectable {
    /// The identity and the address, and not the secret.
    package var description: String { "webhook \(id) to \(url)" }

    /// What debuggers and `dump` show: not the secret either.
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "workspaceID": workspaceID, "url": url]) }
}

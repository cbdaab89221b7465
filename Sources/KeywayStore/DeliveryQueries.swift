package import KeywayModel

/// Which deliveries to list, or to send again.
///
/// Filters are joined by AND; a nil filter lets everything pass, an empty list nothing.
package struct DeliveryQuery: Hashable, Sendable {
    /// The workspace to look in.
    package var workspaceID: Identifier<Workspace>
    /// Only deliveries to this webhook.
    package var webhookID: Identifier<Webhook>?
    /// Only these deliveries.
    package var ids: [Identifier<Delivery>]?
    /// Only deliveries that stand like this.
    package var statuses: [Delivery.Status]?
    /// Only deliveries of events of these types; a text that is no type Keyway emits matches nothing.
    package var eventTypes: [String]?
    /// Only deliveries of events created after this time.
    package var after: Timestamp?
    /// Only deliveries of events created before this time.
    package var before: Timestamp?
    /// The most rows, at least 1.
    package var limit: Int
    /// Where to begin: ``Page/next`` of the page before; nil for the first page.
    package var cursor: Int64?

    /// Makes a query for the latest 500 deliveries of a workspace.
    package init(
        workspaceID: Identifier<Workspace>,
        webhookID: Identifier<Webhook>? = nil,
        ids: [Identifier<Delivery>]? = nil,
        statuses: [Delivery.Status]? = nil,
        eventTypes: [String]? = nil,
        after: Timestamp? = nil,
        before: Timestamp? = nil,
        limit: Int = 500,
        cursor: Int64? = nil
    ) {
        self.workspaceID = workspaceID
        self.webhookID = webhookID
        self.ids = ids
        self.statuses = statuses
        self.eventTypes = eventTypes
        self.after = after
        self.before = before
        self.limit = limit
        self.cursor = cursor
    }
}

/// Which deliveries to send next.
package struct DueDeliveryQuery: Hashable, Sendable {
    /// The time it is.
    package var now: Timestamp
    /// Where to begin in the circle of webhooks, which are in the order of their ids: after this one; nil: anywhere.
    package var after: Identifier<Webhook>?
    /// The most deliveries of one webhook, at least 1.
    package var maximumPerWebhook: Int
    /// The most deliveries in all, at least 1.
    package var limit: Int

    /// Makes a query.
    package init(now: Timestamp, after: Identifier<Webhook>? = nil, maximumPerWebhook: Int, limit: Int) {
        self.now = now
        self.after = after
        self.maximumPerWebhook = maximumPerWebhook
        self.limit = limit
    }
}

/// A delivery whose turn it is, with everything that sending it takes.
package struct DueDelivery: Hashable, Sendable {
    /// The delivery.
    package let delivery: Delivery
    /// Its webhook, which is enabled.
    package let webhook: Webhook
    /// Its event in the wire form.
    package let eventBody: String

    /// Brings together what sending takes.
    package init(delivery: Delivery, webhook: Webhook, eventBody: String) {
        self.delivery = delivery
        self.webhook = webhook
        self.eventBody = eventBody
    }
}

/// The answer to a ``DueDeliveryQuery``.
package struct DueDeliveries: Hashable, Sendable {
    /// Those whose turn it is, webhook by webhook, and each webhook's in the order in which they became due.
    package let deliveries: [DueDelivery]
    /// When the next ones become due of the webhooks that were looked at; nil: never by themselves.
    package let nextAt: Timestamp?
    /// The webhooks that cannot be read, or whose deliveries cannot, and that were passed over.
    package let unreadable: Set<Identifier<Webhook>>

    /// Makes an answer.
    package init(deliveries: [DueDelivery], nextAt: Timestamp?, unreadable: Set<Identifier<Webhook>> = []) {
        self.deliveries = deliveries
        self.nextAt = nextAt
        self.unreadable = unreadable
    }
}

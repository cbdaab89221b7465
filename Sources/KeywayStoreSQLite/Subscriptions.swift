import GRDB
import KeywayModel

/// The enabled webhooks of one workspace, as far as writing deliveries goes.
struct Subscriptions {
    private struct Subscription {
        let webhookID: Identifier<Webhook>
        var eventTypes: Set<String> = []
        var pendingCount: Int
    }

    private var subscriptions: [Subscription] = []

    /// Reads them.
    ///
    /// One statement on an index, which finds nothing in a workspace without webhooks. SQLite takes the JSON apart, so
    /// that no secret is read and nothing is decoded that is not needed.
    init(of workspaceID: Identifier<Workspace>, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT record.record_id, type.value, coalesce(queue.pending_count, 0)
                FROM owned_records AS record
                    JOIN json_each(record.body, '$.eventTypes') AS type
                    LEFT JOIN webhook_queues AS queue ON queue.webhook_id = record.record_id
                WHERE record.workspace_id = ? AND record.kind = 'webhook'
                    AND record.body ->> '$.health.disabledAt' IS NULL
                ORDER BY record.sequence
                """
        )
        let rows = try Row.fetchCursor(statement, arguments: [workspaceID])
        while let row = try rows.next() {
            let (webhookID, type, pendingCount) = try RowReader.read(row, of: "owned_records") { columns in
                (try columns.take(Identifier<Webhook>.self), try columns.take(String.self), try columns.take(Int.self))
            }
            if subscriptions.last?.webhookID != webhookID {
                subscriptions.append(Subscription(webhookID: webhookID, pendingCount: pendingCount))
            }
            subscriptions[subscriptions.count - 1].eventTypes.insert(type)
        }
    }

    /// Writes the deliveries of an event that stands at a place of its workspace's sequence.
    ///
    /// - Returns: Whether any of them is to be sent.
    mutating func deliver(_ event: Event, at sequence: Int64, maximumPending: Int, _ db: Database) throws -> Bool {
        var hasPending = false
        for index in subscriptions.indices {
            let subscription = subscriptions[index]
            guard
                subscription.eventTypes.contains(Webhook.everyType)
                    || subscription.eventTypes.contains(event.type.rawValue)
            else { continue }
            let isRefused = subscription.pendingCount >= maximumPending
            let delivery = Delivery(of: event, at: sequence, to: subscription.webhookID, isRefused: isRefused)
            try DeliveryRow.insert(delivery, db)
            guard !isRefused else { continue }
            subscriptions[index].pendingCount += 1
            hasPending = true
        }
        return hasPending
    }
}

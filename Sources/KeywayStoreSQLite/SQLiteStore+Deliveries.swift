import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    /// What tells of events once they are durable.
    package var committedEvents: EventFeed { committer.committedEvents }

    /// What tells whether reads of devices may give other answers than before; kept by the committer.
    package var deviceRevisions: DeviceRevisions { committer.deviceRevisions }

    /// Raised after each write that made deliveries or armed some again.
    package var newDeliveries: Signal { committer.newDeliveries }

    /// Returns deliveries whose turn it is, of enabled webhooks only.
    package func dueDeliveries(_ query: DueDeliveryQuery) async throws(StoreError) -> DueDeliveries {
        try await read { db in
            var found: [DueDelivery] = []
            var nextAt: Timestamp?
            var unreadable: Set<Identifier<Webhook>> = []
            for webhookID in try Self.pendingWebhooks(after: query.after, db) where found.count < query.limit {
                let room = min(query.maximumPerWebhook, query.limit - found.count)
                do {
                    let (due, next) = try Self.due(of: webhookID, at: query.now, limit: room, db)
                    found += due
                    if let next { nextAt = min(nextAt ?? next, next) }
                } catch is DamagedRow {
                    // One that this version cannot read must not stop all the others.
                    unreadable.insert(webhookID)
                }
            }
            return DueDeliveries(deliveries: found, nextAt: nextAt, unreadable: unreadable)
        }
    }

    /// The webhooks with something pending, in the order of their ids, beginning after one and going round once.
    private static func pendingWebhooks(
        after: Identifier<Webhook>?,
        _ db: Database
    ) throws -> [Identifier<Webhook>] {
        let statement = try db.cachedStatement(
            sql: "SELECT webhook_id FROM webhook_queues WHERE pending_count > 0 ORDER BY webhook_id"
        )
        let all = try Identifier<Webhook>.fetchAll(statement)
        let start = after.map { after in all.firstIndex { $0 > after } ?? 0 } ?? 0
        return Array(all[start...] + all[..<start])
    }

    /// What is due of a webhook, and when the first of the rest will be.
    private static func due(
        of webhookID: Identifier<Webhook>,
        at now: Timestamp,
        limit: Int,
        _ db: Database
    ) throws -> (due: [DueDelivery], nextAt: Timestamp?) {
        guard let webhook = try OwnedRecordRow<Webhook>.fetch(where: "record_id = ?", [webhookID], db),
            webhook.health.isEnabled
        else { return ([], nil) }
        let untried = try fetch("failure_count = 0 AND next_try_at IS NOT NULL", [webhookID], of: webhook, limit, db)
        let retries = try fetch("failure_count > 0 AND next_try_at <= ?", [webhookID, now], of: webhook, limit, db)
        let due = (untried + retries).sorted { left, right in left.dueAt < right.dueAt }.prefix(limit)
        let next = try db.cachedStatement(
            sql: """
                SELECT min(next_try_at) FROM webhook_deliveries
                WHERE webhook_id = ? AND failure_count > 0 AND next_try_at > ?
                """
        )
        return (due.map(\.delivery), try Timestamp.fetchOne(next, arguments: [webhookID, now]))
    }

    /// Returns deliveries of a webhook that satisfy a condition, with when they became due, in that order.
    private static func fetch(
        _ condition: String,
        _ arguments: StatementArguments,
        of webhook: Webhook,
        _ limit: Int,
        _ db: Database
    ) throws -> [(dueAt: Timestamp, delivery: DueDelivery)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(DeliveryRow.columns),
                    (SELECT body FROM events WHERE events.workspace_id = delivery.workspace_id
                        AND events.sequence = delivery.event_sequence)
                FROM webhook_deliveries AS delivery
                WHERE webhook_id = ? AND \(condition) ORDER BY next_try_at, sequence LIMIT ?
                """
        )
        return try Row.fetchAll(statement, arguments: arguments + [limit])
            .map { row in
                let delivery = try DeliveryRow.read(row)
                let body = try row.decode(String.self, atIndex: row.count - 1)
                let due = DueDelivery(delivery: delivery, webhook: webhook, eventBody: body)
                return (delivery.nextTryAt ?? delivery.createdAt, due)
            }
    }

    /// Changes a delivery, its webhook, or both, with the events that tell of it, in one transaction.
    ///
    /// - Returns: The delivery after the change; nil if there is no such delivery.
    package func updateDelivery(
        _ id: Identifier<Delivery>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Delivery, inout Webhook?) -> [Event]
    ) async throws(StoreError) -> Delivery? {
        try await committer.write(touching: .nothing) { batch in
            guard var delivery = try DeliveryRow.fetch(id, in: workspaceID, batch.db) else { return nil }
            var webhook = try OwnedRecordRow<Webhook>.fetch(delivery.webhookID, in: workspaceID, batch.db)
            let (deliveryBefore, webhookBefore) = (delivery, webhook)
            let events = change(&delivery, &webhook)
            if let webhook, webhook != webhookBefore {
                try OwnedRecordRow(webhook).update(batch.db)
                batch.webhooksChanged(in: workspaceID)
            }
            if delivery != deliveryBefore { try DeliveryRow.update(delivery, batch.db) }
            try batch.insert(EventRow.rows(events))
            return try DeliveryRow.fetch(id, in: workspaceID, batch.db)
        }
    }

    /// Returns a page of deliveries, the latest first.
    package func deliveries(_ query: DeliveryQuery) async throws(StoreError) -> Page<Delivery> {
        try await read { db in
            var conditions = try Conditions(query)
            if let cursor = query.cursor { conditions.add("sequence < ?", [cursor]) }
            return try Self.page(
                db,
                sql: """
                    SELECT \(DeliveryRow.columns), sequence FROM webhook_deliveries
                    \(conditions.clause) ORDER BY sequence DESC LIMIT ?
                    """,
                conditions,
                limit: query.limit,
                DeliveryRow.read
            )
        }
    }

    /// Arms deliveries again that are not pending, in one transaction.
    ///
    /// They are looked for beside the writes of others, since that can take a while.
    ///
    /// - Returns: How many those are; nil, and nothing is changed, if they are more than the query's limit.
    package func redeliver(_ query: DeliveryQuery, at time: Timestamp) async throws(StoreError) -> Int? {
        let candidates = try await read { db in
            var conditions = try Conditions(query)
            conditions.add("status <> 'pending'")
            return try Int64.fetchAll(
                db,
                sql: "SELECT sequence FROM webhook_deliveries \(conditions.clause) LIMIT ?",
                arguments: conditions.arguments + [query.limit + 1]
            )
        }
        guard candidates.count <= query.limit else { return nil }
        guard !candidates.isEmpty else { return 0 }
        return try await committer.write(touching: .nothing) { batch in
            let db = batch.db
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT sequence, webhook_id, device_id FROM webhook_deliveries
                    WHERE sequence IN (SELECT value FROM json_each(?)) AND status <> 'pending'
                    """,
                arguments: [try JSONText.encode(candidates)]
            )
            guard !rows.isEmpty else { return 0 }
            let found = try rows.map { row in
                try RowReader.read(row, of: "webhook_deliveries") { columns in
                    (
                        sequence: try columns.take(Int64.self),
                        lane: Lane(webhookID: try columns.take(), device: try columns.take())
                    )
                }
            }
            var heads: [Lane: Int64?] = [:]
            for lane in Set(found.map(\.lane)) {
                heads[lane] = try DeliveryRow.head(of: lane.webhookID, lane.device, db)
            }
            try db.execute(
                sql: """
                    UPDATE webhook_deliveries SET status = 'pending', reason = NULL, finished_at = NULL, failure_count = 0
                    WHERE sequence IN (SELECT value FROM json_each(?))
                    """,
                arguments: [try JSONText.encode(found.map(\.sequence))]
            )
            for (lane, before) in heads {
                let head = try DeliveryRow.head(of: lane.webhookID, lane.device, db)
                guard let head, head != before else { continue }
                try db.execute(
                    sql: "UPDATE webhook_deliveries SET next_try_at = NULL WHERE sequence = ?",
                    arguments: [before]
                )
                try DeliveryRow.makeDue(head, at: time, db)
            }
            batch.deliveriesArmed()
            return found.count
        }
    }

    private struct Lane: Hashable {
        let webhookID: Identifier<Webhook>
        let device: String
    }

    /// Abandons pending deliveries of webhooks that were deleted or disabled, and returns how many those were.
    ///
    /// From the latest of each device to the first, which alone has a time: should the webhook be enabled again before
    /// all are abandoned, the rest still has its turn. The join's order is fixed, because without statistics SQLite would
    /// read every pending delivery to find none.
    package func abandonStoppedDeliveries(at time: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await committer.write(touching: .nothing) { batch in
            try batch.db.execute(
                sql: """
                    UPDATE webhook_deliveries SET status = 'abandoned', reason = 'webhook_stopped', next_try_at = NULL,
                        finished_at = ?
                    WHERE sequence IN (
                        SELECT delivery.sequence
                        FROM webhook_queues AS queue
                            CROSS JOIN webhook_deliveries AS delivery
                                ON delivery.webhook_id = queue.webhook_id AND delivery.status = 'pending'
                        WHERE queue.pending_count > 0
                            AND NOT EXISTS (SELECT 1 FROM owned_records AS record WHERE record.kind = 'webhook'
                                AND record.record_id = queue.webhook_id
                                AND record.body ->> '$.health.disabledAt' IS NULL)
                        ORDER BY queue.webhook_id DESC, delivery.device_id DESC, delivery.sequence DESC LIMIT ?)
                    """,
                arguments: [time, limit]
            )
            return batch.db.changesCount
        }
    }

    /// Forgets deliveries that stopped being pending before a time, and returns how many those were.
    package func forgetDeliveries(finishedBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await committer.write(touching: .nothing) { batch in
            try batch.db.execute(
                sql: """
                    DELETE FROM webhook_deliveries
                    WHERE sequence IN (SELECT sequence FROM webhook_deliveries WHERE finished_at < ? LIMIT ?)
                    """,
                arguments: [time, limit]
            )
            return batch.db.changesCount
        }
    }
}

extension Conditions {
    /// The conditions of a query for deliveries, without its page.
    fileprivate init(_ query: DeliveryQuery) throws {
        try self.init(in: query.workspaceID, "delivery_id", isOneOf: query.ids)
        if let webhookID = query.webhookID { add("webhook_id = ?", [webhookID]) }
        try add("status", isOneOf: query.statuses?.map(\.rawValue))
        try add("event_type", isOneOf: query.eventTypes)
        if let after = query.after { add("created_at > ?", [after]) }
        if let before = query.before { add("created_at < ?", [before]) }
    }
}

import FoundationEssentials
import KeywayModel

/// The webhook deliveries of a ``MemoryStore``.
struct MemoryDeliveries: Sendable {
    /// In the order in which they were written: the position is what a page cursor names; nil for one that is forgotten.
    private var rows: [Delivery?] = []
    private var positions: [Identifier<Delivery>: Int] = [:]
    /// The positions of what is pending, oldest first, by webhook and device; no list is empty.
    private var lanes: [Identifier<Webhook>: [Lane: [Int]]] = [:]
    private var pendingCounts: [Identifier<Webhook>: Int] = [:]
    /// How often a delivery was written or armed again.
    private(set) var armedCount = 0

    /// What keeps an order of its own among a webhook's deliveries: those about one device, or about none.
    private typealias Lane = Identifier<Device>?

    subscript(id: Identifier<Delivery>) -> Delivery? { positions[id].flatMap { rows[$0] } }

    /// Every delivery with its position, the latest first.
    var latestFirst: some Sequence<(position: Int, delivery: Delivery)> {
        rows.indices.reversed().lazy.compactMap { position in rows[position].map { (position, $0) } }
    }

    func pendingCount(of webhookID: Identifier<Webhook>) -> Int { pendingCounts[webhookID] ?? 0 }

    /// The webhooks with something pending, in the order of their ids.
    var pendingWebhooks: [Identifier<Webhook>] { lanes.keys.sorted() }

    /// The first pending delivery of each of a webhook's lanes, in the order in which they became due.
    func heads(of webhookID: Identifier<Webhook>) -> [Delivery] {
        (lanes[webhookID] ?? [:]).values
            .compactMap { queue in queue.first.flatMap { position in rows[position].map { (position, $0) } } }
            .sorted { left, right in
                (left.1.nextTryAt ?? left.1.createdAt, left.0) < (right.1.nextTryAt ?? right.1.createdAt, right.0)
            }
            .map(\.1)
    }

    /// The pending deliveries of a webhook, the latest first.
    func pending(of webhookID: Identifier<Webhook>) -> [Delivery] {
        (lanes[webhookID] ?? [:]).values.flatMap { $0 }.sorted(by: >).compactMap { rows[$0] }
    }

    /// Writes a new delivery.
    mutating func insert(_ delivery: Delivery) {
        positions[delivery.id] = rows.count
        rows.append(delivery)
        guard delivery.status == .pending else { return }
        armedCount += 1
        enter(rows.count - 1)
    }

    /// Replaces a delivery by what became of it, and keeps the lanes in order; one that becomes pending again is due at
    /// a time, or when its event was written.
    mutating func replace(_ delivery: Delivery, dueAt time: Timestamp? = nil) {
        guard let position = positions[delivery.id], let before = rows[position] else { return }
        rows[position] = delivery
        switch (before.status, delivery.status) {
        case (.pending, .pending):
            // Another one may have been armed again and be the first since.
            if lanes[delivery.webhookID]?[delivery.deviceID]?.first != position { rows[position]?.nextTryAt = nil }
        case (.pending, _): leave(position)
        case (_, .pending):
            armedCount += 1
            enter(position, dueAt: time)
        default: break
        }
    }

    mutating func forget(_ delivery: Delivery) {
        guard let position = positions.removeValue(forKey: delivery.id) else { return }
        rows[position] = nil
    }

    private mutating func enter(_ position: Int, dueAt time: Timestamp? = nil) {
        guard let delivery = rows[position] else { return }
        var queue = lanes[delivery.webhookID]?[delivery.deviceID] ?? []
        let first = queue.first
        queue.insert(position, at: queue.firstIndex { $0 > position } ?? queue.count)
        lanes[delivery.webhookID, default: [:]][delivery.deviceID] = queue
        pendingCounts[delivery.webhookID, default: 0] += 1
        if queue[0] == position {
            if let first { rows[first]?.nextTryAt = nil }
            makeDue(position, at: time)
        } else {
            rows[position]?.nextTryAt = nil
        }
    }

    private mutating func leave(_ position: Int) {
        guard let delivery = rows[position] else { return }
        rows[position]?.nextTryAt = nil
        var queue = lanes[delivery.webhookID]?[delivery.deviceID] ?? []
        queue.removeAll { $0 == position }
        lanes[delivery.webhookID]?[delivery.deviceID] = queue.isEmpty ? nil : queue
        if lanes[delivery.webhookID]?.isEmpty == true { lanes[delivery.webhookID] = nil }
        pendingCounts[delivery.webhookID, default: 1] -= 1
        if let next = queue.first, rows[next]?.nextTryAt == nil { makeDue(next, at: nil) }
    }

    private mutating func makeDue(_ position: Int, at time: Timestamp?) {
        let createdAt = rows[position]?.createdAt
        rows[position]?.nextTryAt = time ?? createdAt
    }
}

extension MemoryTables {
    /// The webhooks of a workspace.
    private func webhooks(of workspaceID: Identifier<Workspace>) -> [Webhook] {
        (ownedRecords[.webhook] ?? [])
            .compactMap { $0.record as? Webhook }
            .filter { $0.workspaceID == workspaceID }
    }

    /// Writes the deliveries of an event that stands at a place of its workspace's sequence.
    mutating func deliver(_ event: Event, at sequence: Int64) {
        for webhook in webhooks(of: event.workspaceID) where webhook.wants(event.type) {
            let isRefused = deliveries.pendingCount(of: webhook.id) >= maximumPendingDeliveries
            deliveries.insert(Delivery(of: event, at: sequence, to: webhook.id, isRefused: isRefused))
        }
    }

    func dueDeliveries(_ query: DueDeliveryQuery) throws(StoreError) -> DueDeliveries {
        var found: [DueDelivery] = []
        var nextAt: Timestamp?
        let webhooks = deliveries.pendingWebhooks
        let start = query.after.map { after in webhooks.firstIndex { $0 > after } ?? 0 } ?? 0
        for webhookID in webhooks[start...] + webhooks[..<start] where found.count < query.limit {
            let heads = deliveries.heads(of: webhookID)
            guard let workspaceID = heads.first?.workspaceID,
                let webhook: Webhook = record(webhookID, in: workspaceID), webhook.health.isEnabled
            else { continue }
            let due = heads.filter { $0.failureCount == 0 || $0.nextTryAt ?? $0.createdAt <= query.now }
            let later = heads.first { $0.failureCount > 0 && $0.nextTryAt ?? $0.createdAt > query.now }
            if let next = later?.nextTryAt { nextAt = min(nextAt ?? next, next) }
            for delivery in due.prefix(min(query.maximumPerWebhook, query.limit - found.count)) {
                let body = try eventBody(of: delivery)
                found.append(DueDelivery(delivery: delivery, webhook: webhook, eventBody: body))
            }
        }
        return DueDeliveries(deliveries: found, nextAt: nextAt)
    }

    private func eventBody(of delivery: Delivery) throws(StoreError) -> String {
        try Self.body(of: events(in: delivery.workspaceID, after: Int(delivery.eventSequence) - 1).first)
    }

    mutating func updateDelivery(
        _ id: Identifier<Delivery>,
        in workspaceID: Identifier<Workspace>,
        _ change: (inout Delivery, inout Webhook?) -> [Event]
    ) -> Delivery? {
        guard var delivery = deliveries[id], delivery.workspaceID == workspaceID else { return nil }
        var webhook: Webhook? = record(delivery.webhookID, in: workspaceID)
        let before = webhook
        let events = change(&delivery, &webhook)
        if let webhook, let before, webhook != before { replace(webhook) }
        deliveries.replace(delivery)
        append(events, to: workspaceID)
        return deliveries[id]
    }

    func deliveries(_ query: DeliveryQuery) -> Page<Delivery> {
        let found = Array(
            deliveries.latestFirst
                .filter { query.matches($0.delivery) && isBefore(query.cursor, $0.position) }
                .prefix(query.limit + 1)
        )
        let shown = found.prefix(query.limit)
        return Page(
            elements: shown.map(\.delivery),
            next: found.count > query.limit ? shown.last.map { Int64($0.position) } : nil
        )
    }

    private func isBefore(_ cursor: Int64?, _ position: Int) -> Bool { cursor.map { position < $0 } ?? true }

    mutating func redeliver(_ query: DeliveryQuery, at time: Timestamp) -> Int? {
        let found = deliveries.latestFirst.map(\.delivery).filter { $0.status != .pending && query.matches($0) }
        guard found.count <= query.limit else { return nil }
        for var delivery in found {
            delivery.rearm()
            deliveries.replace(delivery, dueAt: time)
        }
        return found.count
    }

    mutating func abandonStoppedDeliveries(at time: Timestamp, limit: Int) -> Int {
        var count = 0
        for webhookID in deliveries.pendingWebhooks {
            for var delivery in deliveries.pending(of: webhookID) {
                let webhook: Webhook? = record(webhookID, in: delivery.workspaceID)
                guard webhook?.health.isEnabled != true else { break }
                guard count < limit else { return count }
                delivery.abandon(at: time)
                deliveries.replace(delivery)
                count += 1
            }
        }
        return count
    }

    mutating func forgetDeliveries(finishedBefore time: Timestamp, limit: Int) -> Int {
        let old = deliveries.latestFirst.map(\.delivery)
            .filter { $0.finishedAt.map { $0 < time } ?? false }
            .prefix(limit)
        for delivery in old { deliveries.forget(delivery) }
        return old.count
    }
}

extension DeliveryQuery {
    fileprivate func matches(_ delivery: Delivery) -> Bool {
        delivery.workspaceID == workspaceID
            && webhookID.map { delivery.webhookID == $0 } ?? true
            && ids?.contains(delivery.id) ?? true
            && statuses?.contains(delivery.status) ?? true
            && eventTypes?.contains(delivery.eventType.rawValue) ?? true
            && after.map { delivery.createdAt > $0 } ?? true
            && before.map { delivery.createdAt < $0 } ?? true
    }
}

package import KeywayModel
import Synchronization

extension MemoryStore {
    /// Returns deliveries whose turn it is, of enabled webhooks only.
    package func dueDeliveries(_ query: DueDeliveryQuery) async throws(StoreError) -> DueDeliveries {
        try tables.withLock { tables throws(StoreError) in try tables.dueDeliveries(query) }
    }

    /// Changes a delivery, its webhook, or both, with the events that tell of it.
    ///
    /// - Returns: The delivery after the change; nil if there is no such delivery.
    package func updateDelivery(
        _ id: Identifier<Delivery>,
        in workspaceID: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Delivery, inout Webhook?) -> [Event]
    ) async throws(StoreError) -> Delivery? {
        self.change { $0.updateDelivery(id, in: workspaceID, change) }
    }

    /// Returns a page of deliveries, the latest first.
    package func deliveries(_ query: DeliveryQuery) async throws(StoreError) -> Page<Delivery> {
        tables.withLock { $0.deliveries(query) }
    }

    /// Arms deliveries again that are not pending.
    ///
    /// - Returns: How many those are; nil, and nothing is changed, if they are more than the query's limit.
    package func redeliver(_ query: DeliveryQuery, at time: Timestamp) async throws(StoreError) -> Int? {
        change { $0.redeliver(query, at: time) }
    }

    /// Abandons pending deliveries of webhooks that were deleted or disabled, and returns how many those were.
    package func abandonStoppedDeliveries(at time: Timestamp, limit: Int) async throws(StoreError) -> Int {
        tables.withLock { $0.abandonStoppedDeliveries(at: time, limit: limit) }
    }

    /// Forgets deliveries that stopped being pending before a time, and returns how many those were.
    package func forgetDeliveries(finishedBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
        tables.withLock { $0.forgetDeliveries(finishedBefore: time, limit: limit) }
    }
}

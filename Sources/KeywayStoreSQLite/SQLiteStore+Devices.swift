import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    /// Adds a device with the event that says so; a device that is there already stays as it is, without an event.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if its workspace does not have its connected account.
    package func add(_ device: Device, event: Event) async throws(StoreError) {
        let row = try DeviceRow(device)
        let eventRow = try EventRow(event)
        try await committer.write { batch in
            if try row.insert(batch.db) { try batch.insert(eventRow) }
        }
    }

    /// Changes a device's record with the events that tell of it, in one transaction.
    ///
    /// - Returns: The record after the change, or why there was none; nil if there is no such device.
    package func updateDevice<Refusal: Error>(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout Device) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<Device, Refusal>? {
        try await committer.write { batch in
            guard let device = try DeviceRow.fetch(id, in: workspaceID, batch.db) else { return nil }
            var changed = device
            let events: [Event]
            do throws(Refusal) { events = try change(&changed) } catch { return .failure(error) }
            changed = device.updated(by: changed)
            if changed != device { try DeviceRow(changed).update(batch.db) }
            try batch.insert(EventRow.rows(events))
            return .success(changed)
        }
    }
}

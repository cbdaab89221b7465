import GRDB
package import KeywayModel
package import KeywayStore

extension SQLiteStore {
    /// Applies a lane's commit whole or not at all, giving each new event the next sequence number of its workspace.
    ///
    /// - Throws: ``KeywayStore/StoreError`` with code `conflict` if the store does not have the device.
    package func commit(_ commit: LaneCommit) async throws(StoreError) {
        let write = try LaneWrite(commit)
        try await committer.write(touching: DeviceRevisions.Touch(commit)) { batch in try write.perform(in: &batch) }
    }

    /// Returns every pending attempt with its device, ordered by device and then by acceptance.
    package func unresolvedAttempts() async throws(StoreError) -> [UnresolvedLane] {
        try await read { db in
            let attempts = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(ActionAttemptRow.columns) FROM action_attempts
                    WHERE status = 'pending' ORDER BY device_id, sequence
                    """
            )
            let byDevice = try Dictionary(grouping: Array(attempts.map(ActionAttemptRow.read)), by: \.deviceID)
            let devices = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(DeviceRow.columns) FROM \(DeviceRow.tables)
                    WHERE device_id IN (SELECT device_id FROM action_attempts WHERE status = 'pending')
                    ORDER BY device_id
                    """
            )
            return try Array(
                devices.map { row in
                    let device = try DeviceRow.read(row)
                    return UnresolvedLane(device: device, attempts: byDevice[device.id] ?? [])
                }
            )
        }
    }
}

import GRDB
import KeywayModel
import KeywayStore

/// A device on its way into the database: what takes time is done before it gets in line.
struct DeviceRow: Sendable {
    private let device: Device
    private let description: String
    private let customMetadata: String
    private let driverSettings: String

    /// Prepares a device.
    init(_ device: Device) throws(StoreError) {
        self.device = device
        description = try JSONText.encode(device.description)
        customMetadata = try JSONText.encode(device.customMetadata)
        driverSettings = try JSONText.encode(device.driverSettings)
    }

    /// The columns that ``read(_:)`` takes, in its order, of ``tables``.
    static let columns = """
        device_id, workspace_id, connected_account_id, provider, native_id, created_at, description, nickname, \
        custom_metadata, driver_settings, is_online, online_changed_at, reported_bolt, reported_at, is_assumed, \
        wanted_bolt, moving_bolt, battery_level, is_door_open, offline_cause, is_battery_low, warnings, \
        bolt_claimed_at, online_claimed_at, battery_claimed_at
        """

    /// What the columns are selected from.
    static let tables = "devices JOIN device_states USING (workspace_id, device_id)"

    /// Reads a device.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Device {
        try RowReader.read(row, of: "devices") { columns in
            var device = Device(
                id: try columns.take(),
                workspaceID: try columns.take(),
                connectedAccountID: try columns.take(),
                provider: try columns.take(),
                nativeID: try columns.take(),
                createdAt: try columns.take(),
                description: try columns.takeJSON(),
                nickname: try columns.take(),
                customMetadata: try columns.takeJSON(),
                driverSettings: try columns.takeJSON(),
                state: DeviceState(
                    isOnline: try columns.take(),
                    onlineChangedAt: try columns.take(),
                    reportedBolt: try columns.take(),
                    reportedAt: try columns.take(),
                    isAssumed: try columns.take(),
                    wantedBolt: try columns.take(),
                    movingBolt: try columns.take(),
                    batteryLevel: try columns.take(),
                    isDoorOpen: try columns.take()
                )
            )
            device.state.offlineCause = try columns.take()
            device.state.isBatteryLow = try columns.take()
            device.state.warnings = try columns.take(String?.self).map { try JSONText.decode(from: $0) } ?? []
            device.state.boltClaimedAt = try columns.take()
            device.state.onlineClaimedAt = try columns.take()
            device.state.batteryClaimedAt = try columns.take()
            return device
        }
    }

    /// Inserts the device with its state, unless its id is there already.
    ///
    /// - Returns: Whether it was inserted.
    @discardableResult
    func insert(_ db: Database) throws -> Bool {
        try db.cachedStatement(
            sql: """
                INSERT INTO devices (device_id, workspace_id, connected_account_id, provider, native_id, created_at,
                    device_type, manufacturer, name, nickname, search_text, description, custom_metadata,
                    driver_settings)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (device_id) DO NOTHING
                """
        )
        .execute(
            arguments: [
                device.id, device.workspaceID, device.connectedAccountID, device.provider, device.nativeID,
                device.createdAt, device.description.deviceType, device.description.manufacturer,
                device.description.name, device.nickname, device.searchText, description, customMetadata,
                driverSettings,
            ]
        )
        guard db.changesCount == 1 else { return false }
        // Somewhere to be updated: the columns of a state are listed once.
        try db.cachedStatement(
            sql: """
                INSERT INTO device_states (workspace_id, device_id, is_online, reported_bolt, is_assumed)
                VALUES (?, ?, 1, 'unknown', 0)
                """
        )
        .execute(arguments: [device.workspaceID, device.id])
        return try Self.update(device.state, of: device.id, in: device.workspaceID, db)
    }

    /// Replaces a device's state.
    ///
    /// - Returns: Whether there is such a device in the workspace.
    static func update(
        _ state: DeviceState,
        of deviceID: Identifier<Device>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws -> Bool {
        try db.cachedStatement(
            sql: """
                UPDATE device_states
                SET is_online = ?, online_changed_at = ?, reported_bolt = ?, reported_at = ?, is_assumed = ?,
                    wanted_bolt = ?, moving_bolt = ?, battery_level = ?, is_door_open = ?, offline_cause = ?,
                    is_battery_low = ?, warnings = ?, bolt_claimed_at = ?, online_claimed_at = ?,
                    battery_claimed_at = ?
                WHERE workspace_id = ? AND device_id = ?
                """
        )
        .execute(
            arguments: [
                state.isOnline, state.onlineChangedAt, state.reportedBolt, state.reportedAt, state.isAssumed,
                state.wantedBolt, state.movingBolt, state.batteryLevel, state.isDoorOpen, state.offlineCause,
                state.isBatteryLow, state.warnings.isEmpty ? nil : try JSONText.encode(state.warnings),
                state.boltClaimedAt, state.onlineClaimedAt, state.batteryClaimedAt, workspaceID, deviceID,
            ]
        )
        return db.changesCount == 1
    }

    /// Whether there is such a device in the workspace.
    static func exists(
        _ deviceID: Identifier<Device>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM device_states WHERE workspace_id = ? AND device_id = ?"
        )
        return try Int.fetchOne(statement, arguments: [workspaceID, deviceID]) != nil
    }
}

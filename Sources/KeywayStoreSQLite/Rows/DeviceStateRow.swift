import GRDB
import KeywayModel
import KeywayStore

/// A device's state on its way into the database: what takes time is done before it gets in line.
struct DeviceStateRow: Sendable {
    private let state: DeviceState
    private let warnings: String?
    private let autoLock: String?

    /// Prepares a state.
    init(_ state: DeviceState) throws(StoreError) {
        self.state = state
        warnings = state.warnings.isEmpty ? nil : try JSONText.encode(state.warnings)
        autoLock = if let setting = state.autoLock { try JSONText.encode(setting) } else { nil }
    }

    /// The columns that ``read(_:)`` takes, in its order.
    static let columns = """
        is_online, offline_cause, online_changed_at, reported_bolt, reported_at, is_assumed, wanted_bolt, \
        moving_bolt, battery_level, is_battery_low, is_door_open, auto_lock, subscription_expired_at, warnings, \
        bolt_claimed_at, online_claimed_at, battery_claimed_at
        """

    /// Takes a state's columns out of a longer row.
    static func read(_ columns: inout RowReader) throws -> DeviceState {
        DeviceState(
            isOnline: try columns.take(),
            offlineCause: try columns.take(),
            onlineChangedAt: try columns.take(),
            reportedBolt: try columns.take(),
            reportedAt: try columns.take(),
            isAssumed: try columns.take(),
            wantedBolt: try columns.take(),
            movingBolt: try columns.take(),
            batteryLevel: try columns.take(),
            isBatteryLow: try columns.take(),
            isDoorOpen: try columns.take(),
            autoLock: try columns.takeJSON(ifNull: nil),
            subscriptionExpiredAt: try columns.take(),
            warnings: try columns.takeJSON(ifNull: []),
            boltClaimedAt: try columns.take(),
            onlineClaimedAt: try columns.take(),
            batteryClaimedAt: try columns.take()
        )
    }

    /// Inserts the state of a new device.
    func insert(
        of deviceID: Identifier<Device>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO device_states (\(Self.columns), workspace_id, device_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        .execute(arguments: values + [workspaceID, deviceID])
    }

    /// Replaces a device's state.
    ///
    /// - Returns: Whether there is such a device in the workspace.
    func update(
        of deviceID: Identifier<Device>,
        in workspaceID: Identifier<Workspace>,
        _ db: Database
    ) throws -> Bool {
        try db.cachedStatement(
            sql: """
                UPDATE device_states
                SET (\(Self.columns)) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                WHERE workspace_id = ? AND device_id = ?
                """
        )
        .execute(arguments: values + [workspaceID, deviceID])
        return db.changesCount == 1
    }

    /// The values of the columns, in their order.
    private var values: StatementArguments {
        [
            state.isOnline, state.offlineCause, state.onlineChangedAt, state.reportedBolt, state.reportedAt,
            state.isAssumed, state.wantedBolt, state.movingBolt, state.batteryLevel, state.isBatteryLow,
            state.isDoorOpen, autoLock, state.subscriptionExpiredAt, warnings, state.boltClaimedAt,
            state.onlineClaimedAt, state.batteryClaimedAt,
        ]
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

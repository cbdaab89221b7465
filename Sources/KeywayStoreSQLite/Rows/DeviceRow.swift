import GRDB
import KeywayModel
import KeywayStore

/// A device on its way into the database: what takes time is done before it gets in line.
struct DeviceRow: Sendable {
    private let device: Device
    private let description: String
    private let customMetadata: String
    private let driverSettings: String
    private let state: DeviceStateRow

    /// Prepares a device.
    init(_ device: Device) throws(StoreError) {
        self.device = device
        description = try JSONText.encode(device.description)
        customMetadata = try JSONText.encode(device.customMetadata)
        driverSettings = try JSONText.encode(device.driverSettings)
        state = try DeviceStateRow(device.state)
    }

    /// Prepares devices.
    static func rows(_ devices: [Device]) throws(StoreError) -> [DeviceRow] {
        var rows: [DeviceRow] = []
        for device in devices { rows.append(try DeviceRow(device)) }
        return rows
    }

    /// The columns that ``read(_:)`` takes, in its order, of ``tables``.
    static let columns = """
        device_id, workspace_id, connected_account_id, provider, native_id, created_at, description, nickname, \
        custom_metadata, is_managed, deleted_at, driver_settings, \(DeviceStateRow.columns)
        """

    /// What the columns are selected from.
    static let tables = "devices JOIN device_states USING (workspace_id, device_id)"

    /// Reads a device.
    ///
    /// - Throws: ``DamagedRow`` if that is not what the row holds.
    static func read(_ row: Row) throws -> Device {
        try RowReader.read(row, of: "devices") { columns in
            Device(
                id: try columns.take(),
                workspaceID: try columns.take(),
                connectedAccountID: try columns.take(),
                provider: try columns.take(),
                nativeID: try columns.take(),
                createdAt: try columns.take(),
                description: try columns.takeJSON(),
                nickname: try columns.take(),
                customMetadata: try columns.takeJSON(),
                isManaged: try columns.take(),
                deletedAt: try columns.take(),
                driverSettings: try columns.takeJSON(),
                state: try DeviceStateRow.read(&columns)
            )
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
                    is_managed, deleted_at, driver_settings)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (device_id) DO NOTHING
                """
        )
        .execute(
            arguments: [
                device.id, device.workspaceID, device.connectedAccountID, device.provider, device.nativeID,
                device.createdAt, device.description.deviceType, device.description.manufacturer,
                device.description.name, device.nickname, device.searchText, description, customMetadata,
                device.isManaged, device.deletedAt, driverSettings,
            ]
        )
        guard db.changesCount == 1 else { return false }
        try state.insert(of: device.id, in: device.workspaceID, db)
        return true
    }

    /// Replaces the device's record, but for its identity and where it came from; the state stays as it is.
    func update(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE devices
                SET device_type = ?, manufacturer = ?, name = ?, nickname = ?, search_text = ?, description = ?,
                    custom_metadata = ?, is_managed = ?, deleted_at = ?, driver_settings = ?
                WHERE device_id = ? AND workspace_id = ?
                """
        )
        .execute(
            arguments: [
                device.description.deviceType, device.description.manufacturer, device.description.name,
                device.nickname, device.searchText, description, customMetadata, device.isManaged, device.deletedAt,
                driverSettings, device.id, device.workspaceID,
            ]
        )
    }

    /// Marks a device as deleted, unless it is already.
    ///
    /// - Returns: Whether it was not.
    static func delete(
        _ deviceID: Identifier<Device>,
        in workspaceID: Identifier<Workspace>,
        at time: Timestamp,
        _ db: Database
    ) throws -> Bool {
        try db.cachedStatement(
            sql: "UPDATE devices SET deleted_at = ? WHERE device_id = ? AND workspace_id = ? AND deleted_at IS NULL"
        )
        .execute(arguments: [time, deviceID, workspaceID])
        return db.changesCount == 1
    }

    /// Returns a device, deleted or not; nil if there is none with this id in the workspace, or, without one, in all.
    static func fetch(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?,
        _ db: Database
    ) throws -> Device? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM \(tables) WHERE device_id = ?")
        let device = try Row.fetchOne(statement, arguments: [id]).map(read)
        return workspaceID == nil || device?.workspaceID == workspaceID ? device : nil
    }
}

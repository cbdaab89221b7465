extension KeywayClient {
    /// The devices that the credential sees.
    public struct Devices: Sendable {
        let connection: ServerConnection

        /// The devices that fit a filter, the oldest first.
        ///
        /// - Parameters:
        ///   - filter: Which ones; by default all.
        ///   - pageSize: How many are fetched at once; nil: what the server thinks fit.
        /// - Returns: The devices, fetched as they are walked through.
        public func list(_ filter: DeviceFilter = DeviceFilter(), pageSize: Int? = nil) -> PagedList<Device> {
            connection.list("/devices/list", key: "devices", filter.query, pageSize: pageSize)
        }

        /// The device with an identity.
        ///
        /// - Throws: ``APIError`` `device_not_found`, or what any request throws.
        public func get(_ id: String) async throws -> Device {
            var query = Query()
            query["device_id"] = .text(id)
            return try await connection.send(.read("/devices/get", query)).object("device")
        }

        /// The device with a name; if there are several, the oldest.
        ///
        /// - Throws: ``APIError`` `device_not_found`, or what any request throws.
        public func get(named name: String) async throws -> Device {
            var query = Query()
            query["name"] = .text(name)
            return try await connection.send(.read("/devices/get", query)).object("device")
        }
    }
}

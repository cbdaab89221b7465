import KeywayEngine
import KeywayModel
import KeywayStore

/// Finds the one device that a `get` endpoint is asked for.
enum DeviceLookup {
    static let id = Parameter.optional("device_id", .uuid(Device.self), "The device.")
    static let name = Parameter.optional(
        "name",
        .string(minimumLength: 1),
        "The device's exact name, at its provider or as its users call it."
    )

    /// The device with the id and the name given, with its state as of now; not found if the endpoint shows no such kind
    /// of device.
    ///
    /// - Throws: ``APIError`` of type `device_not_found`.
    static func device(
        _ call: Call,
        _ caller: Caller,
        isWanted: @Sendable (Device) -> Bool
    ) async throws -> Device {
        let (id, name) = (try call[id], try call[name])
        let data = [("device_id", id?.description), ("name", name)]
            .reduce(into: [String: String]()) { data, pair in
                data[pair.0] = pair.1
            }
        guard let found = try await find(id, name, call, caller, isWanted), isWanted(found) else {
            throw APIError.notFound("device", data)
        }
        return found
    }

    private static func find(
        _ id: Identifier<Device>?,
        _ name: String?,
        _ call: Call,
        _ caller: Caller,
        _ isWanted: @Sendable (Device) -> Bool
    ) async throws -> Device? {
        if let id {
            let device = try await call.services.engine.device(id, in: caller.workspaceID)
            guard let name, let device else { return device }
            return device.description.name == name || device.nickname == name ? device : nil
        }
        var query = DeviceQuery(workspaceID: caller.workspaceID, name: name)
        query.limit = call.services.configuration.maximumPageSize
        guard let stored = try await call.services.store.devices(query).elements.first(where: isWanted) else {
            return nil
        }
        return try await call.services.engine.device(stored.id, in: caller.workspaceID)
    }
}

import KeywayEngine
import KeywayModel
import KeywayStore

/// Finds the one device that an endpoint is asked for among those that the caller sees, and changes it.
enum DeviceLookup {
    static let id = Parameter.optional("device_id", .uuid(Device.self), "The device.")
    static let name = Parameter.optional(
        "name",
        .nonEmptyString(),
        "The device's exact name, at its provider or as its users call it."
    )
    static let required = Parameter.required("device_id", .uuid(Device.self), "The device.")

    /// The managed device with the id and the name given, with its state as of now.
    ///
    /// - Throws: ``APIError`` of type `device_not_found`, also if the endpoint shows no such kind of device.
    static func managedDevice(
        _ call: Call,
        _ caller: Caller,
        isWanted: (Device) -> Bool = { _ in true }
    ) async throws -> Device {
        guard let device = try await find(call, caller, isManaged: true, isWanted) else {
            throw APIError.notFound("device", try data(call))
        }
        return device
    }

    /// The device with the id and the name given that is not managed, with its state as of now.
    ///
    /// - Throws: ``APIError`` of type `device_not_found`, with a hint if the device is managed.
    static func unmanagedDevice(_ call: Call, _ caller: Caller) async throws -> Device {
        if let device = try await find(call, caller, isManaged: false) { return device }
        let isManaged = try await find(call, caller, isManaged: true) != nil
        let data = try data(call)
        throw isManaged ? APIError.managedDeviceNotFound(data) : APIError.notFound("device", data)
    }

    /// The device of an id, managed or not.
    ///
    /// - Throws: ``APIError`` of type `device_not_found`.
    static func device(_ id: Identifier<Device>, _ call: Call, _ caller: Caller) async throws -> Device {
        guard let device = try await call.services.engine.device(id, in: caller.workspaceID),
            caller.sees(device.connectedAccountID)
        else { throw notFound(id) }
        return device
    }

    /// The device of an id, to act on.
    ///
    /// - Throws: ``APIError`` of type `device_not_found`, `device_unmanaged` or `workspace_suspended`.
    static func actionTarget(_ id: Identifier<Device>, _ call: Call, _ caller: Caller) async throws -> Device {
        try caller.requireActive()
        let device = try await device(id, call, caller)
        guard device.isManaged else { throw APIError.deviceUnmanaged }
        return device
    }

    /// Changes the record of a device as it is at that moment, and writes the events that tell of it with it.
    ///
    /// `change` may be called more than once, and only the last call counts.
    ///
    /// - Throws: ``APIError`` of type `device_not_found`; what `change` throws, and then nothing is changed.
    static func change(
        _ id: Identifier<Device>,
        _ call: Call,
        _ caller: Caller,
        _ change: @escaping @Sendable (inout Device) throws(APIError) -> [Event]
    ) async throws {
        let result = try await call.services.engine.updateDevice(id, in: caller.workspaceID) {
            device throws(APIError) in
            guard device.deletedAt == nil, caller.sees(device.connectedAccountID) else { throw notFound(id) }
            return try change(&device)
        }
        guard let result else { throw notFound(id) }
        _ = try result.get()
    }

    private static func find(
        _ call: Call,
        _ caller: Caller,
        isManaged: Bool,
        _ isWanted: (Device) -> Bool = { _ in true }
    ) async throws -> Device? {
        let (id, name) = (try call[id], try call[name])
        if let id {
            guard let device = try await call.services.engine.device(id, in: caller.workspaceID),
                device.isManaged == isManaged, isWanted(device), caller.sees(device.connectedAccountID),
                name.map({ device.description.name == $0 || device.nickname == $0 }) ?? true
            else { return nil }
            return device
        }
        let query = DeviceQuery(
            workspaceID: caller.workspaceID,
            connectedAccountIDs: caller.visibleAccounts,
            name: name,
            isManaged: isManaged,
            limit: call.services.configuration.maximumPageSize
        )
        guard let stored = try await call.services.store.devices(query).elements.first(where: isWanted) else {
            return nil
        }
        return try await call.services.engine.device(stored.id, in: caller.workspaceID)
    }

    /// What a caller asked for, to be told what was not found.
    private static func data(_ call: Call) throws -> [String: String] {
        var data: [String: String] = [:]
        data["device_id"] = try call[id]?.description
        data["name"] = try call[name]
        return data
    }

    private static func notFound(_ id: Identifier<Device>) -> APIError {
        .notFound("device", ["device_id": id.description])
    }
}

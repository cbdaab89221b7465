import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import Logging

/// What the `simulate` endpoints have in common: they command virtual devices, in sandbox workspaces only.
enum Simulation {
    static let deviceID = Parameter.required("device_id", .uuid(Device.self), "The virtual device.")

    /// Makes sure that the caller's workspace is a sandbox.
    ///
    /// - Throws: ``APIError`` of type `workspace_not_sandbox` if it is not.
    static func requireSandbox(_ call: Call, _ caller: Caller) async throws {
        guard let workspace = try await call.services.store.workspace(caller.workspaceID), workspace.isSandbox else {
            throw APIError.workspaceNotSandbox
        }
    }

    /// Finds the device that the request names and the driver that plays it.
    ///
    /// - Throws: ``APIError`` of type `workspace_not_sandbox`, `device_not_found` or `device_type_not_supported`.
    static func target(_ call: Call, _ caller: Caller) async throws -> (Device, any DeviceSimulator) {
        try await requireSandbox(call, caller)
        let id = try call[deviceID]
        guard let device = try await call.services.engine.device(id, in: caller.workspaceID) else {
            throw APIError.notFound("device", ["device_id": id.description])
        }
        return (device, try simulator(of: device, call))
    }

    /// The driver that plays a virtual device.
    ///
    /// - Throws: ``APIError`` of type `device_type_not_supported` for a device that is not virtual.
    static func simulator(of device: Device, _ call: Call) throws(APIError) -> any DeviceSimulator {
        guard let simulator = call.services.simulators[device.provider] else {
            throw .deviceTypeNotSupported("This device is not a virtual one")
        }
        return simulator
    }

    /// Gives a virtual device something to do.
    ///
    /// - Throws: ``APIError`` with status 503 if it cannot do it for a reason of its own, which is logged; what the store
    ///   or the engine throws.
    static func command(_ call: Call, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            if APIError(translating: error) != nil { throw error }
            call.services.logger.warning(
                "a virtual device did not do as told",
                metadata: ["request.id": "\(call.requestID)", "error": "\(error)"]
            )
            throw APIError.serviceUnavailable(
                "The virtual device cannot do this at the moment",
                retryAfter: .seconds(1)
            )
        }
    }
}

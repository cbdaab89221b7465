import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import Logging

/// What the `simulate` endpoints have in common: they command virtual devices, in sandbox workspaces only.
enum Simulation {
    static let deviceID = Parameter.required("device_id", .uuid(Device.self), "The virtual device.")

    /// Makes sure that the caller's workspace is a sandbox, and not suspended.
    ///
    /// - Throws: ``APIError`` of type `workspace_not_sandbox` or `workspace_suspended`.
    static func requireSandbox(_ caller: Caller) throws(APIError) {
        guard caller.workspace.isSandbox else { throw .workspaceNotSandbox }
        try caller.requireActive()
    }

    /// Finds the device that the request names and the driver that plays it, and makes sure that the device has a
    /// capability, if one is needed.
    ///
    /// - Throws: ``APIError`` of type `workspace_not_sandbox`, `device_not_found` or `device_type_not_supported`.
    static func target(
        _ call: Call,
        _ caller: Caller,
        needs capability: DeviceCapability? = nil
    ) async throws -> (Device, any DeviceSimulator) {
        try requireSandbox(caller)
        let device = try await DeviceLookup.device(try call[deviceID], call, caller)
        let simulator = try simulator(of: device, call)
        if let capability { try require(capability, of: device) }
        return (device, simulator)
    }

    /// Makes sure that a device has a capability.
    ///
    /// - Throws: ``APIError`` of type `device_type_not_supported` if it has not.
    static func require(_ capability: DeviceCapability, of device: Device) throws(APIError) {
        guard device.description.capabilities.contains(capability) else {
            throw .deviceTypeNotSupported("This cannot happen to the device, as it has no \(capability.rawValue)")
        }
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

    /// The driver that plays the devices of a virtual account.
    ///
    /// - Throws: ``APIError`` of type `device_type_not_supported` for an account that is not virtual.
    static func simulator(of account: ConnectedAccount, _ call: Call) throws(APIError) -> any DeviceSimulator {
        guard let simulator = call.services.simulators[account.provider] else {
            throw .deviceTypeNotSupported("This connected account is not a virtual one")
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

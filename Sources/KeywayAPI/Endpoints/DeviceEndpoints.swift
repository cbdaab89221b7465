import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore

/// `/devices/*` (wire contract, section 4.3).
enum DeviceEndpoints {
    static let all = [get, list, simulateConnect, simulateDisconnect]

    // MARK: One device

    private static let get = Endpoint(
        "/devices/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a device, by its id, its name, or both.",
        parameters: [DeviceLookup.id, DeviceLookup.name],
        needsOneOf: [DeviceLookup.id, DeviceLookup.name],
        responseKeys: ["device"]
    ) { call, caller in
        ["device": DeviceBody(device: try await DeviceLookup.device(call, caller) { _ in true })]
    }

    // MARK: Many devices

    private static let list = Endpoint(
        "/devices/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns devices, the oldest first. Filters are joined by AND; an empty list filter matches nothing.",
        parameters: DeviceFilters.ofDevices + [Paging.limit, Paging.cursor],
        responseKeys: ["devices", "pagination"]
    ) { call, caller in
        let page: Page<Device>
        if let filters = try DeviceFilters(call) {
            var query = filters.query(in: caller.workspaceID)
            query.limit = try call.pageSize
            query.after = try call.pageStart
            let found = try await call.services.store.devices(query)
            page = Page(elements: found.elements.filter(filters.acceptsCapabilities), next: found.next)
        } else {
            page = Page(elements: [], next: nil)
        }
        return [
            "devices": page.elements.map { DeviceBody(device: $0) },
            "pagination": call.pagination(next: page.next),
        ]
    }

    // MARK: Simulation

    private static let simulateConnect = Endpoint(
        "/devices/simulate/connect",
        .action,
        accepts: .standard,
        "Puts a virtual device back on the network.",
        parameters: [Simulation.deviceID]
    ) { call, caller in
        let (device, simulator) = try await Simulation.target(call, caller)
        try await call.once(caller) {
            try await Simulation.command(call) { try await simulator.connect(device) }
        }
        return .done
    }

    private static let simulateDisconnect = Endpoint(
        "/devices/simulate/disconnect",
        .action,
        accepts: .standard,
        "Takes a virtual device off the network.",
        parameters: [Simulation.deviceID]
    ) { call, caller in
        let (device, simulator) = try await Simulation.target(call, caller)
        try await call.once(caller) {
            try await Simulation.command(call) { try await simulator.disconnect(device) }
        }
        return .done
    }
}

import KeywayDriver
import KeywayEngine
import KeywayModel

/// `/devices/simulate/*` (wire contract, section 4.3): what happens to virtual devices.
enum DeviceSimulationEndpoints {
    static let all = [connect, disconnect, connectToHub, disconnectFromHub, paidSubscription, remove]

    private static let connect = simulation(
        "connect",
        needs: .canSimulateConnection,
        "Puts a virtual device back on the network.",
        of: { _ in .connected }
    )
    private static let disconnect = simulation(
        "disconnect",
        needs: .canSimulateDisconnection,
        "Takes a virtual device off the network.",
        of: { _ in .disconnected }
    )
    private static let connectToHub = simulation(
        "connect_to_hub",
        needs: .canSimulateHubConnection,
        "Puts the hub of a virtual device back on the network.",
        of: { _ in .connectedToHub }
    )
    private static let disconnectFromHub = simulation(
        "disconnect_from_hub",
        needs: .canSimulateHubDisconnection,
        "Takes the hub of a virtual device off the network.",
        of: { _ in .disconnectedFromHub }
    )
    private static let isExpired = Parameter.required(
        "is_expired",
        .boolean(),
        "Whether the subscription has run out; false: it is paid again."
    )
    private static let paidSubscription = simulation(
        "paid_subscription",
        needs: .canSimulatePaidSubscription,
        "Lets the subscription at the maker of a virtual device run out, or be paid again.",
        parameters: [isExpired],
        of: { call in .subscription(isExpired: try call[isExpired]) }
    )
    private static let remove = simulation(
        "remove",
        needs: .canSimulateRemoval,
        "Lets a virtual device vanish from its connected account. Only a reset of the workspace brings it back.",
        of: { _ in .removed }
    )

    /// The endpoint that lets something happen to virtual devices that have a capability.
    private static func simulation(
        _ name: String,
        needs capability: DeviceCapability,
        _ summary: String,
        parameters: [any DeclaredParameter] = [],
        of happening: @escaping @Sendable (Call) throws -> SimulatedHappening
    ) -> Endpoint {
        Endpoint(
            "/devices/simulate/\(name)",
            .action,
            accepts: .standard,
            summary,
            parameters: [Simulation.deviceID] + parameters
        ) { call, caller in
            let happening = try happening(call)
            let (device, simulator) = try await Simulation.target(call, caller, needs: capability)
            try await call.once(caller) {
                try await Simulation.command(call) { try await simulator.simulate(happening, to: device) }
            }
            return .done
        }
    }
}

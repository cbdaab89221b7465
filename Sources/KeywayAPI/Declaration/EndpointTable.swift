/// Every endpoint by its exact path.
package struct EndpointTable: Sendable {
    /// The endpoints of this server.
    package static let all = EndpointTable(
        ActionAttemptEndpoints.all + ClientSessionEndpoints.all + ConnectWebviewEndpoints.all
            + ConnectedAccountEndpoints.all + DeviceEndpoints.all + DeviceSimulationEndpoints.all
            + EventEndpoints.all + HealthEndpoints.all + LockEndpoints.all + LockSimulationEndpoints.all
            + UnmanagedDeviceEndpoints.all + WebhookEndpoints.all + WorkspaceEndpoints.all
            + WebhookDeliveryEndpoints.all + EventStreamEndpoints.all
    )

    /// The endpoints in the order of their declaration.
    package let endpoints: [Endpoint]
    private let byPath: [String: Endpoint]

    /// Makes a table; no two endpoints may have one path.
    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        byPath = Dictionary(uniqueKeysWithValues: endpoints.map { ($0.path, $0) })
    }

    /// The endpoint at a path; nil if there is none.
    subscript(path: String) -> Endpoint? { byPath[path] }
}

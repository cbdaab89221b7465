package import Hummingbird
import NIOCore

/// Makes the HTTP server.
package enum APIServer {
    /// Makes a server that answers every endpoint of ``EndpointTable``.
    ///
    /// - Parameters:
    ///   - services: What the endpoints work with, and the settings.
    ///   - onServerRunning: Called once it listens, with the port it got; nil for a socket without one.
    /// - Returns: A service that runs until graceful shutdown and then ends the requests it has begun.
    package static func makeApplication(
        _ services: APIServices,
        onServerRunning: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) -> Application<APIResponder> {
        let configuration = services.configuration
        return Application(
            responder: APIResponder(services),
            server: .http1(configuration: .init(idleTimeout: TimeAmount(configuration.idleTimeout))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                // No `server` header: who asks need not know what answers.
                serverName: nil,
                availableConnectionsDelegate: .maximum(
                    configuration.maximumConnections,
                    logger: services.logger
                )
            ),
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.port) },
            logger: services.logger
        )
    }
}

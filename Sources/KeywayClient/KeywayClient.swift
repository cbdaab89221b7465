public import AsyncHTTPClient
public import Logging

/// A client of a Keyway server.
///
/// ```swift
/// let client = try KeywayClient(endpoint: "http://127.0.0.1:8080", apiKey: "seam_test…")
/// let success = try await client.locks.unlockDoor(lock.id)
/// ```
///
/// It is a value that can be copied and used from any task. Connections are kept and used again; they are closed when
/// the last copy is gone. What it throws is typed: ``APIError``, ``ConnectionError``, ``UnreadableAnswer``, and from
/// actions ``ActionFailed`` and ``ActionNotResolved``. A task that is cancelled gets a `CancellationError`.
public struct KeywayClient: Sendable {
    let connection: ServerConnection

    /// Makes a client that acts with an API key.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server is, such as `https://keyway.example.org`; a path in it is kept as a prefix.
    ///   - apiKey: The API key.
    /// - Throws: ``InvalidConfiguration`` if the endpoint is no HTTP URL or the key cannot be one.
    public init(endpoint: String, apiKey: String) throws {
        try self.init(endpoint: endpoint, credential: .apiKey(apiKey))
    }

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server is, such as `https://keyway.example.org`; a path in it is kept as a prefix.
    ///   - credential: What the client shows the server.
    ///   - configuration: Times and bounds.
    ///   - httpClient: The HTTP client to use, for TLS settings or proxies of your own; it must live as long as this one
    ///     and should follow no redirects. Nil: this client has one of its own.
    ///   - logger: Is told at level `debug` what is tried again. By default nothing is logged.
    /// - Throws: ``InvalidConfiguration`` if the endpoint is no HTTP URL, or the credential or a bound cannot be used.
    public init(
        endpoint: String,
        credential: Credential,
        configuration: Configuration = Configuration(),
        httpClient: HTTPClient? = nil,
        logger: Logger = Logger(label: "keyway-client") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        try self.init(
            endpoint: endpoint,
            credential: credential,
            configuration: configuration,
            httpClient: httpClient,
            logger: logger,
            surroundings: .system
        )
    }

    init(
        endpoint: String,
        credential: Credential,
        configuration: Configuration,
        httpClient: HTTPClient?,
        logger: Logger,
        surroundings: Surroundings
    ) throws {
        try credential.check()
        try configuration.check()
        connection = ServerConnection(
            endpoint: try Endpoint(endpoint),
            credential: credential,
            configuration: configuration,
            httpClient: httpClient,
            logger: logger,
            surroundings: surroundings
        )
    }

    /// The devices that the credential sees.
    public var devices: Devices { Devices(connection: connection) }

    /// The locks, and what can be done with them.
    public var locks: Locks { Locks(connection: connection) }

    /// The action attempts, and waiting for their outcomes.
    public var actionAttempts: ActionAttempts { ActionAttempts(connection: connection) }

    /// The events, as a list and as a stream.
    public var events: Events { Events(connection: connection) }

    /// The webhooks of the workspace.
    public var webhooks: Webhooks { Webhooks(connection: connection) }

    /// The workspace of the credential.
    public var workspaces: Workspaces { Workspaces(connection: connection) }
}

import AsyncHTTPClient
import KeywayModel
import KeywayStore
import NIOCore
import Synchronization

/// The HTTP clients, one for each host and address: a client that is bound to one address cannot be led to another by
/// the DNS, and still asks the server to prove that it is the host.
///
/// Connections are kept for a moment, for bursts; clients until there are too many of them.
final class EndpointClients: Sendable {
    private struct Key: Hashable {
        let host: String
        let address: IPAddress
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse = 0
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses = 0
    }

    /// How many clients are kept that nobody uses.
    private static let maximumIdle = 128
    /// How long a connection is kept: shorter than any server in use closes it, so that none is lost while it is taken.
    private static let idleTimeout: TimeAmount = .seconds(1)

    /// How long the end waits for connections to close; one that is being made ends by itself, and harms nobody.
    static let patience: Duration = .seconds(1)

    private let connectTimeout: TimeAmount
    private let state = Mutex(State())

    /// Makes clients, of which there are none yet.
    ///
    /// - Parameter connectTimeout: How long connecting may take: a connection that is being made outlives its request.
    init(connectTimeout: Duration) {
        self.connectTimeout = TimeAmount(connectTimeout)
    }

    /// Does something with the client of a host and an address.
    func use<Value>(
        _ host: String,
        _ address: IPAddress,
        _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        let key = Key(host: host, address: address)
        let client = enter(key)
        // Nobody waits for them, least of all a request that is done.
        defer { for idle in leave(key) { idle.shutdown { _ in } } }
        return try await body(client)
    }

    /// Ends every connection, and returns when they are closed or ``patience`` is over; to be called when nobody uses a
    /// client any more.
    func shutDown(on time: any TimeSource) async {
        let clients = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries.values.map(\.client)
        }
        guard !clients.isEmpty else { return }
        let left = Mutex(clients.count)
        let closed = Signal()
        for client in clients {
            client.shutdown { _ in
                let isLast = left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { closed.raise() }
            }
        }
        try? await within(time.now().monotonic + Self.patience, on: time) { await closed.wait() }
    }

    private func enter(_ key: Key) -> HTTPClient {
        state.withLock { state in
            state.uses += 1
            var entry = state.entries[key] ?? Entry(client: makeClient(key))
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[key] = entry
            return entry.client
        }
    }

    /// Returns the clients that are no longer kept.
    private func leave(_ key: Key) -> [HTTPClient] {
        state.withLock { state in
            state.entries[key]?.users -= 1
            let idle = state.entries.filter { $0.value.users == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
            let gone = idle.prefix(max(0, idle.count - Self.maximumIdle))
            for entry in gone { state.entries[entry.key] = nil }
            return gone.map(\.value.client)
        }
    }

    private func makeClient(_ key: Key) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [key.host: key.address.description]
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = connectTimeout
        configuration.connectionPool.idleTimeout = Self.idleTimeout
        configuration.connectionPool.retryConnectionEstablishment = false
        // How many requests there are at one time is for the plan to say.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywayDriver
import KeywayEngine
import KeywayMetrics
import KeywayModel
import KeywaySandbox
import KeywayStore
import KeywayTestKit
import KeywayWebhooks
import Logging
import NIOCore

@testable import KeywayAPI

/// A whole server over a store in memory: a sandbox workspace with its seeded locks, a live workspace with one, and a
/// key for each, on a clock that the test moves.
struct APIHarness {
    let clock = ManualTimeSource()
    let store = FailingStore(around: MemoryStore())
    let sandbox: SandboxDriver
    let engine: Engine
    let services: APIServices

    static let workspace = Workspace(id: Samples.id(1), name: "Sandbox", isSandbox: true, createdAt: Samples.start)
    static let account = SandboxSeed.account(of: workspace)
    static let locks = SandboxSeed.devices(of: workspace, account: account, fastLocks: 2)

    /// A workspace that is no sandbox, and whose objects the sandbox must not see.
    static let foreignWorkspace = Samples.workspace(2, isSandbox: false)
    static let foreignLock = Samples.lock(900, in: foreignWorkspace, account: Samples.id(2))

    /// The key of the sandbox, and of the foreign workspace.
    let token: BearerToken
    let foreignToken: BearerToken
    static let keyID: Identifier<APIKey> = Samples.id(1)

    /// A seeded lock by its identity at the sandbox.
    static func lock(_ slug: String) -> Device {
        locks.first { $0.nativeID == slug } ?? locks[0]
    }

    init(
        configuration: APIConfiguration = APIConfiguration(port: 0),
        engine engineConfiguration: EngineConfiguration = EngineConfiguration(),
        webhooks: WebhookSafety = WebhookSafety(),
        logger: Logger = .silent
    ) async throws {
        let store = self.store
        sandbox = SandboxDriver(
            time: clock,
            random: SystemRandomNumberGenerator(),
            fastLocks: 2,
            saveSettings: { settings, id in try await store.setDriverSettings(settings, of: id) }
        )
        engine = Engine(
            store: store,
            drivers: DriverRegistry([sandbox]),
            time: clock,
            ids: CountingIdentifiers(startingAt: 1_000_000),
            configuration: engineConfiguration,
            logger: logger
        )
        services = APIServices(
            store: store,
            engine: engine,
            simulators: [.sandbox: sandbox],
            time: clock,
            ids: CountingIdentifiers(startingAt: 2_000_000),
            secrets: SecretSource(SeededRandom(state: 1)),
            webhooks: webhooks,
            metrics: MetricsRegistry(),
            configuration: configuration,
            logger: logger
        )
        var random = SystemRandomNumberGenerator()
        token = BearerToken.generate(forSandbox: true, using: &random)
        foreignToken = BearerToken.generate(forSandbox: false, using: &random)
        try await store.add(Self.workspace, accounts: [Self.account], devices: Self.locks)
        try await store.add(
            Self.foreignWorkspace,
            accounts: [Samples.account(2, in: Self.foreignWorkspace)],
            devices: [Self.foreignLock]
        )
        try await store.add(Self.key(Self.keyID, in: Self.workspace, token))
        try await store.add(Self.key(Samples.id(2), in: Self.foreignWorkspace, foreignToken))
    }

    private static func key(_ id: Identifier<APIKey>, in workspace: Workspace, _ token: BearerToken) -> APIKey {
        APIKey(
            id: id,
            workspaceID: workspace.id,
            name: "test",
            shortToken: token.shortToken,
            secretHash: token.secretHash,
            createdAt: Samples.start
        )
    }

    /// Runs the engine, its driver and the HTTP side while the body runs.
    func run(
        _ setup: TestingSetup = .router,
        _ body: @escaping @Sendable (APIClient) async throws -> Void
    ) async throws {
        let (engine, sandbox) = (engine, sandbox)
        let running = Task {
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                group.addTask { await sandbox.run(reportingTo: engine) }
            }
        }
        let token = token.text
        let result = await Result {
            try await APIServer.makeApplication(services)
                .test(setup) { client in
                    try await body(APIClient(client: client, token: token))
                }
        }
        running.cancel()
        await running.value
        try result.get()
    }

    /// Runs a harness with the usual settings.
    static func run(
        _ setup: TestingSetup = .router,
        _ body: @escaping @Sendable (APIHarness, APIClient) async throws -> Void
    ) async throws {
        let harness = try await APIHarness()
        try await harness.run(setup) { client in try await body(harness, client) }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension Logger {
    /// A logger that writes nothing.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Makes requests with a key.
struct APIClient: Sendable {
    let client: any TestClientProtocol
    /// Nil: no `authorization` header.
    var token: String?
    var headers: HTTPFields = [:]

    func presenting(_ token: String?) -> APIClient {
        var client = self
        client.token = token
        return client
    }

    func with(_ name: String, _ value: String) -> APIClient {
        var client = self
        if let name = HTTPField.Name(name) { client.headers[name] = value }
        return client
    }

    func send(_ method: HTTPRequest.Method, _ uri: String, body: String? = nil) async throws -> Answer {
        try await send(method, uri, bytes: body.map { ByteBuffer(string: $0) })
    }

    func send(_ method: HTTPRequest.Method, _ uri: String, bytes: ByteBuffer?) async throws -> Answer {
        var fields = headers
        if let token { fields[.authorization] = "Bearer \(token)" }
        let response = try await client.executeRequest(uri: uri, method: method, headers: fields, body: bytes)
        let answer = Answer(response)
        // Whatever a test is about, an answer must be as its endpoint declares.
        if let endpoint = EndpointTable.all[String(uri.prefix { $0 != "?" })], endpoint.kind.methods.contains(method) {
            DeclaredShape.check(answer, of: endpoint)
        }
        return answer
    }

    func get(_ uri: String) async throws -> Answer {
        try await send(.get, uri)
    }

    /// Posts a JSON body.
    func post(_ uri: String, _ body: String = "{}") async throws -> Answer {
        try await with("content-type", "application/json").send(.post, uri, body: body)
    }
}

/// The answer to a request, its body read as JSON.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String
    let body: JSONValue

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        text = String(buffer: response.body)
        body = (try? JSONParser.parse(Array(response.body.readableBytesView))) ?? .null
    }

    subscript(_ path: String...) -> JSONValue? {
        path.reduce(Optional(body)) { value, key in
            if case .array(let elements)? = value, let index = Int(key), elements.indices.contains(index) {
                return elements[index]
            }
            return value?[key]
        }
    }

    func text(_ path: String...) -> String? {
        path.reduce(Optional(body)) { value, key in value?[key] }?.stringValue
    }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    var errorType: String? { text("error", "type") }
    var errorMessage: String? { text("error", "message") }

    /// The elements of a list.
    func list(_ key: String) -> [JSONValue] {
        if case .array(let elements)? = body[key] { elements } else { [] }
    }

    /// The texts at a key of each element of a list.
    func column(_ list: String, _ key: String) -> [String] {
        self.list(list).compactMap { $0[key]?.stringValue }
    }
}

extension JSONValue {
    /// The value of a JSON text, for comparisons.
    init(_ text: String) throws {
        self = try JSONParser.parse(Array(text.utf8))
    }
}

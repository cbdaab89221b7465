import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Logging
import NIOCore
import Synchronization
import Testing

@testable import KeywayAPI

@Suite("Providers' callbacks, /providers/{provider}/{connected_account_id}/events", .timeLimit(.minutes(1)))
struct CallbackRouteTests {
    /// Answers what it is told and keeps what it got.
    private final class Receiver: CallbackReceiver {
        let verdict: CallbackVerdict
        private let state = Mutex<[(callback: Callback, accountID: Identifier<ConnectedAccount>)]>([])

        init(_ verdict: CallbackVerdict) {
            self.verdict = verdict
        }

        var received: [(callback: Callback, accountID: Identifier<ConnectedAccount>)] { state.withLock { $0 } }

        func receive(_ callback: Callback, for accountID: Identifier<ConnectedAccount>) async -> CallbackVerdict {
            state.withLock { $0.append((callback, accountID)) }
            return verdict
        }
    }

    private static let path = "/providers/maker/00000000-0000-8000-8000-000000000007/events"

    private func run(
        _ receiver: Receiver,
        _ setup: TestingSetup = .router,
        _ body: @escaping @Sendable (APIClient) async throws -> Void
    ) async throws {
        let store = MemoryStore()
        let clock = ManualTimeSource()
        let ids = CountingIdentifiers()
        let engine = Engine(store: store, drivers: DriverRegistry([]), time: clock, ids: ids, logger: .silent)
        let services = APIServices(
            store: store,
            engine: engine,
            simulators: [:],
            receivers: [Provider(rawValue: "maker"): receiver],
            time: clock,
            ids: ids,
            configuration: APIConfiguration(port: 0),
            logger: .silent
        )
        try await APIServer.makeApplication(services)
            .test(setup) { client in try await body(APIClient(client: client, token: nil)) }
    }

    @Test("a callback reaches its driver byte for byte, without an API key")
    func accepted() async throws {
        let receiver = Receiver(.accepted)
        try await run(receiver) { client in
            let bytes: [UInt8] = [0x7B, 0x00, 0xFF, 0x7D]
            let answer = try await client.with("Webhook-ID", "msg_1").with("X-Thing", "a")
                .send(.post, Self.path, bytes: ByteBuffer(bytes: bytes))
            #expect(answer.status == 200)
            #expect(answer.body == .object(["ok": .bool(true)]))
            #expect(answer.header("seam-request-id") != nil)
            let (callback, accountID) = try #require(receiver.received.first)
            #expect(callback.body == bytes)
            #expect(callback.headers["webhook-id"] == "msg_1")
            #expect(callback.headers["x-thing"] == "a")
            #expect(accountID == Samples.id(7))
        }
    }

    @Test(
        "what the driver thinks of it is answered with a status and a JSON error",
        arguments: [
            (CallbackVerdict.unauthorized, 401, "invalid_signature"),
            (.malformed("it has no head"), 400, "invalid_input"), (.unavailable, 503, "service_unavailable"),
        ]
    )
    func refused(verdict: CallbackVerdict, status: Int, type: String) async throws {
        try await run(Receiver(verdict)) { client in
            let answer = try await client.post(Self.path)
            #expect(answer.status == status)
            #expect(answer.errorType == type)
            #expect(answer.header("seam-request-id") != nil)
            #expect((answer.header("retry-after") != nil) == (status == 503))
            if status == 400 { #expect(answer.errorMessage?.contains("it has no head") == true) }
        }
    }

    @Test("an account that cannot be is refused like a bad signature")
    func noAccount() async throws {
        let receiver = Receiver(.accepted)
        try await run(receiver) { client in
            let answer = try await client.post("/providers/maker/nobody/events")
            #expect(answer.status == 401)
            #expect(answer.errorType == "invalid_signature")
            #expect(receiver.received.isEmpty)
        }
    }

    @Test(
        "other paths and other verbs are none of its business",
        arguments: [
            (HTTPRequest.Method.get, path, 405), (.delete, path, 405),
            (.post, "/providers/other/00000000-0000-8000-8000-000000000007/events", 404),
            (.post, path + "/", 404), (.post, "/providers/maker/events", 404), (.post, "/providers", 404),
        ]
    )
    func others(method: HTTPRequest.Method, path: String, status: Int) async throws {
        let receiver = Receiver(.accepted)
        try await run(receiver) { client in
            let answer = try await client.send(method, path)
            #expect(answer.status == status)
            #expect(answer.errorType == (status == 405 ? "method_not_allowed" : "not_found"))
            #expect(receiver.received.isEmpty)
        }
    }

    @Test("G12 a body of a mebibyte is taken, a byte more is not", arguments: [(1 << 20, 200), ((1 << 20) + 1, 413)])
    func size(bytes: Int, status: Int) async throws {
        let receiver = Receiver(.accepted)
        try await run(receiver) { client in
            let answer = try await client.send(.post, Self.path, bytes: ByteBuffer(repeating: 0x20, count: bytes))
            #expect(answer.status == status)
            #expect(receiver.received.count == (status == 200 ? 1 : 0))
        }
    }
}

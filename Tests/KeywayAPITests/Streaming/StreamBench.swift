import HTTPTypes
import Hummingbird
import KeywayModel
import KeywayStore
import KeywayTestKit
import NIOCore
import Synchronization

@testable import KeywayAPI

/// A stream over a connection that the test holds.
final class StreamBench: Sendable {
    /// How the connection takes what is written.
    private enum Taking {
        case everything
        case nothing
        case closed
    }

    private struct State {
        var taking = Taking.everything
        var waiting: CheckedContinuation<Void, any Error>?
        var disconnected: (@Sendable () -> Void)?
        var isFinished = false
    }

    struct Closed: Error {}

    private let chunks: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let state = Mutex(State())

    init() {
        (chunks, continuation) = AsyncStream.makeStream()
    }

    /// What was written next, once it is; nil after the end of the connection.
    func next() async -> String? {
        for await chunk in chunks { return chunk }
        return nil
    }

    /// Whether the answer came to its end.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Whether the connection was closed before.
    var isClosed: Bool { state.withLock { if case .closed = $0.taking { true } else { false } } }

    /// From now on the other side reads nothing.
    func stopReading() {
        state.withLock { $0.taking = .nothing }
    }

    /// The other side goes away.
    func disconnect() {
        let action = state.withLock { $0.disconnected }
        action?()
    }

    var connection: StreamConnection {
        StreamConnection(
            close: { self.close() },
            settle: {},
            finish: { self.continuation.finish() },
            whenDisconnected: { action in self.state.withLock { $0.disconnected = action } }
        )
    }

    /// Opens a stream and returns when it has ended.
    ///
    /// - Throws: What the stream throws.
    func run(_ stream: EventStream) async throws {
        defer { continuation.finish() }
        var writer: any ResponseBodyWriter = Writer(bench: self)
        try await stream.run(to: &writer, over: connection)
    }

    private func close() {
        let waiting = state.withLock { state in
            state.taking = .closed
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(throwing: Closed())
        continuation.finish()
    }

    fileprivate func write(_ text: String) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let taking = state.withLock { state in
                if case .nothing = state.taking { state.waiting = continuation }
                return state.taking
            }
            switch taking {
            case .everything:
                self.continuation.yield(text)
                continuation.resume()
            case .nothing: break
            case .closed: continuation.resume(throwing: Closed())
            }
        }
    }

    fileprivate func finish() {
        state.withLock { $0.isFinished = true }
    }

    private struct Writer: ResponseBodyWriter {
        let bench: StreamBench

        func write(_ buffer: ByteBuffer) async throws {
            try await bench.write(String(buffer: buffer))
        }

        func finish(_: HTTPFields?) async throws {
            bench.finish()
        }
    }
}

extension APIHarness {
    /// The stream that a request would open.
    ///
    /// - Throws: What refuses the request.
    func stream(
        _ parameters: [String: JSONValue] = [:],
        presenting credential: PresentedCredential? = nil,
        after position: String? = nil
    ) async throws -> EventStream? {
        guard let endpoint = EndpointTable.all["/events/stream"] else { return nil }
        let credential = credential ?? .apiKey(token.text)
        let call = Call(
            endpoint: endpoint,
            arguments: Arguments(try Validator.validate(.object(parameters), endpoint.parameters)),
            method: .get,
            principal: try await services.authenticator.principal(presenting: credential),
            credential: credential,
            requestID: services.ids.next(),
            idempotencyKey: nil,
            preferredWait: nil,
            lastEventID: position,
            baseURL: "http://localhost",
            services: services
        )
        return try await endpoint.handler(call).stream
    }

    /// Writes an event about a lock, and returns its wire form.
    ///
    /// - Throws: What the store throws.
    @discardableResult
    func tell(_ number: UInt64, _ type: EventType = .deviceConnected, slug: String = "fast-lock-1") async throws
        -> String
    {
        let lock = Self.lock(slug)
        let event = Event(
            id: Samples.id(number),
            type: type,
            workspaceID: lock.workspaceID,
            createdAt: clock.now().wall,
            occurredAt: clock.now().wall,
            connectedAccountID: lock.connectedAccountID,
            deviceID: lock.id
        )
        try await store.commit(
            LaneCommit(
                deviceID: lock.id,
                workspaceID: lock.workspaceID,
                changes: [.report(events: [event])],
                state: nil
            )
        )
        return String(buffer: try JSONOutput.bytes(of: event))
    }
}

import NIOCore
import NIOPosix
import Synchronization

/// A server on a port of this machine, which does to each request what a test says, and keeps what it was sent.
///
/// Written on bare TCP, since it must be able to do what no HTTP server does.
final class ScriptedServer: Sendable {
    /// A request as it came.
    struct Request: Hashable, Sendable {
        let method: String
        let path: String
        let query: String
        let headers: [String: String]
        let body: String

        var route: String { "\(method) \(path)" }
    }

    /// What becomes of a request.
    enum Reaction: Sendable {
        /// It is answered, and the connection closed.
        case answer(Int, String, headers: [String: String] = [:])
        /// Bytes are sent that need not be HTTP, and the connection closed.
        case raw(String)
        /// Nothing happens until ``ScriptedServer/answerHeld(_:_:headers:)``.
        case hold
        /// The connection is closed without an answer.
        case close
        /// An event stream begins, with this text.
        case stream(String = "")
    }

    private struct State {
        var routes: [String: [Reaction]] = [:]
        var requests: [Request] = []
        var held: [any Channel] = []
        var streams: [any Channel] = []
        var readers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var closed = 0
        var closeWatchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Starts a server for as long as the body runs.
    static func run(_ body: (ScriptedServer, _ url: String) async throws -> Void) async throws {
        let server = ScriptedServer()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.closeFuture.whenComplete { _ in server.connectionClosed() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Connection(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let result = await Result { try await body(server, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)") }
        try await channel.close()
        server.endStreams()
        try result.get()
    }

    /// Says what becomes of requests such as `GET /locks/list`, one after the other; the last holds for all that follow.
    ///
    /// Any other request is answered with 404.
    func on(_ route: String, _ reactions: Reaction...) {
        state.withLock { $0.routes[route] = reactions }
    }

    /// Every whole request so far.
    var requests: [Request] { state.withLock { $0.requests } }

    /// Returns once so many whole requests have come.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.requests.count >= count { return true }
                state.readers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Returns once so many connections are closed, by either side.
    func waitForClosed(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.closed >= count { return true }
                state.closeWatchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Answers the requests that are held.
    func answerHeld(_ status: Int, _ body: String, headers: [String: String] = [:]) {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for channel in held { Self.end(channel, with: Self.text(status, body, headers)) }
    }

    /// Sends text on the event streams that are open.
    func send(_ text: String) {
        for stream in state.withLock({ $0.streams }) { stream.writeAndFlush(Self.chunk(text), promise: nil) }
    }

    /// Cuts the event streams that are open off.
    func endStreams() {
        let streams = state.withLock { state in
            defer { state.streams = [] }
            return state.streams
        }
        for stream in streams { stream.close(promise: nil) }
    }

    // MARK: What connections bring

    fileprivate func connectionClosed() {
        let met = state.withLock { state in
            state.closed += 1
            let closed = state.closed
            let met = state.closeWatchers.filter { $0.count <= closed }
            state.closeWatchers.removeAll { $0.count <= closed }
            return met
        }
        for watcher in met { watcher.continuation.resume() }
    }

    fileprivate func received(_ request: Request, on channel: any Channel) {
        let (reaction, met) = state.withLock { state in
            state.requests.append(request)
            let count = state.requests.count
            let met = state.readers.filter { $0.count <= count }
            state.readers.removeAll { $0.count <= count }
            var reactions = state.routes[request.route] ?? []
            let reaction = reactions.isEmpty ? Self.unknown : reactions.removeFirst()
            if !reactions.isEmpty { state.routes[request.route] = reactions }
            switch reaction {
            case .hold: state.held.append(channel)
            case .stream: state.streams.append(channel)
            case .answer, .raw, .close: break
            }
            return (reaction, met)
        }
        switch reaction {
        case .answer(let status, let body, let headers): Self.end(channel, with: Self.text(status, body, headers))
        case .raw(let text): Self.end(channel, with: text)
        case .hold: break
        case .close: channel.close(promise: nil)
        case .stream(let text):
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            channel.write(ByteBuffer(string: head), promise: nil)
            channel.writeAndFlush(text.isEmpty ? ByteBuffer() : Self.chunk(text), promise: nil)
        }
        for reader in met { reader.continuation.resume() }
    }

    private static let unknown = Reaction.answer(404, #"{"error":{"type":"not_found","message":"Unknown route"}}"#)

    private static func chunk(_ text: String) -> ByteBuffer {
        ByteBuffer(string: String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    private static func text(_ status: Int, _ body: String, _ headers: [String: String]) -> String {
        var text = "HTTP/1.1 \(status) Scripted\r\nconnection: close\r\n"
        text += "content-length: \(body.utf8.count)\r\nseam-request-id: request-1\r\n"
        for (name, value) in ["content-type": "application/json"].merging(headers, uniquingKeysWith: { $1 }) {
            text += "\(name): \(value)\r\n"
        }
        return text + "\r\n" + body
    }

    private static func end(_ channel: any Channel, with text: String) {
        channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// Reads one whole request from a connection.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let server: ScriptedServer
    private var bytes: [UInt8] = []

    init(server: ScriptedServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        guard let request else { return }
        bytes = []
        server.received(request, on: context.channel)
    }

    /// The request, once the bytes hold all of it.
    private var request: ScriptedServer.Request? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let body = text[end.upperBound...]
        guard body.utf8.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1)
        return ScriptedServer.Request(
            method: String(words[0]),
            path: String(target[0]),
            query: target.count > 1 ? String(target[1]) : "",
            headers: headers,
            body: String(body)
        )
    }
}

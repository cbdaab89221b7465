import NIOCore
import NIOPosix
import Synchronization

/// A maker's server on a port of this machine, which does to each request what a test says, and keeps what it was sent.
///
/// Written on bare TCP, since it must be able to do what no HTTP server does.
final class ScriptedMaker: Sendable {
    /// A request as it came.
    struct Request: Hashable, Sendable {
        let method: String
        let path: String
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
        /// Nothing happens until ``ScriptedMaker/answerHeld(_:_:)``.
        case hold
        /// The connection is closed without an answer.
        case close
    }

    private struct State {
        var routes: [String: Reaction] = [:]
        var requests: [Request] = []
        var connections = 0
        var closesAtOnce = false
        var held: [any Channel] = []
        var readers:
            [(count: Int, isMet: @Sendable (Request) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Starts a server for as long as the body runs.
    static func run(_ body: (ScriptedMaker, _ baseURL: String) async throws -> Void) async throws {
        let maker = ScriptedMaker()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(MakerConnection(maker: maker))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let result = await Result { try await body(maker, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/api") }
        try await channel.close()
        try result.get()
    }

    /// Says what becomes of requests such as `GET /api/locks` from now on; any other is answered with 404.
    func on(_ route: String, _ reaction: Reaction) {
        state.withLock { $0.routes[route] = reaction }
    }

    /// Closes every connection as soon as it is made, without reading from it.
    func closeAtOnce() {
        state.withLock { $0.closesAtOnce = true }
    }

    /// Every whole request so far.
    var requests: [Request] { state.withLock { $0.requests } }

    /// How many connections were made.
    var connectionCount: Int { state.withLock { $0.connections } }

    /// The whole requests with a method.
    func requests(_ method: String) -> [Request] { requests.filter { $0.method == method } }

    /// Returns once so many whole requests with a method have come.
    func wait(for count: Int, _ method: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.requests.filter({ $0.method == method }).count >= count { return true }
                state.readers.append((count, { $0.method == method }, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Answers the requests that are held.
    func answerHeld(_ status: Int, _ body: String) {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for channel in held { Self.end(channel, with: Self.text(status, body, [:])) }
    }

    // MARK: What connections bring

    /// A connection was made; false if it is to be closed at once.
    fileprivate func connected() -> Bool {
        state.withLock { state in
            state.connections += 1
            return !state.closesAtOnce
        }
    }

    fileprivate func received(_ request: Request, on channel: any Channel) {
        let (reaction, met) = state.withLock { state in
            state.requests.append(request)
            let requests = state.requests
            let isMet = { (reader: (count: Int, isMet: @Sendable (Request) -> Bool, Any)) in
                requests.filter(reader.isMet).count >= reader.count
            }
            let met = state.readers.filter { isMet(($0.count, $0.isMet, 0)) }.map(\.continuation)
            state.readers.removeAll { isMet(($0.count, $0.isMet, 0)) }
            let reaction = state.routes[request.route] ?? .answer(404, #"{"error_code":"NOT_FOUND"}"#)
            if case .hold = reaction { state.held.append(channel) }
            return (reaction, met)
        }
        switch reaction {
        case .answer(let status, let body, let headers): Self.end(channel, with: Self.text(status, body, headers))
        case .raw(let text): Self.end(channel, with: text)
        case .hold: break
        case .close: channel.close(promise: nil)
        }
        for reader in met { reader.resume() }
    }

    private static func text(_ status: Int, _ body: String, _ headers: [String: String]) -> String {
        var text = "HTTP/1.1 \(status) Scripted\r\ncontent-type: application/json\r\nconnection: close\r\n"
        text += "content-length: \(body.utf8.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
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
private final class MakerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let maker: ScriptedMaker
    private var bytes: [UInt8] = []

    init(maker: ScriptedMaker) {
        self.maker = maker
    }

    func channelActive(context: ChannelHandlerContext) {
        if !maker.connected() { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        guard let request else { return }
        bytes = []
        maker.received(request, on: context.channel)
    }

    /// The request, once the bytes hold all of it.
    private var request: ScriptedMaker.Request? {
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
        return ScriptedMaker.Request(
            method: String(words[0]),
            path: String(words[1]),
            headers: headers,
            body: String(body)
        )
    }
}

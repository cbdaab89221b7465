import NIOCore
import NIOPosix
import Synchronization

/// A receiver of webhooks on a port of this machine, which does to each request what a test says, and keeps what it was
/// sent.
///
/// Written on bare TCP, since it must be able to do what no HTTP server does.
final class Receiver: Sendable {
    /// A request as it came.
    struct Request: Hashable, Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: String

        /// The identity of the event in the body.
        var eventID: String {
            guard let range = body.firstRange(of: "\"event_id\":\"") else { return "" }
            return String(body[range.upperBound...].prefix(36))
        }
    }

    /// What becomes of a request.
    enum Reaction: Sendable {
        /// It is answered, and the connection is kept.
        case answer(Int, String = "", headers: [String: String] = [:])
        /// Bytes are sent that need not be HTTP, and the connection is closed or kept.
        case raw(String, closes: Bool)
        /// Nothing happens until ``Receiver/answerHeld(_:)``.
        case hold
        /// The connection is closed without an answer.
        case close
    }

    private struct State {
        var react: @Sendable (Request) -> Reaction = { _ in .answer(200) }
        var requests: [Request] = []
        var connections = 0
        var held: [any Channel] = []
    }

    private let state = Mutex(State())

    /// Starts a receiver for as long as the body runs.
    static func run(_ body: (Receiver, _ port: Int) async throws -> Void) async throws {
        let receiver = Receiver()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReceiverConnection(receiver: receiver))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let result = await Result { try await body(receiver, channel.localAddress?.port ?? 0) }
        try await channel.close()
        try result.get()
    }

    /// Says what becomes of every request from now on.
    func on(_ react: @escaping @Sendable (Request) -> Reaction) {
        state.withLock { $0.react = react }
    }

    /// Says what becomes of every request from now on.
    func on(_ reaction: Reaction) {
        on { _ in reaction }
    }

    /// Every whole request so far.
    var requests: [Request] { state.withLock { $0.requests } }

    /// How many connections were made.
    var connectionCount: Int { state.withLock { $0.connections } }

    /// Returns once so many whole requests have come.
    func wait(for count: Int) async {
        while state.withLock({ $0.requests.count }) < count { await Task.yield() }
    }

    /// Answers the requests that are held.
    func answerHeld(_ status: Int) {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for channel in held { Self.write(Self.text(status, "", [:]), to: channel, closes: false) }
    }

    // MARK: What connections bring

    fileprivate func connected() {
        state.withLock { $0.connections += 1 }
    }

    fileprivate func received(_ request: Request, on channel: any Channel) {
        let reaction = state.withLock { state in
            state.requests.append(request)
            let reaction = state.react(request)
            if case .hold = reaction { state.held.append(channel) }
            return reaction
        }
        switch reaction {
        case .answer(let status, let body, let headers):
            Self.write(Self.text(status, body, headers), to: channel, closes: false)
        case .raw(let text, let closes): Self.write(text, to: channel, closes: closes)
        case .hold: break
        case .close: channel.close(promise: nil)
        }
    }

    private static func text(_ status: Int, _ body: String, _ headers: [String: String]) -> String {
        var text = "HTTP/1.1 \(status) Scripted\r\ncontent-type: text/plain\r\n"
        if status != 204 { text += "content-length: \(body.utf8.count)\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return text + "\r\n" + body
    }

    private static func write(_ text: String, to channel: any Channel, closes: Bool) {
        let written = channel.writeAndFlush(ByteBuffer(string: text))
        if closes { written.whenComplete { _ in channel.close(promise: nil) } }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// Reads whole requests from a connection, one after the other.
private final class ReceiverConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let receiver: Receiver
    private var bytes: [UInt8] = []

    init(receiver: Receiver) {
        self.receiver = receiver
    }

    func channelActive(context: ChannelHandlerContext) {
        receiver.connected()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        // The beginning of a TLS handshake, which a server without TLS answers as any nonsense.
        if bytes.first == 0x16 {
            let answer = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")
            context.writeAndFlush(NIOAny(answer), promise: nil)
            return context.close(promise: nil)
        }
        guard let request else { return }
        bytes = []
        receiver.received(request, on: context.channel)
    }

    /// The request, once the bytes hold all of it.
    private var request: Receiver.Request? {
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
        return Receiver.Request(
            method: String(words[0]),
            path: String(words[1]),
            headers: headers,
            body: String(body)
        )
    }
}

import NIOCore
import NIOPosix
import Synchronization

/// A network between Keyway and a broker that a test can stall or cut.
final class FaultyWire: Sendable {
    /// What the network does.
    enum Behavior: Sendable {
        /// It passes everything on.
        case passes
        /// It takes new connections, and passes nothing on.
        case swallows
        /// It closes new connections at once.
        case hangsUp
        /// It answers MQTT 5 as an old broker does, and passes MQTT 3.1.1 on.
        case refusesFive
        /// It closes a connection that begins with MQTT 5, and passes MQTT 3.1.1 on.
        case hangsUpOnFive
    }

    private struct State {
        var behavior = Behavior.passes
        var lossy: [any Channel] = []
        var stalled: [(near: any Channel, far: (any Channel)?)] = []
        var pairs: [(near: any Channel, far: (any Channel)?)] = []
        var connectionCount = 0
    }

    private let state = Mutex(State())
    let port: Int
    private let server: any Channel
    /// How many connections were made so far.
    let connections = Watched(0)
    /// What was lost of what Keyway sent, as far as it is text.
    let lost = Watched("")

    /// Puts a wire in front of a port for as long as the body runs.
    static func run<Result>(
        to brokerPort: Int,
        _ body: (FaultyWire) async throws -> Result
    ) async throws -> Result {
        let wire = try await FaultyWire(to: brokerPort)
        do {
            let result = try await body(wire)
            await wire.end()
            return result
        } catch {
            await wire.end()
            throw error
        }
    }

    private init(to brokerPort: Int) async throws {
        let accepted = Mutex<(@Sendable (any Channel) -> EventLoopFuture<Void>)?>(nil)
        server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Small, so that little of what is stalled counts as delivered.
            .serverChannelOption(.socketOption(.so_rcvbuf), value: 2048)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                accepted.withLock { $0 }?(channel) ?? channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        port = server.localAddress?.port ?? 0
        accepted.withLock { $0 = { self.connect($0, to: brokerPort) } }
    }

    private func connect(_ near: any Channel, to brokerPort: Int) -> EventLoopFuture<Void> {
        let behavior = state.withLock { state in
            state.pairs.append((near, nil))
            return state.behavior
        }
        connections.change { $0 += 1 }
        switch behavior {
        case .hangsUp: return near.close()
        case .swallows: return near.eventLoop.makeSucceededVoidFuture()
        case .passes, .refusesFive, .hangsUpOnFive: break
        }
        return ClientBootstrap(group: near.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: brokerPort)
            .flatMap { far in
                self.state.withLock { state in
                    if let index = state.pairs.firstIndex(where: { $0.near === near }) { state.pairs[index].far = far }
                }
                return near.pipeline.addHandler(OldBroker(behavior))
                    .flatMap { near.pipeline.addHandler(Forwarder(to: far) { self.loses($0, from: near) }) }
                    .and(far.pipeline.addHandler(Forwarder(to: near)))
                    .flatMap { _ in near.setOption(.autoRead, value: true).and(far.setOption(.autoRead, value: true)) }
                    .map { _ in }
            }
            .flatMapError { _ in near.close() }
    }

    /// Says what becomes of new connections.
    func set(_ behavior: Behavior) {
        state.withLock { $0.behavior = behavior }
    }

    /// Loses from now on what Keyway sends on the connections that there are.
    func loseWhatIsSent() {
        state.withLock { $0.lossy = $0.pairs.map(\.near) }
    }

    private func loses(_ bytes: ByteBuffer, from near: any Channel) -> Bool {
        guard state.withLock({ $0.lossy.contains { $0 === near } }) else { return false }
        lost.change { $0 += String(buffer: bytes) }
        return true
    }

    /// Stops passing on what Keyway sends on the connections that there are; what the broker sends is passed on still.
    func stall() async throws {
        let pairs = state.withLock { state in
            state.stalled = state.pairs
            return state.pairs
        }
        for (near, _) in pairs where near.isActive {
            try await near.setOption(.autoRead, value: false).get()
        }
    }

    /// Passes on again what Keyway has sent and the network still has.
    func release() async {
        for (near, _) in state.withLock({ $0.stalled }) {
            // One that is closed has nothing more to pass on.
            try? await near.setOption(.autoRead, value: true).get()
        }
    }

    /// Cuts every connection.
    func cut() async {
        let pairs = state.withLock { state in
            defer { state.pairs = [] }
            return state.pairs
        }
        for (near, far) in pairs {
            try? await near.close()
            try? await far?.close()
        }
    }

    /// Returns when those connections that were stalled are closed at both ends; cancellation closes them.
    func waitUntilClosed() async {
        let stalled = state.withLock(\.stalled)
        await withTaskCancellationHandler {
            for (near, far) in stalled {
                try? await near.closeFuture.get()
                try? await far?.closeFuture.get()
            }
        } onCancel: {
            for (near, far) in stalled {
                near.close(promise: nil)
                far?.close(promise: nil)
            }
        }
    }

    private func end() async {
        await cut()
        try? await server.close()
    }
}

private final class Forwarder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let isLost: @Sendable (ByteBuffer) -> Bool

    init(to other: any Channel, unless isLost: @escaping @Sendable (ByteBuffer) -> Bool = { _ in false }) {
        self.other = other
        self.isLost = isLost
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if !isLost(bytes) { other.writeAndFlush(bytes, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Takes no connection that begins with MQTT 5, if the wire is to behave so.
private final class OldBroker: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let behavior: FaultyWire.Behavior
    private let hasBegun = Mutex(false)

    init(_ behavior: FaultyWire.Behavior) {
        self.behavior = behavior
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        let isFirst = hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        // The version follows the name of the protocol.
        let name = Array("MQTT".utf8)
        let isFive = isFirst && (0..<8).contains { bytes.dropFirst($0).starts(with: name + [5]) }
        switch behavior {
        case .refusesFive where isFive:
            let unacceptableVersion: [UInt8] = [0x20, 2, 0, 1]
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(bytes: unacceptableVersion))
                .whenComplete { _ in
                    channel.close(promise: nil)
                }
        case .hangsUpOnFive where isFive: context.channel.close(promise: nil)
        default: context.fireChannelRead(data)
        }
    }
}

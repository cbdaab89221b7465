import NIOCore
import NIOPosix
import Synchronization

/// A device, or a witness: a small MQTT 3.1.1 client written for the tests, which shares no code with what they test.
final class PlainClient: Sendable {
    /// A message as it came.
    struct Message: Hashable, Sendable {
        let topic: String
        let text: String
        let isRetained: Bool
    }

    private struct State {
        var replies: [UInt16: CheckedContinuation<Void, any Error>] = [:]
        var greeting: CheckedContinuation<Void, any Error>?
        var lastNumber: UInt16 = 0
        var isClosed = false
        var reaction: @Sendable (Message) -> [(topic: String, text: String, isRetained: Bool)] = { _ in [] }
    }

    struct Closed: Error {}

    private let channel: any Channel
    private let state = Mutex(State())
    /// Every message so far, in order.
    let messages = Watched<[Message]>([])

    /// Connects for as long as the body runs.
    static func run<Result>(
        on port: Int,
        named name: String = "plain-\(UInt64.random(in: 0 ... .max))",
        will: (topic: String, text: String)? = nil,
        keepsSession: Bool = false,
        _ body: (PlainClient) async throws -> Result
    ) async throws -> Result {
        let client = try await PlainClient(port: port)
        do {
            // Nothing is waited for any longer when the test has taken too long.
            let result = try await withTaskCancellationHandler {
                try await client.greet(name, will, keepsSession)
                return try await body(client)
            } onCancel: {
                client.channel.close(promise: nil)
            }
            try? await client.channel.close()
            return result
        } catch {
            try? await client.channel.close()
            throw error
        }
    }

    private init(port: Int) async throws {
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port)
            .get()
        try await channel.pipeline.addHandler(PlainClientHandler(self))
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    /// Says what the client publishes when a message comes, at once.
    func react(_ reaction: @escaping @Sendable (Message) -> [(topic: String, text: String, isRetained: Bool)]) {
        state.withLock { $0.reaction = reaction }
    }

    /// Subscribes with QoS 1; returns when the broker has confirmed it.
    func subscribe(_ filter: String) async throws {
        try await awaitingReply { number in
            var body = ByteBuffer(integer: number)
            body.write(text: filter)
            body.writeInteger(UInt8(1))
            send(0x82, body)
        }
    }

    /// Publishes with QoS 1; returns when the broker has acknowledged it.
    func publish(_ topic: String, _ text: String, retain: Bool = false) async throws {
        try await publish(topic, bytes: Array(text.utf8), retain: retain)
    }

    /// Publishes with QoS 1; returns when the broker has acknowledged it.
    func publish(_ topic: String, bytes: [UInt8], retain: Bool = false) async throws {
        try await awaitingReply { number in
            var body = ByteBuffer()
            body.write(text: topic)
            body.writeInteger(number)
            body.writeBytes(bytes)
            send(0x32 | (retain ? 1 : 0), body)
        }
    }

    /// Publishes with QoS 0, without waiting for anything.
    func shout(_ topic: String, _ text: String, retain: Bool = false) {
        var body = ByteBuffer()
        body.write(text: topic)
        body.writeString(text)
        send(0x30 | (retain ? 1 : 0), body)
    }

    /// Returns the messages once there is such a one.
    @discardableResult
    func wait(for isMet: @escaping @Sendable (Message) -> Bool) async -> [Message] {
        await messages.wait { $0.contains(where: isMet) }
    }

    /// How often a text came on a topic.
    func count(_ topic: String, _ text: String) -> Int {
        messages.value.count { $0.topic == topic && $0.text == text }
    }

    private func greet(_ name: String, _ will: (topic: String, text: String)?, _ keepsSession: Bool) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.greeting = continuation }
                return state.isClosed
            }
            guard !isClosed else { return continuation.resume(throwing: Closed()) }
            var body = ByteBuffer()
            body.write(text: "MQTT")
            body.writeInteger(UInt8(4))
            body.writeInteger(UInt8((keepsSession ? 0 : 0x02) | (will == nil ? 0 : 0x04)))
            body.writeInteger(UInt16(0))
            body.write(text: name)
            if let will {
                body.write(text: will.topic)
                body.write(text: will.text)
            }
            send(0x10, body)
        }
    }

    private func awaitingReply(_ send: (UInt16) -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let number = state.withLock { state -> UInt16? in
                guard !state.isClosed else { return nil }
                state.lastNumber = state.lastNumber == .max ? 1 : state.lastNumber + 1
                state.replies[state.lastNumber] = continuation
                return state.lastNumber
            }
            if let number { send(number) } else { continuation.resume(throwing: Closed()) }
        }
    }

    private func send(_ head: UInt8, _ body: ByteBuffer) {
        var packet = ByteBuffer(integer: head)
        var length = body.readableBytes
        repeat {
            packet.writeInteger(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        packet.writeImmutableBuffer(body)
        channel.writeAndFlush(packet, promise: nil)
    }

    // MARK: What comes

    fileprivate func received(_ head: UInt8, _ body: ByteBuffer) {
        var body = body
        switch head >> 4 {
        case 2:
            let code = body.getInteger(at: body.readerIndex + 1, as: UInt8.self)
            let greeting = state.withLock { state in
                defer { state.greeting = nil }
                return state.greeting
            }
            if code == 0 { greeting?.resume() } else { greeting?.resume(throwing: Closed()) }
        case 3: receivedMessage(head, &body)
        case 4, 9:
            let number = body.readInteger(as: UInt16.self) ?? 0
            state.withLock { $0.replies.removeValue(forKey: number) }?.resume()
        default: break
        }
    }

    private func receivedMessage(_ head: UInt8, _ body: inout ByteBuffer) {
        let length = Int(body.readInteger(as: UInt16.self) ?? 0)
        let topic = body.readString(length: length) ?? ""
        if head & 0x06 != 0, let number = body.readInteger(as: UInt16.self) { send(0x40, ByteBuffer(integer: number)) }
        let text = String(buffer: body)
        let message = Message(topic: topic, text: text, isRetained: head & 1 != 0)
        for answer in state.withLock(\.reaction)(message) {
            shout(answer.topic, answer.text, retain: answer.isRetained)
        }
        messages.change { $0.append(message) }
    }

    fileprivate func closed() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer {
                state.replies = [:]
                state.greeting = nil
            }
            return Array(state.replies.values) + [state.greeting].compactMap(\.self)
        }
        for continuation in waiting { continuation.resume(throwing: Closed()) }
    }
}

extension ByteBuffer {
    fileprivate mutating func write(text: String) {
        writeInteger(UInt16(text.utf8.count))
        writeString(text)
    }
}

private final class PlainClientHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let client: PlainClient
    private let rest = Mutex(ByteBuffer())

    init(_ client: PlainClient) {
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        let packets = rest.withLock { rest in
            rest.writeBuffer(&incoming)
            var packets: [(UInt8, ByteBuffer)] = []
            while let packet = Self.nextPacket(&rest) { packets.append(packet) }
            rest.discardReadBytes()
            return packets
        }
        for (head, body) in packets { client.received(head, body) }
    }

    private static func nextPacket(_ buffer: inout ByteBuffer) -> (UInt8, ByteBuffer)? {
        var copy = buffer
        guard let head = copy.readInteger(as: UInt8.self) else { return nil }
        var (length, shift) = (0, 0)
        while true {
            guard let byte = copy.readInteger(as: UInt8.self) else { return nil }
            length |= Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { break }
        }
        guard let body = copy.readSlice(length: length) else { return nil }
        buffer = copy
        return (head, body)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.closed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

import Hummingbird
import KeywayModel
import KeywayStore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// One open event stream, from its first byte to its last.
///
/// Two tasks share it: one reads and writes, the other looks at the clock. What either decides is decided by
/// ``StreamPace`` and ``EventReader``.
final class EventStream: Sendable {
    /// The stream has ended as it should, and nothing more is to be read from its connection.
    struct Ended: Error {}

    /// Why a stream ends though nothing is wrong with what it reads.
    private enum Ending: String {
        case disconnected
        case shuttingDown
        case slowReader
    }

    private struct State {
        var pace: StreamPace
        var ending: Ending?
    }

    /// How long the end of a stream may take.
    private static let farewellLimit: Duration = .seconds(1)
    /// The most bytes of one write, but for a single event that has more, and of writes that the connection does not know
    /// of yet.
    private static let writeSize = 64 << 10

    /// What is to be written, and what has been.
    private struct Output {
        var buffer = ByteBuffer()
        /// How many bytes the connection may not know of yet.
        var unsettled = 0
    }

    private let call: Call
    private let credential: PresentedCredential
    private let reader: EventReader
    private let follower: EventFollower
    private let slot: EventStreamSlot
    private let state: Mutex<State>

    /// Makes a stream that is not open yet.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - credential: What the caller presented, which is looked at again while the stream is open.
    ///   - reader: What it sends.
    ///   - follower: What tells of new events.
    ///   - slot: Its right to be open.
    init(
        _ call: Call,
        presenting credential: PresentedCredential,
        reader: EventReader,
        follower: EventFollower,
        slot: EventStreamSlot
    ) {
        self.call = call
        self.credential = credential
        self.reader = reader
        self.follower = follower
        self.slot = slot
        let configuration = call.services.configuration
        state = Mutex(
            State(
                pace: StreamPace(
                    heartbeat: configuration.eventStreamHeartbeat,
                    writeLimit: configuration.eventStreamWriteTimeout,
                    at: call.services.time.now().monotonic
                )
            )
        )
    }

    /// Sends events until the reader is gone, the credential refused, or the server stopping.
    ///
    /// - Parameters:
    ///   - writer: Where to send them.
    ///   - connection: What the writer writes to.
    /// - Throws: What the connection throws when it breaks; it is to be closed then.
    @concurrent
    func run(to writer: inout any ResponseBodyWriter, over connection: StreamConnection) async throws {
        // Weakly, so that a connection which lingers does not keep the stream's slot.
        connection.whenDisconnected { [weak self] in self?.end(.disconnected, connection) }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.watch(connection) }
                defer { group.cancelAll() }
                try await self.send(to: &writer, connection)
            }
        } onGracefulShutdown: {
            self.end(.shuttingDown, connection)
        }
    }

    private func end(_ ending: Ending, _ connection: StreamConnection) {
        let mustClose = state.withLock { state in
            state.ending = state.ending ?? ending
            // A write that is under way may have to be waited for without end.
            return ending == .disconnected || state.pace.isWriting
        }
        if mustClose { connection.close() }
        follower.signal.raise()
    }

    // MARK: Sending

    @concurrent
    private func send(to writer: inout any ResponseBodyWriter, _ connection: StreamConnection) async throws {
        var reader = reader
        var check = CredentialCheck(call.services)
        var output = Output()
        ServerSentEvents.write(position: reader.position, to: &output.buffer)
        try await write(&output, to: &writer, connection)
        var refusal: APIError?
        while isOpen {
            let batch: EventReader.Batch
            do {
                if let caller = try await check.callerIfDue(credential, reader.caller) { reader.caller = caller }
                batch = try await reader.next()
            } catch {
                refusal = call.services.refusal(for: error, call.requestID)
                break
            }
            for line in batch.lines {
                ServerSentEvents.write(line, to: &output.buffer)
                if output.buffer.readableBytes >= Self.writeSize { try await write(&output, to: &writer, connection) }
            }
            try await write(&output, to: &writer, connection)
            if isHeartbeatDue {
                ServerSentEvents.writeHeartbeat(to: &output.buffer)
                ServerSentEvents.write(position: reader.position, to: &output.buffer)
                try await write(&output, to: &writer, connection)
                reader.distrustFeed()
            } else if batch.isAtEnd {
                await follower.signal.wait()
            }
        }
        try await finish(&writer, refusal, connection)
    }

    private var isOpen: Bool { !Task.isCancelled && state.withLock { $0.ending == nil } }

    private var isHeartbeatDue: Bool {
        let now = call.services.time.now().monotonic
        return state.withLock { $0.pace.isHeartbeatDue(at: now) }
    }

    /// Writes what there is, if anything, and returns when the connection has taken it.
    @concurrent
    private func write(
        _ output: inout Output,
        to writer: inout any ResponseBodyWriter,
        _ connection: StreamConnection
    ) async throws {
        guard output.buffer.readableBytes > 0 else { return }
        let begun = call.services.time.now().monotonic
        let isOpen = state.withLock { state in
            if state.ending == nil { state.pace.beginWriting(at: begun) }
            return state.ending == nil
        }
        guard isOpen else { return }
        try await writer.write(output.buffer)
        output.unsettled += output.buffer.readableBytes
        // A new buffer for the next write: this one may wait in the connection.
        output.buffer = ByteBuffer()
        if output.unsettled >= Self.writeSize {
            await connection.settle()
            output.unsettled = 0
        }
        let ended = call.services.time.now().monotonic
        state.withLock { $0.pace.endWriting(at: ended) }
    }

    /// Says why the stream ends, if there is something to say, and ends it.
    @concurrent
    private func finish(
        _ writer: inout any ResponseBodyWriter,
        _ refusal: APIError?,
        _ connection: StreamConnection
    ) async throws {
        let time = call.services.time
        log(refusal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Whoever does not take even this is not waited for.
                if (try? await time.sleep(for: Self.farewellLimit)) != nil { connection.close() }
            }
            defer { group.cancelAll() }
            if let refusal {
                var buffer = ByteBuffer()
                try ServerSentEvents.write(refusal, to: &buffer)
                try await writer.write(buffer)
            }
            try await writer.finish(nil)
        }
        await connection.settle()
        connection.finish()
    }

    private func log(_ refusal: APIError?) {
        let ending = state.withLock { $0.ending?.rawValue }
        call.services.logger.debug(
            "event stream ended",
            metadata: ["request.id": "\(call.requestID)", "reason": "\(refusal?.type ?? ending ?? "cancelled")"]
        )
    }

    // MARK: The clock

    /// Wakes the sender when a heartbeat is due, and cuts off a reader who takes too long.
    private func watch(_ connection: StreamConnection) async {
        let time = call.services.time
        while true {
            let now = time.now().monotonic
            let (isTooSlow, next) = state.withLock { ($0.pace.isTooSlow(at: now), $0.pace.nextLook(at: now)) }
            if isTooSlow { return end(.slowReader, connection) }
            do { try await time.sleep(until: next) } catch { return }
            follower.signal.raise()
        }
    }
}

import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import Synchronization

/// Reads one event stream, over as many connections as it takes.
final class EventFeed: Sendable {
    private struct State {
        var position: StreamPosition
        var backoff: Backoff
        /// How many connections ended one after the other without bringing anything.
        var failures = 0
        var wasConnected = false
        var connectedAt = Duration.zero
        var liveness = Liveness(silence: .zero, at: .zero)
    }

    private let connection: ServerConnection
    /// The shortest pause that a server can ask for, so that none makes its clients call again and again.
    private static let shortestPause: Duration = .milliseconds(100)

    private let query: Query
    private let onInterruption: @Sendable (KeywayClient.StreamInterruption) -> Void
    private let state: Mutex<State>

    init(
        connection: ServerConnection,
        query: Query,
        position: String?,
        onInterruption: @escaping @Sendable (KeywayClient.StreamInterruption) -> Void
    ) {
        self.connection = connection
        self.query = query
        self.onInterruption = onInterruption
        let backoff = Backoff(
            first: .milliseconds(500),
            longest: connection.configuration.longestReconnectPause
        )
        state = Mutex(State(position: StreamPosition(position), backoff: backoff))
    }

    private var now: Duration { connection.clock.now }

    /// Reads the stream and hands out its events until something ends it for good.
    ///
    /// - Throws: As ``KeywayClient/EventStream/AsyncIterator/next()``.
    func run(into events: Handoff<KeywayClient.Event>) async throws {
        var firstTries = RetryPlan(connection.configuration)
        while true {
            let trouble = try await listen(into: events)
            let fraction = connection.surroundings.fraction
            guard let pause = pause(after: trouble, &firstTries, fraction: fraction) else { throw trouble }
            connection.logger.debug(
                "an event stream is connected again",
                metadata: ["error": "\(trouble)", "pause": "\(pause)"]
            )
            onInterruption(KeywayClient.StreamInterruption(reason: "\(trouble)", pause: pause))
            try await connection.clock.sleep(for: pause)
        }
    }

    /// How long to wait before the next connection; nil if there is to be none.
    private func pause(
        after trouble: any TemporaryTrouble,
        _ firstTries: inout RetryPlan,
        fraction: Double
    ) -> Duration? {
        state.withLock { state in
            guard state.wasConnected else { return firstTries.pause(after: trouble, fraction: fraction, at: now) }
            // A connection that lasted is no sign of trouble, though nothing may have happened meanwhile.
            if now - state.connectedAt >= state.backoff.longest { state.failures = 0 }
            defer { state.failures += 1 }
            return max(state.backoff.pause(state.failures, fraction: fraction), trouble.retryAfter ?? .zero)
        }
    }

    /// Reads one connection to its end.
    ///
    /// - Returns: Why it ended.
    /// - Throws: What ends the stream for good.
    private func listen(into events: Handoff<KeywayClient.Event>) async throws -> any TemporaryTrouble {
        do {
            let last = state.withLock { $0.position.last }
            let body = try await connection.openStream("/events/stream", query, lastEventID: last)
            state.withLock { state in
                state.wasConnected = true
                state.connectedAt = now
                state.liveness = Liveness(silence: connection.configuration.streamSilence, at: now)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.read(body, into: events) }
                group.addTask { try await self.watch() }
                defer { group.cancelAll() }
                try await group.next()
            }
            return StreamEnded(reason: "The server ended the stream.")
        } catch let trouble as any TemporaryTrouble where trouble.isTemporary {
            return trouble
        }
    }

    // MARK: One connection

    private func read(_ body: HTTPClientResponse.Body, into events: Handoff<KeywayClient.Event>) async throws {
        try await connection.translatingErrors {
            var parser = ServerSentEventParser(maximumBytes: self.connection.configuration.maximumEventBytes)
            var isNew = true
            for try await chunk in body {
                self.state.withLock { $0.liveness.hear(at: self.now) }
                for element in try self.elements(of: chunk, &parser) {
                    switch element {
                    case .retry(let pause): self.state.withLock { $0.backoff.first = max(pause, Self.shortestPause) }
                    case .position(let position): isNew = self.state.withLock { $0.position.advance(to: position) }
                    case .event(let type, let data):
                        if let event = try self.event(type, data), isNew { try await self.hand(event, to: events) }
                        isNew = true
                    }
                }
            }
        }
    }

    private func elements(
        of chunk: ByteBuffer,
        _ parser: inout ServerSentEventParser
    ) throws -> [ServerSentEventParser.Element] {
        do {
            return try parser.read(chunk.readableBytesView)
        } catch {
            throw KeywayClient.UnreadableAnswer(
                message: "The stream has an event that is larger than the client takes."
            )
        }
    }

    /// What an element of the stream says; nil for what is no event and not known to this client.
    private func event(_ type: String, _ data: String) throws -> KeywayClient.Event? {
        guard let json = try? JSONDecoder().decode(KeywayClient.JSONValue.self, from: Data(data.utf8)) else {
            throw KeywayClient.UnreadableAnswer(message: "The stream has an event that is no JSON.")
        }
        guard type != "error" else {
            let reason = json["message"]?.stringValue ?? json["type"]?.stringValue ?? "The server ended the stream."
            throw StreamEnded(reason: reason)
        }
        guard json["event_id"] != nil else { return nil }
        return try KeywayClient.Event(json: json)
    }

    private func hand(_ event: KeywayClient.Event, to events: Handoff<KeywayClient.Event>) async throws {
        var event = event
        event.streamPosition = state.withLock { state in
            state.failures = 0
            return state.position.last
        }
        guard !events.offer(event) else { return }
        state.withLock { $0.liveness.lookAway() }
        try await events.give(event)
        state.withLock { $0.liveness.hear(at: now) }
    }

    /// Throws when the connection is dead.
    private func watch() async throws {
        while let rest = state.withLock({ $0.liveness.rest(at: now) }) {
            try await connection.clock.sleep(for: rest)
        }
        throw StreamEnded(reason: "The server has said nothing for \(connection.configuration.streamSilence).")
    }
}

/// A stream ended in a way that says nothing against connecting again.
private struct StreamEnded: TemporaryTrouble, CustomStringConvertible {
    let reason: String

    var isTemporary: Bool { true }
    var retryAfter: Duration? { nil }
    var description: String { reason }
}

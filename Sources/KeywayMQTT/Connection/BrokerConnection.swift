#if MQTT
import KeywayDriver
import KeywayModel
import Logging
import Synchronization

/// The lasting connection to one broker: made again whenever it breaks, with pauses that grow.
///
/// Each connection is a ``BrokerLink`` of its own, and nothing is carried over from one to the next but the topics. What
/// happens waits in a bounded queue until ``nextEvents(atMost:)`` takes it.
final class BrokerConnection: Sendable {
    /// Something that whoever uses the connection must know.
    enum Event: Hashable, Sendable {
        /// The broker took a connection; messages that it keeps will come again.
        case connected(generation: UInt64)
        /// A connection that stood has ended, for this reason.
        case disconnected(generation: UInt64, ConnectionTrouble)
        /// No connection could be made, for this reason.
        case failed(ConnectionTrouble)
        /// The broker does not let Keyway subscribe to these topic filters.
        case subscriptionsRefused([String])
        /// A message came.
        case message(InboundMessage)
    }

    private struct State {
        var link: BrokerLink?
        var isConnected = false
        var topics: Set<String> = []
        var lastTrouble = ConnectionTrouble(kind: .unreachable, reason: "There has been no connection yet.")
        var generation: UInt64 = 0
        var connectedAt: MonotonicInstant?
        /// What happened to the connection, each with the place of the last message before it.
        var notices: [(event: Event, place: UInt64)] = []
        var messages: MessageQueue
        var bell = Latch()
        var hasLoggedDrops = false
        var random: any RandomNumberGenerator & Sendable

        mutating func note(_ event: Event) {
            notices.append((event, messages.lastPlace))
        }

        /// Takes out what happened first; nil if nothing has.
        mutating func nextEvent() -> Event? {
            if let message = messages.popFirst(upTo: notices.first?.place) { return .message(message) }
            return notices.isEmpty ? nil : notices.removeFirst().event
        }
    }

    private let options: BrokerOptions
    private let pauses: ConnectionPlan.Pauses
    private let time: any TimeSource
    private let logger: Logger
    private let state: Mutex<State>

    /// Makes a connection, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - options: How to reach the broker.
    ///   - pauses: The pauses between tries.
    ///   - limits: The bounds of the queue of messages.
    ///   - time: The clock of pauses and deadlines.
    ///   - random: Where the jitter of the pauses comes from.
    ///   - logger: Where it says what is wrong, once, and when it is right again; names the account.
    init(
        _ options: BrokerOptions,
        pauses: ConnectionPlan.Pauses = ConnectionPlan.Pauses(),
        limits: MessageQueue.Limits = MessageQueue.Limits(),
        time: any TimeSource,
        random: any RandomNumberGenerator & Sendable,
        logger: Logger
    ) {
        self.options = options
        self.pauses = pauses
        self.time = time
        self.logger = logger
        state = Mutex(State(messages: MessageQueue(limits), random: random))
    }

    // MARK: Living

    /// Connects, again and again, until the task is cancelled.
    func run() async {
        var plan = ConnectionPlan(pauses)
        var loggedReason: String?
        while !Task.isCancelled {
            let (trouble, stood) = await live(plan)
            if stood != nil { loggedReason = nil }
            guard !Task.isCancelled else { return }
            let pause = state.withLock { state in
                var random = state.random
                defer { state.random = random }
                return plan.pause(after: trouble, havingStood: stood, using: &random)
            }
            // Once for one trouble, not for each try. That an old broker is spoken to in its own words is none.
            let isNews = trouble.reason != loggedReason && trouble.kind != .versionRefused
            if isNews {
                logger.warning("there is no connection to the broker", metadata: ["reason": "\(trouble.reason)"])
                loggedReason = trouble.reason
            }
            if pause > .zero { _ = try? await time.sleep(for: pause) }
        }
    }

    /// Lives through one connection; returns why it ended and how long it stood, nil if the broker did not take it.
    private func live(_ plan: ConnectionPlan) async -> (trouble: ConnectionTrouble, stood: Duration?) {
        let generation = state.withLock { state in
            state.generation += 1
            return state.generation
        }
        let link = BrokerLink(options, plan, generation: generation, time: time) { happening in
            self.take(happening, of: generation)
        }
        state.withLock { $0.link = link }
        link.start()
        let limit = options.connectTimeout
        let trouble = await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    guard (try? await self.time.sleep(for: limit)) != nil else { return }
                    link.giveUpOpening(
                        ConnectionTrouble(
                            kind: .unreachable,
                            reason: "The broker at \(self.options.host):\(self.options.port) does not answer."
                        )
                    )
                }
                defer { group.cancelAll() }
                return await link.end()
            }
        } onCancel: {
            link.stop(ConnectionTrouble(kind: .stopped, reason: "The connection is closed by Keyway."))
        }
        return (trouble, ended(generation, trouble))
    }

    private func ended(_ generation: UInt64, _ trouble: ConnectionTrouble) -> Duration? {
        let now = time.now().monotonic
        return notify { state in
            defer {
                state.link = nil
                state.isConnected = false
                state.connectedAt = nil
                state.lastTrouble = trouble
            }
            guard let connectedAt = state.connectedAt else {
                state.note(.failed(trouble))
                return nil
            }
            state.note(.disconnected(generation: generation, trouble))
            return now - connectedAt
        }
    }

    /// Takes what happens on a connection, on its thread.
    private func take(_ happening: MosquittoLoop.Happening, of generation: UInt64) {
        switch happening {
        case .connected(let version):
            let now = time.now().monotonic
            notify { state in
                state.isConnected = true
                state.connectedAt = now
                state.note(.connected(generation: generation))
                // Under the lock, so that an older wish never overtakes a newer one.
                state.link?.subscribe(to: state.topics)
            }
            logger.notice(
                "connected to the broker",
                metadata: ["mqtt.version": version == .five ? "5" : "3.1.1"]
            )
        case .received(let message):
            let isFirstDrop = notify { state in
                state.messages.append(message)
                guard state.messages.droppedCount > 0, !state.hasLoggedDrops else { return false }
                state.hasLoggedDrops = true
                return true
            }
            if isFirstDrop {
                logger.warning("more messages come from the broker than can be read; only the newest are kept")
            }
        case .subscriptionsRefused(let topics):
            notify { $0.note(.subscriptionsRefused(topics)) }
        }
    }

    @discardableResult
    private func notify<Result>(_ change: (inout sending State) -> sending Result) -> sending Result {
        let (result, bell) = state.withLock { state in
            let result = change(&state)
            return (result, state.bell)
        }
        bell.open()
        return result
    }

    // MARK: What users see

    /// Whether the broker has taken a connection that stands.
    var isConnected: Bool { state.withLock(\.isConnected) }

    /// How many messages have given way to newer ones.
    var droppedMessageCount: UInt64 { state.withLock(\.messages.droppedCount) }

    /// Subscribes to these topic filters, and no others, on this connection and on those that follow.
    func subscribe(to topics: Set<String>) {
        state.withLock { state in
            state.topics = topics
            if state.isConnected { state.link?.subscribe(to: topics) }
        }
    }

    /// Waits for events and takes them out, in the order in which they happened.
    ///
    /// - Returns: At least one, unless the task is cancelled.
    func nextEvents(atMost count: Int = 256) async -> [Event] {
        while !Task.isCancelled {
            let (events, bell) = state.withLock { state in
                var events: [Event] = []
                while events.count < count, let event = state.nextEvent() { events.append(event) }
                if events.isEmpty { state.bell = Latch() }
                return (events, state.bell)
            }
            if !events.isEmpty { return events }
            await bell.wait()
        }
        return []
    }

    /// Publishes a message once, with QoS 1, not to be kept by the broker, and to be forgotten at the deadline.
    ///
    /// - Parameters:
    ///   - topic: Where.
    ///   - payload: What.
    ///   - deadline: When it must be over and done with. If the broker has not taken it in time for that, the
    ///     connection is ended, so that what has not left never does.
    ///   - onProgress: Told, before anything that comes after that is read, how far the message is.
    /// - Returns: What became of it, at the deadline at the latest.
    func publish(
        _ topic: String,
        _ payload: [UInt8],
        expiresAt deadline: MonotonicInstant,
        onProgress: @escaping @Sendable (PublishProgress) -> Void = { _ in }
    ) async -> PublishOutcome {
        let (link, trouble) = state.withLock { state in (state.isConnected ? state.link : nil, state.lastTrouble) }
        guard let link else { return .notSent(.notConnected(trouble.reason)) }
        return await withTaskGroup(of: PublishOutcome?.self) { group in
            group.addTask {
                await withCheckedContinuation { continuation in
                    let job = PublishJob(
                        topic: topic,
                        payload: payload,
                        deadline: deadline,
                        onProgress: onProgress,
                        onEnd: { continuation.resume(returning: $0) }
                    )
                    if !link.publish(job) {
                        continuation.resume(returning: .notSent(.notConnected("The connection has just ended.")))
                    }
                }
            }
            group.addTask {
                // The thread looks by itself, on the system's clock; this makes it look on ours, too.
                if (try? await self.time.sleep(until: deadline)) != nil { link.look() }
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = await group.next() {
                if let outcome { return outcome }
            }
            return .unknown("The connection has ended.")
        }
    }

    /// Publishes a message once, with QoS 0, if the network takes it before the deadline.
    ///
    /// It takes no command's place, and whatever becomes of it ends no connection.
    ///
    /// - Parameters:
    ///   - topic: Where.
    ///   - payload: What.
    ///   - deadline: After when it is of no use.
    ///   - onSent: Told, before anything that comes after it is read, the place of the message in the traffic.
    func ask(
        _ topic: String,
        _ payload: [UInt8],
        until deadline: MonotonicInstant,
        onSent: @escaping @Sendable (TrafficStamp) -> Void = { _ in }
    ) {
        let link = state.withLock { state in state.isConnected ? state.link : nil }
        link?.ask(Question(topic: topic, payload: payload, deadline: deadline, onSent: onSent))
    }
}
#endif

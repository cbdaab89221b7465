#if MQTT
import KeywayDriver
import KeywayModel
import Logging
import Synchronization

/// One connected account while the driver serves it: the shell around its connection and its ``LockRoster``.
final class BrokerAccount: ServedAccount {
    /// The account.
    let account: ConnectedAccount
    /// The connection to its broker.
    let connection: BrokerConnection
    /// Opens when the account is removed.
    let removal = Latch()

    private let configuration: MQTTConfiguration
    private let time: any TimeSource
    private let logger: Logger
    private let announcementSettings: Announcements.Settings
    private let state: Mutex<State>

    private struct State {
        var roster: LockRoster
        /// What waits to be passed on, by lock; of the account under an empty name.
        var outboxes: [String: Outbox] = [:]
        var readings: [String: [BoltReading]] = [:]
        /// Counts the beginnings and ends of connections, so that a timer sees whether it is still about the same one.
        var era: UInt64 = 0
        /// The era in which a timer runs for locks that have not said whether they can be reached.
        var patientEra: UInt64?
        var notes = NoteBook()
        /// Opens when something changes for those who wait for a lock.
        var bell = Latch()

        /// Takes something that an operator should know, and returns what to write into the log now.
        mutating func note(_ note: String, at now: MonotonicInstant) -> [String] {
            notes.take(String(note.prefix(500)), at: now)
        }

        /// When the timer of an era is to look again; nil if it is of no more use.
        mutating func endOfPatience(in era: UInt64) -> MonotonicInstant? {
            let end = self.era == era ? roster.nextEndOfPatience : nil
            if end == nil, patientEra == era { patientEra = nil }
            return end
        }
    }

    /// Where what happens to an account is brought.
    struct Listener: Sendable {
        /// Takes what the locks say.
        let sink: any ReportSink
        /// Takes whether the account's connection stands.
        let noteConnection: @Sendable (ConnectedAccount, Bool) async throws -> Void
    }

    /// Makes an account that is not served yet.
    init(
        _ account: ConnectedAccount,
        _ settings: MQTTSettings,
        _ configuration: MQTTConfiguration,
        time: any TimeSource,
        random: any RandomNumberGenerator & Sendable,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "connected_account.id"] = "\(account.id)"
        self.account = account
        self.configuration = configuration
        self.time = time
        self.logger = logger
        announcementSettings = Announcements.Settings(
            discoveryPrefix: settings.discoveryPrefix,
            zigbeeBase: settings.zigbeeBase,
            maximumLockCount: configuration.maximumLocks
        )
        var options = BrokerOptions(settings, of: account.id, configuration)
        options.urgentTopics = announcementSettings.lockTopics
        connection = BrokerConnection(
            options,
            pauses: ConnectionPlan.Pauses(longest: configuration.longestReconnectPause),
            time: time,
            random: random,
            logger: logger
        )
        let roster = LockRoster(
            announcementSettings,
            patience: configuration.reachPatience,
            settlingTime: configuration.settlingTime
        )
        state = Mutex(State(roster: roster))
    }

    // MARK: Serving

    /// Serves the account until the task is cancelled.
    ///
    /// - Parameters:
    ///   - stored: Reads the devices of the account that are stored.
    ///   - listener: Where to bring what happens.
    func serve(
        knowing stored: @escaping @Sendable () async throws -> [Device],
        for listener: Listener
    ) async {
        await withDiscardingTaskGroup { group in
            guard await remember(stored) else { return }
            connection.subscribe(to: state.withLock(\.roster.topics))
            group.addTask { await self.connection.run() }
            giveUpLater(for: listener, &group)
            while !Task.isCancelled {
                for event in await connection.nextEvents() { take(event, for: listener, &group) }
            }
            group.cancelAll()
        }
    }

    private func remember(_ stored: @Sendable () async throws -> [Device]) async -> Bool {
        while true {
            do {
                let known = try await stored().filter { $0.state.offlineCause != .removed }.map(\.nativeID)
                state.withLock { $0.roster.remember(known) }
                return true
            } catch {
                guard (try? await time.sleep(for: configuration.accountPollInterval)) != nil else { return false }
            }
        }
    }

    private func take(
        _ event: BrokerConnection.Event,
        for listener: Listener,
        _ group: inout DiscardingTaskGroup
    ) {
        switch event {
        case .connected:
            let now = time.now().monotonic
            let (words, questions) = state.withLock { state in
                state.era += 1
                return (state.roster.connected(at: now), state.roster.questions)
            }
            pass(words, to: listener, &group)
            ask(questions)
            bePatient(for: listener, &group)
        case .disconnected:
            state.withLock { state in
                state.era += 1
                state.roster.connectionEnded()
            }
            giveUpLater(for: listener, &group)
        case .failed: break
        case .subscriptionsRefused(let topics):
            let names = topics.prefix(5).joined(separator: ", ")
            let now = time.now().monotonic
            tell(state.withLock { $0.note("The broker does not let Keyway listen to topics: \(names).", at: now) })
        case .message(let message): hear(message, for: listener, &group)
        }
        state.withLock(\.bell).open()
    }

    private func hear(_ message: InboundMessage, for listener: Listener, _ group: inout DiscardingTaskGroup) {
        let now = time.now().monotonic
        // Outside the lock, at which others wait who must not: reading a long message takes a while.
        let decoded = DecodedMessage(message, announcementSettings)
        let (hearing, topics, readings, notes) = state.withLock { state in
            let hearing = state.roster.hear(decoded, at: now)
            let readings = hearing.bolts.flatMap { said in
                (state.readings[said.identity] ?? []).map { (reading: $0, bolt: said.bolt) }
            }
            let notes = hearing.notes.flatMap { state.note($0, at: now) }
            return (hearing, hearing.changesTopics ? state.roster.topics : nil, readings, notes)
        }
        if let topics { connection.subscribe(to: topics) }
        for (reading, bolt) in readings { reading.hear(bolt, as: message.stamp) }
        tell(notes)
        pass(hearing.words, to: listener, &group)
        ask(hearing.questions)
        if hearing.hasNewLocks { bePatient(for: listener, &group) }
    }

    private func tell(_ notes: [String]) {
        for note in notes {
            logger.warning("something on the broker is not as it should be", metadata: ["reason": "\(note)"])
        }
    }

    /// Has locks asked where their bolts are; they need not answer.
    private func ask(_ questions: [OutgoingMessage]) {
        let deadline = time.now().monotonic + Self.questionLifetime
        for question in questions { connection.ask(question.topic, question.payload, until: deadline) }
    }

    private static let questionLifetime: Duration = .seconds(10)

    private func giveUpLater(for listener: Listener, _ group: inout DiscardingTaskGroup) {
        let era = state.withLock(\.era)
        group.addTask {
            guard (try? await self.time.sleep(for: self.configuration.disconnectGrace)) != nil else { return }
            let words = self.change(in: era) { $0.connectionGivenUp() }
            await withDiscardingTaskGroup { self.pass(words, to: listener, &$0) }
        }
    }

    /// Gives the locks time to say whether they can be reached, and further time as long as others come; one timer at
    /// a time.
    private func bePatient(for listener: Listener, _ group: inout DiscardingTaskGroup) {
        let era = state.withLock { state -> UInt64? in
            guard state.patientEra != state.era else { return nil }
            state.patientEra = state.era
            return state.era
        }
        guard let era else { return }
        group.addTask {
            // One group for all turns: a lock with much to say must not keep the others from their turn.
            await withDiscardingTaskGroup { group in
                while let end = self.state.withLock({ $0.endOfPatience(in: era) }) {
                    guard (try? await self.time.sleep(until: end)) != nil else { return }
                    let now = self.time.now().monotonic
                    self.pass(self.change(in: era) { $0.patienceIsOver(at: now) }, to: listener, &group)
                }
            }
        }
    }

    /// Changes the roster after a time, unless a connection has begun or ended by then.
    private func change(
        in era: UInt64,
        _ change: (inout LockRoster) -> [LockRoster.Word]
    ) -> [LockRoster.Word] {
        let words = state.withLock { state in state.era == era ? change(&state.roster) : [] }
        state.withLock(\.bell).open()
        return words
    }

    // MARK: Passing on

    /// Has words passed on: those of one lock one after the other, those of different locks at the same time.
    private func pass(
        _ words: [LockRoster.Word],
        to listener: Listener,
        _ group: inout DiscardingTaskGroup
    ) {
        for word in words {
            let name = word.identity ?? ""
            let mustBegin = state.withLock { $0.outboxes[name, default: Outbox()].add(word) }
            if mustBegin { group.addTask { await self.empty(name, into: listener) } }
        }
    }

    private func empty(_ name: String, into listener: Listener) async {
        while !Task.isCancelled {
            let word = state.withLock { state -> LockRoster.Word? in
                let word = state.outboxes[name]?.next()
                if word == nil { state.outboxes[name] = nil }
                return word
            }
            guard let word else { return }
            await deliver(word, to: listener)
        }
    }

    private func deliver(_ word: LockRoster.Word, to listener: Listener) async {
        var pause: Duration = .seconds(1)
        for number in 1... {
            do {
                return try await tell(word, to: listener)
            } catch {
                if Task.isCancelled { return }
                logger.debug("what a lock said could not be stored", metadata: ["error": "\(type(of: error))"])
                // What lasts must not get lost; news is old after a while.
                if word.lasting == nil, number >= Self.maximumTries { return }
                guard (try? await time.sleep(for: pause)) != nil else { return }
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    private static let maximumTries = 5
    private static let longestPause: Duration = .seconds(15)

    private func tell(_ word: LockRoster.Word, to listener: Listener) async throws {
        switch word.content {
        case .connection(let stands): try await listener.noteConnection(account, stands)
        case .announced(let lock):
            try await listener.sink.discovered(lock.device(of: account, at: time.now().wall))
        case .report(let content, let method, let isReplay):
            guard let identity = word.identity else { return }
            let now = time.now().monotonic
            let mayConfirm = state.withLock { state in
                guard let origin = word.origin else { return true }
                let mayConfirm = state.roster.mayConfirm(origin, identity, at: now)
                if mayConfirm, !isReplay, content.mayEndAttempt { state.roster.answered(identity) }
                return mayConfirm
            }
            let report = DeviceReport(
                deviceID: .derived(from: identity, in: account.id),
                content: content,
                method: method,
                isReplay: isReplay || !mayConfirm,
                receivedAt: word.origin?.receivedAt
            )
            try await listener.sink.deliver(report)
        }
    }

    // MARK: Commands and questions

    /// A lock as it stands: whether it is announced, and whether it and its broker can be reached.
    func standing(of identity: String) -> LockStanding {
        guard connection.isConnected else { return .noConnection }
        return state.withLock { $0.roster.standing(of: identity) }
    }

    /// Waits until a lock can be reached.
    ///
    /// - Throws: `CancellationError` if the task is cancelled before.
    func waitUntilReady(_ identity: String) async throws {
        while true {
            try Task.checkCancellation()
            let bell = state.withLock { state in
                if state.bell.isOpen { state.bell = Latch() }
                return state.bell
            }
            if case .ready = standing(of: identity) { return }
            await bell.wait()
        }
    }

    /// Takes that a command is to be sent to a lock: nothing that the lock says before it has left is an answer to it.
    func begin(_ command: Command, at identity: String) {
        state.withLock { $0.roster.begin(command, at: identity) }
    }

    /// Takes that a command reached nobody and is to be sent once more; false if it must not be.
    func beginAgain(_ command: Command, at identity: String) -> Bool {
        state.withLock { $0.roster.beginAgain(command, at: identity) }
    }

    /// Takes that a command reached nobody.
    func withdraw(_ command: Command, from identity: String) {
        state.withLock { $0.roster.withdraw(command, from: identity) }
    }

    /// Publishes a command once.
    func publish(_ message: OutgoingMessage, for command: Command, to identity: String) async -> PublishOutcome {
        await connection.publish(message.topic, message.payload, expiresAt: command.deadline) { progress in
            guard case .acknowledged(let stamp) = progress else { return }
            self.state.withLock { $0.roster.acknowledged(command, to: identity, as: stamp) }
        }
    }

    /// Asks a lock where its bolt is; nil if the task is cancelled before it answers, or it could not be asked.
    func readBolt(of identity: String, with question: OutgoingMessage) async -> BoltState? {
        let reading = BoltReading()
        state.withLock { $0.readings[identity, default: []].append(reading) }
        defer {
            state.withLock { state in
                state.readings[identity]?.removeAll { $0 === reading }
                if state.readings[identity]?.isEmpty == true { state.readings[identity] = nil }
            }
        }
        let deadline = time.now().monotonic + configuration.readTimeout
        connection.ask(question.topic, question.payload, until: deadline) { reading.sent(as: $0) }
        return await reading.answer()
    }
}

extension DeviceReport.Content {
    /// Whether it may be the end of an attempt.
    fileprivate var mayEndAttempt: Bool {
        switch self {
        case .bolt, .commandFailed: true
        default: false
        }
    }
}
#endif

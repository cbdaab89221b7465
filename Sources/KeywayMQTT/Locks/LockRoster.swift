import KeywayDriver
import KeywayModel

/// The locks of one account: which are announced, what they have said, and which commands are on their way to them.
///
/// A pure value: it takes what happens and answers what is to be passed on, and in which order for each lock.
struct LockRoster: Sendable {
    /// Something to pass on about a lock, or about the account.
    struct Word: Hashable, Sendable {
        /// Which lock; nil: the account.
        let identity: String?
        let content: Content
        /// The message that said it; nil if no message did.
        var origin: Origin?

        enum Content: Hashable, Sendable {
            /// What the lock is.
            case announced(AnnouncedLock)
            /// What the lock says.
            case report(DeviceReport.Content, LockMethod?, isReplay: Bool)
            /// The account's connection stands, or no longer.
            case connection(stands: Bool)
        }
    }

    /// The message that said something.
    struct Origin: Hashable, Sendable {
        let stamp: TrafficStamp
        let receivedAt: MonotonicInstant
    }

    /// What a message led to.
    struct Hearing: Sendable {
        /// What to pass on, in order.
        var words: [Word] = []
        /// What an operator should know, in sentences.
        var notes: [String] = []
        /// What to publish so that locks say where their bolts are.
        var questions: [OutgoingMessage] = []
        /// Whether other topics are to be subscribed to now.
        var changesTopics = false
        /// Whether locks have come that need time to say whether they can be reached.
        var hasNewLocks = false
        /// Where bolts are by this message, by lock: what they say just now, be it new or not.
        var bolts: [(identity: String, bolt: BoltState)] = []
    }

    private struct Entry {
        var listener: LockListener
        /// Whether what was passed on last is that it can be reached.
        var isToldOnline = false
        var isUnreadable = false
        /// Until when it has time to say whether it can be reached; nil: it has had that.
        var patienceEnds: MonotonicInstant?
    }

    private var announcements: Announcements
    private var entries: [String: Entry] = [:]
    /// The last command to each lock, announced or not.
    private var marks: [String: CommandMark] = [:]
    private var listeners: [String: Set<String>] = [:]
    /// The locks that are stored and have not been announced since.
    private var missing: Set<String> = []
    /// Until when they have time to be announced; nil: they have had that, or there is no connection.
    private var missingPatienceEnds: MonotonicInstant?
    /// What came last on each topic that a lock listens to, for those who begin to listen later: the broker says again
    /// what it keeps only to who subscribes anew.
    private var lastSaid: [String: InboundMessage] = [:]
    private var isToldConnected: Bool?
    private var isConnected = false

    /// The largest message that is kept for those who begin to listen later, in bytes.
    static let keptSize = 1024

    private let patience: Duration
    private let settlingTime: Duration

    /// Makes an empty roster.
    ///
    /// - Parameters:
    ///   - settings: Where announcements are looked for.
    ///   - patience: How long locks have to say whether they can be reached, from the connection or the announcement on.
    ///   - settlingTime: How long after its deadline an attempt may still be settled.
    init(
        _ settings: Announcements.Settings,
        patience: Duration = .seconds(10),
        settlingTime: Duration = .seconds(3)
    ) {
        announcements = Announcements(settings)
        (self.patience, self.settlingTime) = (patience, settlingTime)
    }

    // MARK: Questions

    /// What to subscribe to.
    var topics: Set<String> { Set(announcements.subscriptions).union(listeners.keys) }

    /// How a lock stands, as long as there is a connection.
    func standing(of identity: String) -> LockStanding {
        guard let entry = entries[identity] else { return .notAnnounced }
        let lock = entry.listener.lock
        return switch entry.listener.reach {
        case .offline: .offline
        case .bridgeOffline: .bridgeOffline
        case .online: .ready(lock)
        case .unknown: lock.tellsAvailability && entry.patienceEnds != nil ? .silent(lock) : .ready(lock)
        }
    }

    /// When the next lock has had its time to say whether it can be reached; nil if all have.
    var nextEndOfPatience: MonotonicInstant? {
        (entries.values.map(\.patienceEnds) + [missingPatienceEnds]).compactMap(\.self).min()
    }

    /// Whether what a message said may confirm the command that is on its way to a lock, or none is.
    func mayConfirm(_ origin: Origin, _ identity: String, at now: MonotonicInstant) -> Bool {
        guard let mark = marks[identity], now < mark.until else { return true }
        // What an optimistic lock says of its bolt is not known to come from the bolt.
        return entries[identity]?.listener.lock.isOptimistic != true && mark.canBeAnswered(by: origin.stamp)
    }

    // MARK: The connection

    /// Takes which locks are stored and not removed.
    mutating func remember(_ identities: some Sequence<String>) {
        missing.formUnion(identities.filter { entries[$0] == nil })
    }

    /// Takes that a connection stands.
    mutating func connected(at now: MonotonicInstant) -> [Word] {
        var words: [Word] = []
        if isToldConnected != true { words.append(Word(identity: nil, content: .connection(stands: true))) }
        isToldConnected = true
        isConnected = true
        missingPatienceEnds = now + patience
        for identity in entries.keys.sorted() {
            entries[identity]?.patienceEnds = now + patience
            if entries[identity]?.listener.lock.tellsAvailability == false { words += tellOnline(identity) }
        }
        return words
    }

    /// What to publish after a connection is made, so that locks whose bridge does not have their state kept by the
    /// broker say where their bolts are.
    var questions: [OutgoingMessage] {
        entries.sorted { $0.key < $1.key }.compactMap { $0.value.listener.lock.query }
    }

    /// Takes that the connection has ended: what locks said may have changed before there is another.
    mutating func connectionEnded() {
        isConnected = false
        missingPatienceEnds = nil
        lastSaid = [:]
        for identity in entries.keys {
            entries[identity]?.listener.connectionLost()
            entries[identity]?.patienceEnds = nil
        }
    }

    /// Takes that the connection has been gone for too long.
    mutating func connectionGivenUp() -> [Word] {
        guard isToldConnected != false else { return [] }
        isToldConnected = false
        for identity in entries.keys { entries[identity]?.isToldOnline = false }
        return [Word(identity: nil, content: .connection(stands: false))]
            + missing.union(entries.keys).sorted()
            .map { Word(identity: $0, content: .report(.accountDisconnected, nil, isReplay: false)) }
    }

    /// Takes how late it is, for the locks that have had their time to say whether they can be reached.
    mutating func patienceIsOver(at now: MonotonicInstant) -> [Word] {
        var words: [Word] = []
        for identity in entries.keys.sorted() {
            guard let end = entries[identity]?.patienceEnds, end <= now else { continue }
            entries[identity]?.patienceEnds = nil
            if entries[identity]?.listener.reach == .unknown { words += tellOnline(identity) }
        }
        if let end = missingPatienceEnds, end <= now {
            missingPatienceEnds = nil
            words += missing.sorted().map { Word(identity: $0, content: .report(.online(false), nil, isReplay: false)) }
        }
        return words
    }

    private mutating func tellOnline(_ identity: String) -> [Word] {
        guard entries[identity]?.isToldOnline == false else { return [] }
        entries[identity]?.isToldOnline = true
        return [Word(identity: identity, content: .report(.online(true), nil, isReplay: false))]
    }

    // MARK: Messages

    /// Takes a message.
    mutating func hear(_ message: DecodedMessage, at now: MonotonicInstant) -> Hearing {
        var hearing = Hearing()
        if let announcement = message.announcement {
            for change in announcements.take(announcement) { take(change, at: now, &hearing) }
        } else if let content = message.content, let identities = listeners[content.topic] {
            keep(message.source)
            let context = Context(message.source, at: now)
            for identity in identities.sorted() { hear(content, in: context, as: identity, &hearing) }
        }
        return hearing
    }

    /// How a message came.
    private struct Context {
        let isRetained: Bool
        let origin: Origin
        let now: MonotonicInstant

        init(_ message: InboundMessage, isRetained: Bool? = nil, at now: MonotonicInstant) {
            self.isRetained = isRetained ?? message.isRetained
            origin = Origin(stamp: message.stamp, receivedAt: message.receivedAt)
            self.now = now
        }
    }

    private mutating func keep(_ message: InboundMessage) {
        lastSaid[message.topic] = message.payload.count <= Self.keptSize ? message : nil
    }

    /// Lets a lock hear what was said on topics before it began to listen to them.
    private mutating func catchUp(
        on topics: Set<String>,
        _ identity: String,
        at now: MonotonicInstant,
        _ hearing: inout Hearing
    ) {
        for message in topics.compactMap({ lastSaid[$0] }).sorted(by: { $0.stamp.number < $1.stamp.number }) {
            let content = Message(topic: message.topic, payload: message.payload)
            hear(content, in: Context(message, isRetained: true, at: now), as: identity, &hearing)
        }
    }

    private mutating func take(
        _ change: Announcements.Change,
        at now: MonotonicInstant,
        _ hearing: inout Hearing
    ) {
        switch change {
        case .warned(let topic, let text): hearing.notes.append("\(topic): \(text)")
        case .removed(let identity):
            guard let entry = entries.removeValue(forKey: identity) else { return }
            follow([], instead: entry.listener.lock.subscriptions, identity, &hearing)
            hearing.words.append(Word(identity: identity, content: .report(.removed, nil, isReplay: false)))
        case .announced(let lock):
            let identity = lock.identity
            missing.remove(identity)
            let before = entries[identity]?.listener.lock
            let reachBefore = entries[identity]?.listener.reach
            if before == nil {
                entries[identity] = Entry(listener: LockListener(lock))
                if isConnected {
                    entries[identity]?.patienceEnds = now + patience
                    hearing.hasNewLocks = true
                }
                hearing.questions += [lock.query].compactMap(\.self)
            } else {
                entries[identity]?.listener.update(lock)
            }
            follow(lock.subscriptions, instead: before?.subscriptions ?? [], identity, &hearing)
            hearing.notes += lock.warnings.map { "\(lock.name): \($0)" }
            hearing.words.append(Word(identity: identity, content: .announced(lock)))
            let warning = DeviceReport.Content.warning(.announcementNotUnderstood, isPresent: !lock.warnings.isEmpty)
            hearing.words.append(Word(identity: identity, content: .report(warning, nil, isReplay: false)))
            if !lock.tellsAvailability { hearing.words += tellOnline(identity) }
            if let reachBefore { hearing.words += reachChanged(from: reachBefore, identity, at: now, &hearing) }
            var topics = lock.subscriptions.subtracting(before?.subscriptions ?? [])
            // What the broker keeps of the state means something else now.
            if let state = lock.state, state != before?.state { topics.insert(state.topic) }
            catchUp(on: topics, identity, at: now, &hearing)
        }
    }

    /// Passes on that a lock can be reached, or not, by what it announces now.
    private mutating func reachChanged(
        from before: Availability.Reach,
        _ identity: String,
        at now: MonotonicInstant,
        _ hearing: inout Hearing
    ) -> [Word] {
        guard let listener = entries[identity]?.listener, listener.reach != before else { return [] }
        guard let content = listener.reach.content else {
            if isConnected, listener.lock.tellsAvailability {
                entries[identity]?.patienceEnds = now + patience
                hearing.hasNewLocks = true
            }
            return []
        }
        entries[identity]?.isToldOnline = listener.reach == .online
        return [Word(identity: identity, content: .report(content, nil, isReplay: false))]
    }

    private mutating func follow(
        _ topics: Set<String>,
        instead before: Set<String>,
        _ identity: String,
        _ hearing: inout Hearing
    ) {
        for topic in before.subtracting(topics) {
            listeners[topic]?.remove(identity)
            if listeners[topic]?.isEmpty == true { (listeners[topic], lastSaid[topic]) = (nil, nil) }
        }
        for topic in topics.subtracting(before) { listeners[topic, default: []].insert(identity) }
        if topics != before { hearing.changesTopics = true }
    }

    private mutating func hear(
        _ message: Message,
        in context: Context,
        as identity: String,
        _ hearing: inout Hearing
    ) {
        guard let heard = entries[identity]?.listener.hear(message, isRetained: context.isRetained) else { return }
        noteReadability(heard.unreadable, on: message.topic, identity, &hearing)
        for report in heard.reports {
            switch report.content {
            case .online(let isOnline): entries[identity]?.isToldOnline = isOnline
            case .bridgeOffline: entries[identity]?.isToldOnline = false
            case .bolt(let bolt) where !context.isRetained:
                // What a bridge remembers is no answer to a question either (G6).
                if !report.isReplay { hearing.bolts.append((identity, bolt)) }
                // Who speaks can be reached, if there is no other word about that.
                if entries[identity]?.listener.reach == .unknown {
                    entries[identity]?.patienceEnds = nil
                    hearing.words += tellOnline(identity)
                }
            default: break
            }
            // What was said before matters only to somebody who waits for it.
            if report.isRepetition, marks[identity].map({ context.now >= $0.until }) ?? true { continue }
            let content = Word.Content.report(report.content, report.method, isReplay: report.isReplay)
            hearing.words.append(Word(identity: identity, content: content, origin: context.origin))
        }
    }

    private mutating func noteReadability(
        _ reason: String?,
        on topic: String,
        _ identity: String,
        _ hearing: inout Hearing
    ) {
        // Once until a message can be read again: a broken device must not fill the log.
        if let reason, entries[identity]?.isUnreadable == false {
            hearing.notes.append("\(topic): A message cannot be read: \(reason).")
        }
        entries[identity]?.isUnreadable = reason != nil
    }

    // MARK: Commands

    /// Takes that a command is to be sent to a lock: nothing that the lock has said by now is an answer to it.
    mutating func begin(_ command: Command, at identity: String) {
        marks[identity] = CommandMark(command, settlingTime: settlingTime)
    }

    /// Takes that the broker has acknowledged a command: what came before that was under way already (G6).
    mutating func acknowledged(_ command: Command, to identity: String, as stamp: TrafficStamp) {
        guard marks[identity]?.attemptID == command.attemptID else { return }
        marks[identity]?.stamp = stamp
    }

    /// Takes that something was passed on that may have ended the attempt of the command on its way to a lock.
    mutating func answered(_ identity: String) {
        marks[identity]?.isAnswered = true
    }

    /// Takes that a command reached nobody, and is to be sent to the lock once more.
    ///
    /// - Returns: Whether it may be: false if its attempt may have ended in the meantime (G3).
    mutating func beginAgain(_ command: Command, at identity: String) -> Bool {
        guard let mark = marks[identity], mark.attemptID == command.attemptID, !mark.isAnswered else { return false }
        marks[identity]?.stamp = nil
        return true
    }

    /// Takes that a command will not leave.
    mutating func withdraw(_ command: Command, from identity: String) {
        guard marks[identity]?.attemptID == command.attemptID else { return }
        marks[identity] = nil
    }
}

import KeywayModel

/// Who waits to have a message published on one connection, and whose message is on its way.
///
/// A pure value, asked by the thread that owns the connection. The library is never given more messages than the broker
/// takes at a time: a further one it would keep, and send after the deadline.
struct PublishLedger: Sendable {
    /// Names one message of the connection.
    typealias Ticket = UInt64

    /// One message and its time.
    struct Entry: Hashable, Sendable {
        let ticket: Ticket
        /// While it waits, when it must be over and done with; on its way, when the broker must have acknowledged it.
        let deadline: MonotonicInstant
    }

    /// What to do with the message whose turn it is.
    enum Turn: Hashable, Sendable {
        /// Publish it now; the broker shall forget it after so many whole seconds, 1 at least, if it can be told that.
        case publish(Entry, expirySeconds: UInt32?)
        /// It has too little time left to be published.
        case tooLate(Ticket)
    }

    /// The longest that the broker has to acknowledge a message that it can be told to forget, to the second.
    ///
    /// It counts the time after which it forgets from when it has the message, so what it may take for the one is
    /// lost for the other: both together, and the slack, end at the deadline.
    static let longestPatience: Duration = .seconds(5)
    /// How much later than it was told a broker may still deliver a message.
    ///
    /// mosquitto counts whole seconds of its clock: with an expiry of 2 s, version 2.0.11 was seen to deliver up to 2.6 s
    /// after it had the message, and not after 3 s.
    static let slack: Duration = .seconds(1)
    /// What has less time left is too late: a whole second for the broker's count, its slack, and a moment for the way
    /// there.
    static let shortestTime: Duration = .milliseconds(2250)

    private let knowsExpiry: Bool
    private let maximumWaiting: Int
    private var maximumInFlight: Int
    private var waiting: [Entry] = []
    private var inFlight: [Int32: Entry] = [:]

    /// Makes an empty ledger.
    ///
    /// - Parameters:
    ///   - knowsExpiry: Whether the broker can be told to forget a message after a time (MQTT 5).
    ///   - maximumWaiting: The most messages that wait.
    ///   - maximumInFlight: The most messages that are on their way.
    init(knowsExpiry: Bool = true, maximumWaiting: Int, maximumInFlight: Int) {
        precondition(maximumWaiting > 0 && maximumInFlight > 0)
        self.knowsExpiry = knowsExpiry
        self.maximumWaiting = maximumWaiting
        self.maximumInFlight = maximumInFlight
    }

    /// Takes the broker's own bound, if it is lower.
    mutating func lowerMaximumInFlight(to bound: Int) {
        maximumInFlight = max(1, min(maximumInFlight, bound))
    }

    /// Adds a message that waits; false if there is no room.
    mutating func add(_ ticket: Ticket, deadline: MonotonicInstant) -> Bool {
        guard waiting.count < maximumWaiting else { return false }
        waiting.append(Entry(ticket: ticket, deadline: deadline))
        return true
    }

    /// Takes out the message whose turn it is; nil if none waits that may leave now or is too late.
    mutating func nextTurn(at now: MonotonicInstant) -> Turn? {
        if let index = waiting.firstIndex(where: { $0.deadline - now < Self.shortestTime }) {
            return .tooLate(waiting.remove(at: index).ticket)
        }
        guard inFlight.count < maximumInFlight, let entry = waiting.first else { return nil }
        waiting.removeFirst()
        guard knowsExpiry else { return .publish(entry, expirySeconds: nil) }
        let left = entry.deadline - now
        let seconds = max((left - min(left / 2, Self.longestPatience) - Self.slack).components.seconds, 1)
        let onItsWay = Entry(ticket: entry.ticket, deadline: entry.deadline + (.zero - .seconds(seconds) - Self.slack))
        return .publish(onItsWay, expirySeconds: UInt32(clamping: seconds))
    }

    /// Notes under which number a message was handed to the library.
    mutating func sent(_ entry: Entry, as messageID: Int32) {
        inFlight[messageID] = entry
    }

    /// Notes the broker's answer; returns whose message it was, nil if nobody's.
    mutating func answered(_ messageID: Int32) -> Ticket? {
        inFlight.removeValue(forKey: messageID)?.ticket
    }

    /// Whether a message is on its way that the broker should have acknowledged by now: the connection must not live on.
    func isOverdue(at now: MonotonicInstant) -> Bool {
        inFlight.values.contains { $0.deadline <= now }
    }

    /// The next instant at which something is too late; nil if nothing waits or is on its way.
    var nextDeadline: MonotonicInstant? {
        let latestStart = waiting.map { $0.deadline + (.zero - Self.shortestTime) }
        return (latestStart + inFlight.values.map(\.deadline)).min()
    }

    /// Whether a message waits for its turn.
    var hasWaiting: Bool { !waiting.isEmpty }

    /// Whether no message is on its way.
    var isClear: Bool { inFlight.isEmpty }

    /// Ends it: what waits was never sent, and what is on its way may have been.
    mutating func close() -> (notSent: [Ticket], unknown: [Ticket]) {
        defer {
            waiting = []
            inFlight = [:]
        }
        return (waiting.map(\.ticket), inFlight.values.map(\.ticket).sorted())
    }
}

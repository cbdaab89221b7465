/// Messages that wait to be read, within bounds that no flood breaks.
///
/// Messages come out in the order in which they came in. When a topic has as many waiting as it may, its oldest gives
/// way to the new one; when there are too many in all, a topic that has several gives way, so that the newest message
/// of each topic stays. A pure value.
struct MessageQueue: Sendable {
    /// The bounds of a queue.
    struct Limits: Hashable, Sendable {
        /// The most messages that wait in all.
        var messages = 65_536
        /// The most messages of one topic that wait.
        var messagesOfOneTopic = 64
        /// The most bytes that wait in all.
        var bytes = 32 << 20
    }

    private struct Waiting {
        var message: InboundMessage
        /// Where it stands in the order.
        let place: UInt64
    }

    private let limits: Limits
    /// What waits of each topic, the oldest first.
    private var byTopic: [String: [Waiting]] = [:]
    /// The topics of which more than one message waits.
    private var crowded: Set<String> = []
    /// Topics in the order of the messages; an entry whose message has given way is passed over.
    private var order: [(place: UInt64, topic: String)] = []
    private var firstInOrder = 0
    /// The place in the order of the message that came last; 0 if none has come.
    private(set) var lastPlace: UInt64 = 0
    /// How many messages wait.
    private(set) var count = 0
    private var bytes = 0
    /// How many places the order has, those of messages that have given way among them.
    var orderLength: Int { order.count }
    /// How many messages have given way so far.
    private(set) var droppedCount: UInt64 = 0

    /// Makes an empty queue.
    init(_ limits: Limits = Limits()) {
        precondition(limits.messages > 0 && limits.messagesOfOneTopic > 0 && limits.bytes > 0)
        self.limits = limits
    }

    /// Takes a message; another one, or this one, may have to give way.
    mutating func append(_ message: InboundMessage) {
        let size = Self.size(of: message)
        guard size <= limits.bytes else {
            droppedCount += 1
            return
        }
        if let waiting = byTopic[message.topic], waiting.count >= limits.messagesOfOneTopic {
            dropOldest(of: message.topic)
        }
        while count >= limits.messages || bytes + size > limits.bytes {
            // Its own topic first: a flood drives out itself.
            if byTopic[message.topic] != nil {
                dropOldest(of: message.topic)
            } else if let topic = crowded.first {
                dropOldest(of: topic)
            } else {
                droppedCount += 1
                return
            }
        }
        lastPlace += 1
        byTopic[message.topic, default: []].append(Waiting(message: message, place: lastPlace))
        if byTopic[message.topic]?.count == 2 { crowded.insert(message.topic) }
        order.append((lastPlace, message.topic))
        count += 1
        bytes += size
        compactOrder()
    }

    /// Takes out the message that has waited longest.
    ///
    /// - Parameter limit: The last place in the order that counts; nil: all do.
    /// - Returns: Nil if there is none.
    mutating func popFirst(upTo limit: UInt64? = nil) -> InboundMessage? {
        while firstInOrder < order.count {
            let (place, topic) = order[firstInOrder]
            if let limit, place > limit { return nil }
            firstInOrder += 1
            if let first = byTopic[topic]?.first, first.place == place { return remove(firstOf: topic) }
        }
        return nil
    }

    private mutating func dropOldest(of topic: String) {
        if remove(firstOf: topic) != nil { droppedCount += 1 }
    }

    private mutating func remove(firstOf topic: String) -> InboundMessage? {
        guard let message = byTopic[topic]?.removeFirst().message else { return nil }
        switch byTopic[topic]?.count {
        case 1: crowded.remove(topic)
        case 0: byTopic[topic] = nil
        default: break
        }
        count -= 1
        bytes -= Self.size(of: message)
        return message
    }

    /// Gives back the room of entries that have been passed, and of those whose messages have given way.
    private mutating func compactOrder() {
        guard order.count > 2 * count + 1024 else { return }
        order = order[firstInOrder...]
            .filter { entry in
                // The oldest of a topic gives way first, so what is left of it begins with its first.
                byTopic[entry.topic]?.first.map { $0.place <= entry.place } ?? false
            }
        firstInOrder = 0
    }

    private static func size(of message: InboundMessage) -> Int {
        message.topic.utf8.count + message.payload.count
    }
}

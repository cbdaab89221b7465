import KeywayDriver
import KeywayModel

/// What is to be passed on about one lock, in order, within a bound.
struct Outbox: Sendable {
    private var words: [LockRoster.Word] = []
    /// Whether somebody passes it on.
    private(set) var isServed = false
    /// How many words have given way to newer ones.
    private(set) var droppedCount = 0

    /// The most words that wait: far more than a lock says while one is made durable.
    static let capacity = 256

    /// How many words wait.
    var count: Int { words.count }

    /// Adds a word; one that waits gives way if it is of no use any more, or if there is no room.
    ///
    /// - Returns: Whether somebody must begin to pass it on.
    mutating func add(_ word: LockRoster.Word) -> Bool {
        switch word.lasting {
        case .announcement: addAnnouncement(word)
        case .removal: addRemoval(word)
        case .connection:
            words.removeAll { $0.lasting == .connection }
            words.append(word)
        case .presence, nil:
            if words.count >= Self.capacity { makeRoom() }
            words.append(word)
        }
        defer { isServed = true }
        return !isServed
    }

    /// What the lock is now takes the place of what it was, before all that was said since: a lock that is not stored
    /// yet must be, before anything can be said of it.
    private mutating func addAnnouncement(_ word: LockRoster.Word) {
        guard let index = words.firstIndex(where: { $0.lasting == .announcement }) else { return words.append(word) }
        words[index] = word
        remove(.removal, after: index)
    }

    private mutating func addRemoval(_ word: LockRoster.Word) {
        guard let index = words.firstIndex(where: { $0.lasting == .removal }) else { return words.append(word) }
        remove(.announcement, after: index)
    }

    private mutating func remove(_ kind: LockRoster.Word.Lasting, after index: Int) {
        let rest = words[(index + 1)...].filter { $0.lasting != kind }
        droppedCount += words.count - index - 1 - rest.count
        words.replaceSubrange((index + 1)..., with: rest)
    }

    /// Lets the oldest word go that is only news, or that a newer one has overtaken.
    private mutating func makeRoom() {
        let lastPresence = words.lastIndex { $0.lasting == .presence }
        let index = words.indices.first { index in
            words[index].lasting == nil || (words[index].lasting == .presence && index != lastPresence)
        }
        guard let index else { return }
        words.remove(at: index)
        droppedCount += 1
    }

    /// Takes out the next word; nil if there is none, and then nobody passes it on any more.
    mutating func next() -> LockRoster.Word? {
        guard !words.isEmpty else {
            isServed = false
            return nil
        }
        return words.removeFirst()
    }
}

extension LockRoster.Word {
    /// Which lasting thing a word changes.
    enum Lasting: Hashable, Sendable {
        case announcement
        case removal
        /// Whether the lock can be reached.
        case presence
        case connection
    }

    /// Which lasting thing it changes, so that it must be passed on however long that takes; nil: it is only news.
    var lasting: Lasting? {
        switch content {
        case .announced: .announcement
        case .connection: .connection
        case .report(.removed, _, _): .removal
        case .report(.online, _, _), .report(.bridgeOffline, _, _), .report(.accountDisconnected, _, _): .presence
        case .report: nil
        }
    }
}

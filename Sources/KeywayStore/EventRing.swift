/// The latest events of one workspace: a plain value with room for so many events and so many bytes.
///
/// Its events have consecutive positions. What no longer fits gives way, the oldest first; readers find it in the store.
struct EventRing: Sendable {
    private let capacity: Int
    private let maximumBytes: Int
    /// By position, modulo their number, which grows to the capacity.
    private var slots: [CommittedEvent?] = []
    private var bytes = 0
    /// The position of the oldest event; meaningless while there is none.
    private(set) var first: Int64 = 0
    /// How many events there are.
    private(set) var count = 0

    /// Makes an empty ring.
    init(capacity: Int, maximumBytes: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        self.maximumBytes = maximumBytes
    }

    /// The position of the latest event; nil if there is none.
    var last: Int64? { count == 0 ? nil : first + Int64(count) - 1 }

    /// Adds the event after the latest one; one at any other position empties the ring first.
    mutating func append(_ event: CommittedEvent) {
        if event.position != last.map({ $0 + 1 }) { removeAll() }
        if count == capacity { removeFirst() }
        if count == slots.count { grow() }
        if count == 0 { first = event.position }
        slots[slot(of: event.position)] = event
        count += 1
        bytes += event.body.utf8.count
        while bytes > maximumBytes, count > 0 { removeFirst() }
    }

    /// Forgets every event.
    mutating func removeAll() {
        slots = []
        count = 0
        bytes = 0
    }

    /// The events after a position, the oldest first, at most so many.
    ///
    /// - Returns: The events, none if there are none; nil if some between the position and the oldest one are missing.
    func events(after position: Int64, limit: Int) -> [CommittedEvent]? {
        guard let last, position < last else { return [] }
        guard position >= first - 1 else { return nil }
        return (position + 1...min(last, position + Int64(limit))).compactMap { slots[slot(of: $0)] }
    }

    private mutating func grow() {
        let kept = slots.compactMap(\.self)
        slots = Array(repeating: nil, count: min(capacity, max(8, 2 * slots.count)))
        for event in kept { slots[slot(of: event.position)] = event }
    }

    private mutating func removeFirst() {
        bytes -= slots[slot(of: first)]?.body.utf8.count ?? 0
        slots[slot(of: first)] = nil
        first += 1
        count -= 1
    }

    private func slot(of position: Int64) -> Int { Int(position % Int64(slots.count)) }
}

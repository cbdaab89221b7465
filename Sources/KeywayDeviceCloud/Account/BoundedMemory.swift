/// Remembers values by key, and forgets the oldest when there is no more room.
struct BoundedMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var values: [Key: Value] = [:]
    /// The keys in a ring, in the order in which they came.
    private var keys: [Key] = []
    private var oldest = 0
    private let capacity: Int

    /// Makes an empty memory.
    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            if let newValue, values.updateValue(newValue, forKey: key) == nil {
                if keys.count < capacity {
                    keys.append(key)
                } else {
                    values[keys[oldest]] = nil
                    keys[oldest] = key
                    oldest = (oldest + 1) % capacity
                }
            }
        }
    }
}

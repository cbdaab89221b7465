/// Where a bolt is, or on its way to.
package enum BoltState: String, Codable, CaseIterable, Sendable {
    case locked
    case unlocked
    case locking
    case unlocking
    case jammed
    case unknown

    /// Whether the bolt rests where it should: only these two settle an attempt or make a `lock.*` event.
    package var isSettled: Bool {
        self == .locked || self == .unlocked
    }

    /// Whether the bolt is on its way.
    package var isMoving: Bool {
        self == .locking || self == .unlocking
    }
}

/// How far a reader has come in a workspace's events, and whether it has to ask the store before it trusts the feed.
package struct EventCursor: Hashable, Sendable {
    /// Everything up to this position has been seen; 0: nothing.
    package var position: Int64
    /// How many doubts the feed had when the store was last asked for everything; nil: it must be asked.
    package var doubts: UInt64?

    /// Makes a cursor.
    package init(position: Int64, doubts: UInt64? = nil) {
        self.position = position
        self.doubts = doubts
    }
}

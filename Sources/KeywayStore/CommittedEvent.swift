package import KeywayModel

/// An event that is durable, with its place in its workspace.
package struct CommittedEvent: Hashable, Sendable {
    /// Its sequence number in its workspace: 1, 2, 3 … without a gap.
    package let position: Int64
    /// When it counts as written, as ``EventQuery/after`` takes it: never earlier than the event before it.
    package let writtenAt: Timestamp
    /// The event.
    package let event: Event
    /// The event's wire form, made once for everybody who sends it.
    package let body: String

    /// Gives an event its place.
    package init(position: Int64, writtenAt: Timestamp, event: Event, body: String) {
        self.position = position
        self.writtenAt = writtenAt
        self.event = event
        self.body = body
    }
}

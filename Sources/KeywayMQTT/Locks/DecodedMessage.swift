import KeywayModel

/// A message that came, decoded once for all who read it, and before anything is locked.
struct DecodedMessage: Sendable {
    /// What it announces; nil if it came on no topic of announcements.
    let announcement: Announcement?
    /// What it says; nil if it is an announcement.
    let content: Message?
    /// The message as it came.
    let source: InboundMessage

    /// Decodes a message.
    init(_ message: InboundMessage, _ settings: Announcements.Settings) {
        source = message
        announcement = Announcement(topic: message.topic, payload: message.payload, settings)
        content = announcement == nil ? Message(topic: message.topic, payload: message.payload) : nil
    }
}

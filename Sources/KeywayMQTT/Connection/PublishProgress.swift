/// How far a message is that is being published.
enum PublishProgress: Hashable, Sendable {
    /// It has left, or may have.
    case sent
    /// The broker has acknowledged it, at this place in the traffic.
    ///
    /// A broker that writes to Keyway in the order of events, as mosquitto does, sends what it had before it took the
    /// message ahead of this, so that nothing with a greater stamp is older than the message.
    case acknowledged(TrafficStamp)
}

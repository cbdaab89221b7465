import KeywayModel

/// How a lock that Home Assistant's discovery describes tells where its bolt is.
struct StateReading: Hashable, Sendable {
    /// Where it tells.
    let topic: String
    /// What makes one of the words below out of a message; nil: the message as it is.
    let template: ValueTemplate?
    /// The words for each state.
    let words: [String: BoltState]

    /// Where the bolt is by this message; nil if it does not say, or says it in a word that was not announced.
    func bolt(in message: Message) -> BoltState? {
        guard message.topic == topic, let word = message.value(template) else { return nil }
        return words[word]
    }
}

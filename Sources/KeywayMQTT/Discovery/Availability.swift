/// Whether a lock can be reached, put together from what its availability topics say.
///
/// A pure state machine: it takes what one topic says and answers what that means for the lock. As long as too little
/// was said it answers `unknown` and guesses nothing.
package struct Availability: Hashable, Sendable {
    /// How several topics count together.
    package enum Mode: String, Hashable, Sendable {
        /// Every topic must say that the lock is available.
        case all
        /// One topic that says so is enough.
        case any
        /// What was said last, by whichever topic.
        case latest
    }

    /// What is known of the lock.
    package enum Reach: Hashable, Sendable {
        /// Too little was said.
        case unknown
        /// It can be reached.
        case online
        /// It cannot be reached.
        case offline
        /// The bridge that it hangs on is down, which its last will says, or the bridge itself.
        case bridgeOffline
    }

    /// How to read one availability topic.
    package struct Rule: Hashable, Sendable {
        /// The topic.
        package let topic: String
        /// What it says when the lock, or the bridge, is available.
        let available: String
        /// What it says when it is not.
        let notAvailable: String
        /// What makes those words out of a message; nil: the message as it is.
        let template: ValueTemplate?
        /// Whether it speaks of the bridge, and of the lock only by that.
        package let isOfBridge: Bool
        /// Whether silence of the topic says nothing, because not every bridge has it.
        package let isOptional: Bool
    }

    private let mode: Mode
    private let rules: [Rule]
    private var said: [String: Bool] = [:]
    private var latest: String?

    /// Begins with nothing said.
    ///
    /// - Parameters:
    ///   - mode: How several topics count together.
    ///   - rules: The topics; of several rules for one topic the last counts, as in Home Assistant.
    init(mode: Mode, rules: [Rule]) {
        self.mode = mode
        self.rules = rules
    }

    /// Takes what a topic says; a topic without a rule changes nothing.
    package mutating func take(topic: String, isAvailable: Bool) {
        guard rules.contains(where: { $0.topic == topic }) else { return }
        said[topic] = isAvailable
        latest = topic
    }

    /// Goes on with other rules, and keeps what was said by topics that are still among them.
    mutating func follow(_ other: Availability) {
        var next = other
        let topics = Set(other.rules.map(\.topic))
        next.said = said.filter { topics.contains($0.key) }
        next.latest = latest.flatMap { topics.contains($0) ? $0 : nil }
        self = next
    }

    /// Forgets what was said, as after the loss of the connection.
    package mutating func forget() {
        said = [:]
        latest = nil
    }

    /// What is known by now.
    ///
    /// A lock without any availability topic is `unknown`: it never says.
    package var reach: Reach {
        switch mode {
        case .all:
            if let down = rules.last(where: { said[$0.topic] == false && $0.isOfBridge }) { return offline(by: down) }
            if let down = rules.last(where: { said[$0.topic] == false }) { return offline(by: down) }
            guard !said.isEmpty else { return .unknown }
            return rules.allSatisfy { said[$0.topic] == true || $0.isOptional } ? .online : .unknown
        case .any:
            if said.values.contains(true) { return .online }
            guard !rules.isEmpty, rules.allSatisfy({ said[$0.topic] == false || $0.isOptional }) else {
                return .unknown
            }
            return rules.last { said[$0.topic] == false }.map(offline) ?? .unknown
        case .latest:
            guard let latest, let rule = rules.last(where: { $0.topic == latest }), let isAvailable = said[latest]
            else { return .unknown }
            return isAvailable ? .online : offline(by: rule)
        }
    }

    private func offline(by rule: Rule) -> Reach { rule.isOfBridge ? .bridgeOffline : .offline }
}

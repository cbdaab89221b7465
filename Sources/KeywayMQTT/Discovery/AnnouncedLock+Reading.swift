import KeywayModel

extension AnnouncedLock {
    /// What a message says about the lock.
    ///
    /// - Returns: In the message's order of importance: the bolt first. Empty if it says nothing about this lock, as
    ///   with an empty message, a word that was not announced and a template that finds nothing.
    package func read(_ message: Message) -> [Observation] {
        let topic = message.topic
        guard !message.isEmpty, isAbout(topic) else { return [] }
        if let reason = message.unreadable { return [.unreadable(reason)] }
        var observations: [Observation] = []
        if let zigbee {
            observations += zigbee.observations(in: message)
        } else if let bolt = state?.bolt(in: message) {
            observations.append(.bolt(bolt))
        }
        for rule in availabilityRules where rule.topic == topic {
            if let isAvailable = rule.isAvailable(in: message) {
                observations.append(.availability(topic: topic, isAvailable: isAvailable))
            }
        }
        for observation in sensors.compactMap({ $0.observation(in: message) }) where !observations.contains(observation)
        {
            observations.append(observation)
        }
        return observations
    }

    /// Whether a topic is one of ``subscriptions``, without making the set: this is asked for every message.
    private func isAbout(_ topic: String) -> Bool {
        state?.topic == topic || zigbee?.topics.contains(topic) == true
            || availabilityRules.contains { $0.topic == topic } || sensors.contains { $0.topic == topic }
    }
}

extension Availability.Rule {
    /// What a message of the rule's topic says; nil if nothing.
    fileprivate func isAvailable(in message: Message) -> Bool? {
        guard let word = message.value(template) else { return nil }
        return word == available ? true : word == notAvailable ? false : nil
    }
}

package import KeywayModel

/// What a lock, or its bridge, announces about itself over MQTT: who it is, how to command it and how to read it.
package struct AnnouncedLock: Hashable, Sendable {
    /// A text that stays the same for as long as the lock does, and that no other lock of the broker has.
    package let identity: String
    /// Its name for people.
    package let name: String
    /// The maker's name, if announced.
    package let manufacturer: String?
    /// The model's name, if announced.
    package let model: String?
    /// The serial number, if announced.
    package let serialNumber: String?
    /// Where it is, in its owner's words, if announced.
    package let area: String?
    /// What of the announcement Keyway does not understand, or cannot follow: sentences for a person.
    package let warnings: [String]
    let announcesOptimism: Bool
    let commands: LockCommands
    let state: StateReading?
    let zigbee: ZigbeeReading?
    let availabilityMode: Availability.Mode
    let availabilityRules: [Availability.Rule]
    let sensors: [SensorReading]

    /// Whether a command ends unconfirmed (G6): the lock says so, or never says where its bolt is in a way that Keyway
    /// understands.
    package var isOptimistic: Bool { announcesOptimism || (state == nil && zigbee == nil) }

    /// Whether its messages repeat what its bridge remembers, so that only a change of the bolt is known to be a report
    /// made just now.
    package var repeatsOldState: Bool { zigbee != nil }

    /// What makes the bridge ask the lock for its bolt, and publish what it hears; nil if there is no such message.
    package var query: OutgoingMessage? { zigbee?.query }

    /// Whether it tells when it cannot be reached.
    package var tellsAvailability: Bool { !availabilityRules.isEmpty }

    /// The topics whose messages say something about the lock; none has a wildcard.
    package var subscriptions: Set<String> {
        var topics = Set(availabilityRules.map(\.topic)).union(sensors.map(\.topic))
        if let state { topics.insert(state.topic) }
        if let zigbee { topics.formUnion(zigbee.topics) }
        return topics
    }

    /// Its availability with nothing said yet.
    package var availability: Availability { Availability(mode: availabilityMode, rules: availabilityRules) }

    /// The message that commands an action; nil if the lock has no such action, or Keyway cannot tell how to ask for it.
    package func command(_ action: ActionType) -> OutgoingMessage? {
        switch action {
        case .lockDoor: commands.lock
        case .unlockDoor: commands.unlock
        case .configureAutoLock, .simulateKeypadCodeEntry, .simulateManualLockViaKeypad, .resetSandboxWorkspace: nil
        }
    }
}

/// The messages that command a lock.
struct LockCommands: Hashable, Sendable {
    let lock: OutgoingMessage?
    let unlock: OutgoingMessage?
}

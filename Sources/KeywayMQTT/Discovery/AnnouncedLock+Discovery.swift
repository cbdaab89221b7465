import KeywayModel

extension AnnouncedLock {
    /// Puts together what is announced for Home Assistant.
    ///
    /// - Parameters:
    ///   - announcement: The lock.
    ///   - identity: The text that tells it from others.
    ///   - sensors: How the sensors of its device tell what they measure.
    ///   - zigbeeBase: The first levels of Zigbee2MQTT's topics, if the lock does not say them itself.
    init(_ announcement: LockAnnouncement, identity: String, sensors: [SensorReading], zigbeeBase: String) {
        let device = announcement.device
        self.init(
            identity: identity,
            name: Self.name(announcement) ?? identity,
            manufacturer: device.manufacturer,
            model: device.model,
            serialNumber: device.serialNumber,
            area: device.area,
            warnings: announcement.warnings,
            announcesOptimism: announcement.announcesOptimism,
            commands: announcement.commands,
            state: announcement.state,
            zigbee: ZigbeeReading(announcement, base: zigbeeBase),
            availabilityMode: announcement.availabilityMode,
            availabilityRules: announcement.availabilityRules,
            sensors: sensors
        )
    }

    /// The name of the device, followed by that of the entity if it has one of its own, as Home Assistant does.
    private static func name(_ announcement: LockAnnouncement) -> String? {
        guard let device = announcement.device.name else { return announcement.name }
        guard let own = announcement.name, own != device else { return device }
        return own.hasPrefix(device + " ") ? own : AnnouncementLimits.text("\(device) \(own)")
    }
}

extension ZigbeeReading {
    /// How a lock that Zigbee2MQTT announces for Home Assistant is read: its messages say more than the announcement.
    ///
    /// - Returns: Nil for a lock of somebody else, and for one whose announcement was changed by its owner.
    fileprivate init?(_ announcement: LockAnnouncement, base: String) {
        guard announcement.isOfZigbee2MQTT, let state = announcement.state,
            let member = state.template?.memberName, member == "state" || member.hasPrefix("state_")
        else { return nil }
        let bridge = "/bridge/state"
        let announced = announcement.availabilityRules.first { $0.topic.hasSuffix(bridge) }?.topic
            .dropLast(bridge.count)
        let base = announced.map(String.init) ?? base
        guard state.topic.hasPrefix(base + "/") else { return nil }
        self.init(
            base: base,
            friendlyName: String(state.topic.dropFirst(base.count + 1)),
            suffix: String(member.dropFirst("state".count)),
            words: state.words
        )
        guard hasValidTopics else { return nil }
    }
}

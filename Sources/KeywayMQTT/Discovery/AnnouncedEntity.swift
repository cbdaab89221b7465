import KeywayModel

/// One entity of a discovery message that matters to Keyway.
enum AnnouncedEntity: Hashable, Sendable {
    case lock(LockAnnouncement)
    case sensor(SensorAnnouncement)

    /// Reads the options of an entity.
    ///
    /// - Returns: Nil if it means nothing to Keyway.
    init?(_ options: DiscoveryOptions, kind: DiscoveryTopic.Kind) {
        switch kind {
        case .lock:
            guard options["command_topic"] != nil || options["state_topic"] != nil else { return nil }
            self = .lock(LockAnnouncement(options))
        case .sensor, .binarySensor:
            guard let sensor = SensorAnnouncement(options, isBinary: kind == .binarySensor) else { return nil }
            self = .sensor(sensor)
        case .device: return nil
        }
    }
}

/// A sensor that an entity on its device could use.
struct SensorAnnouncement: Hashable, Sendable {
    let device: AnnouncedDevice
    let reading: SensorReading

    /// Reads the options of a sensor.
    ///
    /// - Returns: Nil if it measures nothing that Keyway shows of a lock, or how it tells is not understood.
    init?(_ options: DiscoveryOptions, isBinary: Bool) {
        var options = options
        let deviceClass = options.text("device_class")
        let (yes, no) = (options.text("payload_on") ?? "ON", options.text("payload_off") ?? "OFF")
        let kind: SensorReading.Kind
        switch (deviceClass, isBinary) {
        case ("battery", false): kind = .battery
        case ("battery", true): kind = .batteryLow(yes: yes, no: no)
        case ("door", true), ("opening", true): kind = .door(yes: yes, no: no)
        default: return nil
        }
        let unit = options.text("unit_of_measurement")
        let template = options.template("value_template")
        guard isBinary || unit == nil || unit == "%", !isBinary || yes != no, !template.isNotUnderstood,
            options.areShort(["payload_on", "payload_off"]), let topic = options.topic("state_topic")
        else { return nil }
        device = AnnouncedDevice(options["device"])
        // Without a device nothing says whose it is.
        guard !device.keys.isEmpty else { return nil }
        reading = SensorReading(topic: topic, template: template.template, kind: kind)
    }
}

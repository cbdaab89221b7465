import KeywayModel

/// A lock as Home Assistant's discovery announces it, without the sensors of its device.
struct LockAnnouncement: Hashable, Sendable {
    let uniqueID: String?
    let name: String?
    let device: AnnouncedDevice
    let warnings: [String]
    let announcesOptimism: Bool
    let commands: LockCommands
    let state: StateReading?
    let availabilityMode: Availability.Mode
    let availabilityRules: [Availability.Rule]
    /// Whether Zigbee2MQTT announces it, by the name of the origin or of the device.
    let isOfZigbee2MQTT: Bool

    /// Reads the options of a lock; what is not understood of them becomes a warning.
    init(_ options: DiscoveryOptions) {
        var options = options
        let id = options.text("unique_id") ?? ""
        uniqueID = (1...AnnouncementLimits.idSize).contains(id.utf8.count) ? id : nil
        if uniqueID == nil, !id.isEmpty {
            options.warn(
                "The unique_id is longer than \(AnnouncementLimits.idSize) bytes, so the topic counts instead."
            )
        }
        name = options.text("name").map { $0.trimmingSpace() }
            .flatMap { $0.isEmpty ? nil : AnnouncementLimits.text($0) }
        device = AnnouncedDevice(options["device"])
        announcesOptimism = options.flag("optimistic")
        isOfZigbee2MQTT =
            options["origin"]?["name"]?.stringValue?.lowercased() == "zigbee2mqtt"
            || device.keys.contains { $0.hasPrefix("id:zigbee2mqtt_") }
        let encoding = options.text("encoding")?.lowercased()
        let isReadable = encoding == nil || encoding == "utf-8" || encoding == "utf8"
        if !isReadable { options.warn("Its messages are not in UTF-8, so they are not read.") }
        commands = Self.commands(&options)
        state = isReadable ? Self.state(&options, besides: commands) : nil
        (availabilityMode, availabilityRules) = isReadable ? Self.availability(&options) : (.latest, [])
        warnings = options.warnings
    }

    // MARK: Commands

    private static func commands(_ options: inout DiscoveryOptions) -> LockCommands {
        let none = LockCommands(lock: nil, unlock: nil)
        if options["command_topic"] == nil { options.warn("It has no command_topic, so it takes no commands.") }
        let template = options.template("command_template", variables: ["value", "code"])
        guard let topic = options.topic("command_topic"), !template.isNotUnderstood,
            options.areShort(["payload_lock", "payload_unlock"])
        else { return none }
        if options["code_format"] != nil {
            options.warn("It wants a code with every command, and Keyway has none to send.")
            return none
        }
        func message(_ name: String, _ standard: String) -> OutgoingMessage? {
            let word = options.text(name) ?? standard
            // There is no code, so the variable stays undefined.
            let payload = template.template.map { try? $0.render(["value": .string(word)]) } ?? word
            guard let payload, !payload.isEmpty else { return nil }
            return OutgoingMessage(topic: topic, payload: Array(payload.utf8))
        }
        let commands = LockCommands(
            lock: message("payload_lock", "LOCK"),
            unlock: message("payload_unlock", "UNLOCK")
        )
        if commands.lock == nil || commands.unlock == nil {
            options.warn("The command_template makes no message of a command.")
        } else if commands.lock == commands.unlock {
            options.warn("It takes the same message for locking and unlocking, so it is not commanded.")
            return none
        }
        return commands
    }

    // MARK: The state

    /// The options that name the words of a state, and their defaults; of two options with the same word the first
    /// counts.
    private static let words: [(option: String, standard: String, bolt: BoltState)] = [
        ("payload_reset", "None", .unknown),
        ("state_locked", "LOCKED", .locked), ("state_unlocked", "UNLOCKED", .unlocked),
        ("state_locking", "LOCKING", .locking), ("state_unlocking", "UNLOCKING", .unlocking),
        ("state_jammed", "JAMMED", .jammed),
        // Open is more than unlocked: the latch is drawn too.
        ("state_open", "OPEN", .unlocked), ("state_opening", "OPENING", .unlocking),
    ]

    private static func state(
        _ options: inout DiscoveryOptions,
        besides commands: LockCommands
    ) -> StateReading? {
        guard options["state_topic"] != nil else { return nil }
        let template = options.template("value_template")
        guard let topic = options.topic("state_topic"), !template.isNotUnderstood,
            options.areShort(Self.words.map(\.option))
        else { return nil }
        var words: [String: BoltState] = [:]
        for (option, standard, bolt) in Self.words {
            let word = options.text(option) ?? standard
            if words[word] == nil { words[word] = bolt }
        }
        guard
            (options.text("state_locked") ?? "LOCKED") != (options.text("state_unlocked") ?? "UNLOCKED")
        else {
            options.warn("It says the same when locked and when unlocked, so its state is not read.")
            return nil
        }
        guard ![commands.lock?.topic, commands.unlock?.topic].contains(topic) else {
            options.warn("Its states come on the topic of its commands, so they are not read.")
            return nil
        }
        return StateReading(topic: topic, template: template.template, words: words)
    }

    // MARK: Availability

    private static func availability(
        _ options: inout DiscoveryOptions
    ) -> (Availability.Mode, [Availability.Rule]) {
        let named = options.text("availability_mode")
        let mode = named.map { Availability.Mode(rawValue: $0) } ?? .latest
        if mode == nil { options.warn("The availability_mode is not one of all, any and latest.") }
        var rules: [Availability.Rule] = []
        if case .array(let items) = options["availability"] {
            if items.count > AnnouncementLimits.availabilityTopics {
                options.warn("Only the first \(AnnouncementLimits.availabilityTopics) availability topics count.")
            }
            for item in items.prefix(AnnouncementLimits.availabilityTopics) {
                rules += availabilityRule(item, &options)
            }
        } else if options["availability_topic"] != nil {
            var members: [String: JSONValue] = [:]
            members["topic"] = options["availability_topic"]
            members["value_template"] = options["availability_template"]
            members["payload_available"] = options["payload_available"]
            members["payload_not_available"] = options["payload_not_available"]
            rules += availabilityRule(.object(members), &options)
        }
        return (mode ?? .all, rules)
    }

    private static func availabilityRule(
        _ item: JSONValue,
        _ options: inout DiscoveryOptions
    ) -> [Availability.Rule] {
        guard let topic = item["topic"]?.stringValue, TopicName.isValid(topic) else {
            options.warn("An availability topic is not the name of one topic.")
            return []
        }
        let template = options.template(item["value_template"], called: "availability template")
        if template.isNotUnderstood { return [] }
        let available = item["payload_available"].flatMap(DiscoveryOptions.text) ?? "online"
        let notAvailable = item["payload_not_available"].flatMap(DiscoveryOptions.text) ?? "offline"
        guard max(available.utf8.count, notAvailable.utf8.count) <= AnnouncementLimits.wordSize else {
            options.warn("The words of an availability topic are longer than \(AnnouncementLimits.wordSize) bytes.")
            return []
        }
        return [
            Availability.Rule(
                topic: topic,
                available: available,
                notAvailable: notAvailable,
                template: template.template,
                isOfBridge: isOfBridge(topic),
                isOptional: false
            )
        ]
    }

    /// Whether a topic speaks of the whole bridge: those of Zigbee2MQTT and of Z-Wave JS UI.
    private static func isOfBridge(_ topic: String) -> Bool {
        topic.hasSuffix("/bridge/state") || topic.hasSuffix("/driver/status") || topic.contains("/_CLIENTS/")
    }
}

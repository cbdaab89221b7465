import KeywayModel

/// A message of an announcement topic, read before anything is locked: a long list of devices takes a while.
package struct Announcement: Sendable {
    /// Where it came.
    let topic: String
    /// What it says.
    let content: Content

    enum Content: Sendable {
        /// It is no announcement, or one of nothing that matters.
        case nothing
        /// Something about it is wrong, for this reason; what the topic announced before stays.
        case notUnderstood(String)
        /// What the topic announces from now on, by the names of the components.
        case entities([String: AnnouncedEntity])
        /// All devices of Zigbee2MQTT.
        case zigbeeDevices(ZigbeeDeviceList)
    }

    /// The largest discovery message that is read, in bytes.
    static let maximumSize = 262_144

    /// Reads a message; nil if announcements come on other topics.
    ///
    /// - Parameters:
    ///   - topic: Where it came.
    ///   - payload: What it says, byte for byte.
    ///   - settings: Where announcements are looked for.
    package init?(topic: String, payload: [UInt8], _ settings: Announcements.Settings) {
        self.topic = topic
        if topic == settings.zigbeeListTopic {
            content = Self.list(payload, base: settings.zigbeeBase)
        } else if topic.hasPrefix(settings.zigbeeResponseTopic) {
            content = Self.complaint(payload)
        } else if let place = DiscoveryTopic(topic, prefix: settings.discoveryPrefix) {
            content = Self.discovery(payload, place)
        } else {
            return nil
        }
    }

    // MARK: Home Assistant's discovery

    private static func discovery(_ payload: [UInt8], _ place: DiscoveryTopic) -> Content {
        if payload.isEmpty { return .entities([:]) }
        guard payload.count <= maximumSize else { return .notUnderstood("It is larger than \(maximumSize) bytes.") }
        do {
            guard case .object(let members) = try JSONParser.parse(payload) else {
                return .notUnderstood("It is no JSON object.")
            }
            return place.kind == .device ? device(members) : entity(DiscoveryOptions(members), place.kind)
        } catch {
            return .notUnderstood("It is no JSON that is read: at byte \(error.offset) \(error.reason).")
        }
    }

    private static func entity(_ options: DiscoveryOptions, _ kind: DiscoveryTopic.Kind) -> Content {
        if let entity = AnnouncedEntity(options, kind: kind) { return .entities(["": entity]) }
        guard kind == .lock else { return .entities([:]) }
        return .notUnderstood("It is no lock: it has neither a command_topic nor a state_topic.")
    }

    private static func device(_ members: [String: JSONValue]) -> Content {
        var shared = DiscoveryOptions.completed(members)
        guard case .object(let components) = shared.removeValue(forKey: "components") else {
            return .notUnderstood("It has no components.")
        }
        let base = members["~"]
        for name in ["unique_id", "name", "object_id", "platform"] { shared[name] = nil }
        var found: [String: AnnouncedEntity] = [:]
        for (name, component) in components {
            // The name is part of the lock's identity.
            guard case .object(var own) = component, name.utf8.count <= AnnouncementLimits.idSize else { continue }
            if own["~"] == nil { own["~"] = base }
            let options = DiscoveryOptions(own, shared: shared)
            // A component with nothing but its platform is one that was taken away.
            guard own.keys.contains(where: { !["platform", "p", "~"].contains($0) }),
                let kind = options.text("platform").flatMap({ DiscoveryTopic.Kind(rawValue: $0) })
            else { continue }
            found[name] = AnnouncedEntity(options, kind: kind)
        }
        guard found.count <= AnnouncementLimits.components else {
            return .notUnderstood("It has more than \(AnnouncementLimits.components) locks and sensors.")
        }
        return .entities(found)
    }

    // MARK: Zigbee2MQTT's own topics

    private static func list(_ payload: [UInt8], base: String) -> Content {
        // Not even an empty list is empty; this is a broker that forgets.
        if payload.isEmpty { return .nothing }
        return ZigbeeDeviceList(payload, base: base).map(Content.zigbeeDevices)
            ?? .notUnderstood("It is no list of devices that is read.")
    }

    /// What Zigbee2MQTT says could not be done for somebody; it is never about a command to a lock.
    private static func complaint(_ payload: [UInt8]) -> Content {
        guard payload.count <= Message.maximumSize, let answer = try? JSONParser.parse(payload),
            answer["status"]?.stringValue == "error", let text = answer["error"]?.stringValue
        else { return .nothing }
        return .notUnderstood(String(text.prefix(200)))
    }
}

extension Announcements.Settings {
    /// Where Zigbee2MQTT lists its devices.
    var zigbeeListTopic: String { "\(zigbeeBase)/bridge/devices" }
    /// What the topics of Zigbee2MQTT's answers begin with.
    var zigbeeResponseTopic: String { "\(zigbeeBase)/bridge/response/" }
}

import FoundationEssentials
import KeywayModel

/// The locks of Zigbee2MQTT's own list of its devices.
struct ZigbeeDeviceList {
    /// The largest list that is read, in bytes.
    static let maximumSize = 8 << 20
    private static let valueLimit = 500_000

    /// The locks of the devices that are described, by address.
    let locks: [String: [AnnouncedLock]]
    /// The addresses of the devices that are in the list but not described yet, as while one is set up again.
    let undescribed: Set<String>

    /// Reads the list; nil if it is no such list.
    ///
    /// - Parameters:
    ///   - payload: The list.
    ///   - base: The first levels of Zigbee2MQTT's topics.
    init?(_ payload: [UInt8], base: String) {
        guard payload.count <= Self.maximumSize,
            case .array(let devices)? = try? JSONParser.parse(payload, valueLimit: Self.valueLimit),
            // It is in every list, so a list without it is not the whole one, and locks would seem to be gone.
            devices.contains(where: { $0["type"]?.stringValue == "Coordinator" })
        else { return nil }
        var locks: [String: [AnnouncedLock]] = [:]
        var undescribed: Set<String> = []
        for device in devices {
            guard let address = device["ieee_address"]?.stringValue?.lowercased(),
                ZigbeeAddress.mentioned(in: address) == [address], device["disabled"] != .bool(true)
            else { continue }
            guard case .array(let exposes)? = device["definition"]?["exposes"] else {
                undescribed.insert(address)
                continue
            }
            let found = exposes.prefix(AnnouncementLimits.components)
                .compactMap { Self.lock($0, of: device, address: address, base: base) }
            if !found.isEmpty { locks[address] = found }
        }
        self.locks = locks
        self.undescribed = undescribed
    }

    private static func lock(
        _ expose: JSONValue,
        of device: JSONValue,
        address: String,
        base: String
    ) -> AnnouncedLock? {
        guard expose["type"]?.stringValue == "lock", case .array(let features)? = expose["features"],
            let state = features.first(where: { $0["name"]?.stringValue == "state" }),
            let property = state["property"]?.stringValue, property.hasPrefix("state"),
            let locked = state["value_on"]?.stringValue, let unlocked = state["value_off"]?.stringValue,
            locked != unlocked,
            [property, locked, unlocked].allSatisfy({ $0.utf8.count <= AnnouncementLimits.wordSize })
        else { return nil }
        let friendlyName = device["friendly_name"]?.stringValue ?? address
        let suffix = String(property.dropFirst("state".count))
        let reading = ZigbeeReading(
            base: base,
            friendlyName: friendlyName,
            suffix: suffix,
            words: [locked: .locked, unlocked: .unlocked]
        )
        guard reading.hasValidTopics else { return nil }
        let definition = device["definition"]
        return AnnouncedLock(
            // What Zigbee2MQTT calls the same lock in its announcements for Home Assistant.
            identity: "\(address)_lock\(suffix)_\(base)",
            name: AnnouncementLimits.text(friendlyName + suffix.replacing("_", with: " ")),
            manufacturer: definition?["vendor"]?.stringValue.map(AnnouncementLimits.text),
            model: (definition?["model"]?.stringValue ?? device["model_id"]?.stringValue).map(AnnouncementLimits.text),
            serialNumber: nil,
            area: nil,
            warnings: [],
            announcesOptimism: false,
            commands: LockCommands(lock: reading.command(locked), unlock: reading.command(unlocked)),
            state: nil,
            zigbee: reading,
            availabilityMode: .all,
            availabilityRules: reading.availabilityRules,
            sensors: []
        )
    }
}

import KeywayModel

/// What is announced on a broker: takes the messages of the announcement topics and answers what changed.
///
/// A pure value. It outlives connections: a retained announcement that a restarted broker has forgotten is no removal.
package struct Announcements: Sendable {
    /// Where announcements are looked for, and how many are taken.
    package struct Settings: Hashable, Sendable {
        /// The first levels of Home Assistant's discovery topics.
        package var discoveryPrefix: String
        /// The first levels of Zigbee2MQTT's own topics.
        package var zigbeeBase: String
        /// How many locks are taken at most, from discovery and from Zigbee2MQTT's own list each.
        package var maximumLockCount: Int
        /// How many sensors are kept at most, whether or not a lock is on their device.
        package var maximumSensorCount: Int

        /// Makes settings.
        package init(
            discoveryPrefix: String = "homeassistant",
            zigbeeBase: String = "zigbee2mqtt",
            maximumLockCount: Int = 1_000,
            maximumSensorCount: Int = 10_000
        ) {
            self.discoveryPrefix = discoveryPrefix
            self.zigbeeBase = zigbeeBase
            self.maximumLockCount = maximumLockCount
            self.maximumSensorCount = maximumSensorCount
        }

        /// Where locks themselves are announced, and not only what stands beside them.
        var lockTopics: Set<String> {
            Set([DiscoveryTopic.Kind.lock, .device].flatMap(filters(of:)) + [zigbeeListTopic])
        }

        /// The filters of the topics where things of a kind are announced.
        func filters(of kind: DiscoveryTopic.Kind) -> [String] {
            ["+", "+/+"].map { "\(discoveryPrefix)/\(kind.rawValue)/\($0)/config" }
        }
    }

    /// What an announcement changed.
    package enum Change: Hashable, Sendable {
        /// A lock is new, or what it announces is different now.
        case announced(AnnouncedLock)
        /// The lock with this identity is no longer announced.
        case removed(identity: String)
        /// A message on this topic is not understood or not followed, for this reason.
        case warned(topic: String, String)
    }

    private static let tooMany = "There are too many locks or sensors to take another."

    /// Where announcements are looked for, and how many are taken.
    package let settings: Settings
    private var entities: AnnouncedEntities
    private var zigbeeLocks: [String: [AnnouncedLock]] = [:]
    private var announced: [String: AnnouncedLock] = [:]

    /// Begins with nothing announced.
    package init(_ settings: Settings = Settings()) {
        self.settings = settings
        entities = AnnouncedEntities()
    }

    /// The topic filters to subscribe to for announcements.
    package var subscriptions: [String] {
        DiscoveryTopic.Kind.allCases.flatMap(settings.filters(of:))
            + [settings.zigbeeListTopic, "\(settings.zigbeeResponseTopic)#"]
    }

    /// The locks that are announced, in no particular order.
    package var locks: [AnnouncedLock] { Array(announced.values) }

    /// Takes an announcement.
    ///
    /// - Returns: What is different now; what is gone before what is new.
    package mutating func take(_ announcement: Announcement) -> [Change] {
        switch announcement.content {
        case .nothing: []
        case .notUnderstood(let reason): [.warned(topic: announcement.topic, reason)]
        case .entities(let entities): replace(announcement.topic, by: entities)
        case .zigbeeDevices(let list): take(list, on: announcement.topic)
        }
    }

    /// Replaces what a topic announces.
    private mutating func replace(_ topic: String, by new: [String: AnnouncedEntity]) -> [Change] {
        var warnings: [Change] = []
        var accepted = new
        let before = entities.counts(without: topic)
        var (locks, sensors) = before
        for (component, entity) in new.sorted(by: { $0.key < $1.key }) {
            let fits: Bool
            switch entity {
            case .lock:
                fits = locks < settings.maximumLockCount
                locks += 1
            case .sensor:
                fits = sensors < settings.maximumSensorCount
                sensors += 1
            }
            if !fits {
                accepted[component] = nil
                warnings.append(.warned(topic: topic, Self.tooMany))
            }
        }
        let touched = entities.replace(topic, by: accepted)
        var identities = touched.identities
        for address in touched.addresses { identities.formUnion(zigbeeLocks[address, default: []].map(\.identity)) }
        warnings += entities.doubles(on: topic)
            .map {
                .warned(topic: topic, "Another lock is announced with the same unique_id, \($0).")
            }
        return warnings + refresh(identities)
    }

    private mutating func take(_ list: ZigbeeDeviceList, on topic: String) -> [Change] {
        var found = list.locks
        for address in list.undescribed where found[address] == nil { found[address] = zigbeeLocks[address] }
        var next: [String: [AnnouncedLock]] = [:]
        var room = settings.maximumLockCount
        // Those that are known already stay when there are too many.
        for address in found.keys.sorted(by: {
            (zigbeeLocks[$0] == nil ? 1 : 0, $0) < (zigbeeLocks[$1] == nil ? 1 : 0, $1)
        }) {
            guard let locks = found[address], locks.count <= room else { continue }
            next[address] = locks
            room -= locks.count
        }
        let identities = Set([zigbeeLocks, next].flatMap { $0.values.joined().map(\.identity) })
        zigbeeLocks = next
        return (next.count < found.count ? [.warned(topic: topic, Self.tooMany)] : []) + refresh(identities)
    }

    // MARK: The whole

    /// Works out anew what is announced with some identities, and says what is different.
    private mutating func refresh(_ identities: Set<String>) -> [Change] {
        var changes: [Change] = []
        for identity in identities.sorted() {
            let lock = entities.lock(identity, zigbeeBase: settings.zigbeeBase) ?? zigbeeLock(identity)
            guard lock != announced[identity] else { continue }
            announced[identity] = lock
            changes.append(lock.map(Change.announced) ?? .removed(identity: identity))
        }
        // What is gone makes room before what is new.
        return changes.filter { if case .removed = $0 { true } else { false } }
            + changes.filter { if case .removed = $0 { false } else { true } }
    }

    /// A lock of Zigbee2MQTT's own list, unless its device is announced for Home Assistant too.
    private func zigbeeLock(_ identity: String) -> AnnouncedLock? {
        for address in ZigbeeAddress.mentioned(in: identity) where !entities.isAnnounced(address: address) {
            if let lock = zigbeeLocks[address]?.first(where: { $0.identity == identity }) { return lock }
        }
        return nil
    }
}

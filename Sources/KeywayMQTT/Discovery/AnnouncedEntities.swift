/// The entities of all discovery messages, and which of them belong to one device.
struct AnnouncedEntities: Sendable {
    /// What may be different after a change.
    struct Touched {
        /// The identities of locks.
        var identities: Set<String> = []
        /// The Zigbee addresses that those locks mention.
        var addresses: Set<String> = []
    }

    /// Where an entity is announced: on which topic, and by which name among the components there.
    private struct Place: Hashable {
        let topic: String
        let component: String

        var description: String { component.isEmpty ? topic : "\(topic)#\(component)" }
    }

    private var topics: [String: [String: AnnouncedEntity]] = [:]
    private var lockCount = 0
    private var sensorCount = 0
    private var arrivals: [Place: Int] = [:]
    private var arrivalCount = 0
    private var locksByIdentity: [String: Set<Place>] = [:]
    private var locksByAddress: [String: Set<Place>] = [:]
    private var locksByKey: [String: Set<Place>] = [:]
    private var sensorsByKey: [String: Set<Place>] = [:]

    // MARK: Asking

    /// How many locks and sensors there are on all topics but one.
    func counts(without topic: String? = nil) -> (locks: Int, sensors: Int) {
        let left = topic.flatMap { topics[$0] }.map(Self.counts) ?? (locks: 0, sensors: 0)
        return (lockCount - left.locks, sensorCount - left.sensors)
    }

    /// Whether a lock that is announced mentions a Zigbee address.
    func isAnnounced(address: String) -> Bool { locksByAddress[address] != nil }

    /// The lock that was announced first with an identity, and the sensors of its device.
    func lock(_ identity: String, zigbeeBase: String) -> AnnouncedLock? {
        guard let place = first(of: identity), let lock = lock(at: place) else { return nil }
        let sensors = lock.device.keys.reduce(into: Set<Place>()) { $0.formUnion(sensorsByKey[$1] ?? []) }
        var readings: [SensorReading] = []
        // Not by arrival, so that what a device is does not hang on its past.
        for place in sensors.sorted(by: { ($0.topic, $0.component) < ($1.topic, $1.component) }) {
            guard case .sensor(let sensor)? = topics[place.topic]?[place.component],
                !readings.contains(sensor.reading)
            else { continue }
            readings.append(sensor.reading)
            if readings.count == AnnouncementLimits.sensors { break }
        }
        return AnnouncedLock(lock, identity: identity, sensors: readings, zigbeeBase: zigbeeBase)
    }

    /// The identities of locks on a topic that were announced on another one before.
    func doubles(on topic: String) -> [String] {
        let places = (topics[topic] ?? [:]).keys.map { Place(topic: topic, component: $0) }
        return
            places.compactMap { place in
                guard let lock = lock(at: place) else { return nil }
                let identity = Self.identity(of: lock, at: place)
                return first(of: identity) == place ? nil : identity
            }
            .sorted()
    }

    private func lock(at place: Place) -> LockAnnouncement? {
        guard case .lock(let lock)? = topics[place.topic]?[place.component] else { return nil }
        return lock
    }

    private func first(of identity: String) -> Place? {
        locksByIdentity[identity].flatMap { inOrder($0).first }
    }

    private func inOrder(_ places: Set<Place>) -> [Place] {
        places.sorted { arrivals[$0, default: 0] < arrivals[$1, default: 0] }
    }

    private static func identity(of lock: LockAnnouncement, at place: Place) -> String {
        lock.uniqueID ?? place.description
    }

    private static func addresses(of lock: LockAnnouncement) -> Set<String> {
        Set(([lock.uniqueID ?? ""] + lock.device.keys).flatMap(ZigbeeAddress.mentioned))
    }

    private static func counts(_ entities: [String: AnnouncedEntity]) -> (locks: Int, sensors: Int) {
        let locks = entities.values.count { if case .lock = $0 { true } else { false } }
        return (locks, entities.count - locks)
    }

    // MARK: Changing

    /// Replaces what a topic announces.
    mutating func replace(_ topic: String, by new: [String: AnnouncedEntity]) -> Touched {
        let old = topics[topic] ?? [:]
        guard old != new else { return Touched() }
        var touched = Touched()
        for (component, entity) in old {
            let place = Place(topic: topic, component: component)
            touch(entity, at: place, &touched)
            index(entity, at: place, isThere: false)
            if new[component] == nil { arrivals[place] = nil }
        }
        topics[topic] = new.isEmpty ? nil : new
        for (component, entity) in new.sorted(by: { $0.key < $1.key }) {
            let place = Place(topic: topic, component: component)
            if arrivals[place] == nil {
                arrivals[place] = arrivalCount
                arrivalCount += 1
            }
            index(entity, at: place, isThere: true)
            touch(entity, at: place, &touched)
        }
        return touched
    }

    /// Notes which locks an entity makes different by coming or going.
    private func touch(_ entity: AnnouncedEntity, at place: Place, _ touched: inout Touched) {
        switch entity {
        case .lock(let lock):
            touched.identities.insert(Self.identity(of: lock, at: place))
            touched.addresses.formUnion(Self.addresses(of: lock))
        case .sensor(let sensor):
            for neighbour in sensor.device.keys.flatMap({ locksByKey[$0] ?? [] }) {
                if let lock = lock(at: neighbour) { touched.identities.insert(Self.identity(of: lock, at: neighbour)) }
            }
        }
    }

    private mutating func index(_ entity: AnnouncedEntity, at place: Place, isThere: Bool) {
        switch entity {
        case .lock(let lock):
            lockCount += isThere ? 1 : -1
            locksByIdentity.set(place, in: Self.identity(of: lock, at: place), isThere: isThere)
            for address in Self.addresses(of: lock) { locksByAddress.set(place, in: address, isThere: isThere) }
            for key in lock.device.keys { locksByKey.set(place, in: key, isThere: isThere) }
        case .sensor(let sensor):
            sensorCount += isThere ? 1 : -1
            for key in sensor.device.keys { sensorsByKey.set(place, in: key, isThere: isThere) }
        }
    }
}

extension Dictionary {
    /// Puts a member into the set of a key, or takes it out; an empty set is not kept.
    fileprivate mutating func set<Member>(_ member: Member, in key: Key, isThere: Bool) where Value == Set<Member> {
        if isThere {
            self[key, default: []].insert(member)
        } else {
            self[key]?.remove(member)
            if self[key]?.isEmpty == true { self[key] = nil }
        }
    }
}

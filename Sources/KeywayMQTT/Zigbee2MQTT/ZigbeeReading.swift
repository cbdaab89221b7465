import FoundationEssentials
import KeywayModel

/// How Zigbee2MQTT tells what a lock of its does: one message with everything it remembers, and a log of its failures.
struct ZigbeeReading: Hashable, Sendable {
    /// The first levels of all of its topics.
    let base: String
    /// The lock's name there, which may have slashes.
    let friendlyName: String
    /// What the names of the members end with, such as `_left`, for one of several locks in one device.
    let suffix: String
    /// What the member `state` says, for each state of the bolt.
    let words: [String: BoltState]

    /// Where everything is told that Zigbee2MQTT remembers of the lock.
    let stateTopic: String
    private let logTopic: String

    init(base: String, friendlyName: String, suffix: String, words: [String: BoltState]) {
        self.base = base
        self.friendlyName = friendlyName
        self.suffix = suffix
        self.words = words
        stateTopic = "\(base)/\(friendlyName)"
        logTopic = "\(base)/bridge/logging"
    }

    var commandTopic: String { "\(stateTopic)/set" }

    /// The topics whose messages say something about the lock, beside those of its availability.
    var topics: [String] { [stateTopic, logTopic] }

    /// Whether everything can be subscribed to and published that is made out of the names.
    var hasValidTopics: Bool {
        (topics + availabilityRules.map(\.topic) + [commandTopic, query.topic]).allSatisfy(TopicName.isValid)
    }

    /// What a message says about the lock.
    func observations(in message: Message) -> [Observation] {
        guard let json = message.json else { return [] }
        switch message.topic {
        case stateTopic: return stateObservations(json)
        case logTopic: return failure(json).map { [$0] } ?? []
        default: return []
        }
    }

    // MARK: What to send and to follow

    /// The message that makes Zigbee2MQTT set the state.
    func command(_ state: String) -> OutgoingMessage { message(commandTopic, state) }

    /// The message that makes Zigbee2MQTT ask the lock for its state.
    var query: OutgoingMessage { message("\(stateTopic)/get", "") }

    private func message(_ topic: String, _ state: String) -> OutgoingMessage {
        // A dictionary of texts can always be encoded.
        let payload = (try? JSONEncoder().encode(["state\(suffix)": state])) ?? Data()
        return OutgoingMessage(topic: topic, payload: Array(payload))
    }

    /// The bridge always says whether it is there; the lock only if the owner has switched that on.
    var availabilityRules: [Availability.Rule] {
        [("\(base)/bridge/state", true), ("\(stateTopic)/availability", false)]
            .map { topic, isOfBridge in
                Availability.Rule(
                    topic: topic,
                    available: "online",
                    notAvailable: "offline",
                    template: .memberOrWhole("state"),
                    isOfBridge: isOfBridge,
                    isOptional: !isOfBridge
                )
            }
    }

    // MARK: The state

    private func stateObservations(_ json: JSONValue) -> [Observation] {
        var observations: [Observation] = []
        if let operation = operation(json) { observations.append(operation) }
        if let bolt = bolt(json) { observations.append(.bolt(bolt)) }
        if let charge = json["battery"]?.numberValue.flatMap(SensorReading.charge) {
            observations.append(.battery(charge))
        }
        if let isLow = json["battery_low"]?.boolValue { observations.append(.batteryLow(isLow)) }
        if let isOpen = Self.isDoorOpen(json) { observations.append(.door(isOpen: isOpen)) }
        return observations
    }

    /// Where the bolt is: `lock_state` first, because `state` says `UNLOCK` for everything that is not fully locked.
    private func bolt(_ json: JSONValue) -> BoltState? {
        if let detail = json["lock_state\(suffix)"] {
            switch detail.stringValue {
            case "locked": return .locked
            case "unlocked": return .unlocked
            case "not_fully_locked": return .unknown
            default: return nil
            }
        }
        return json["state\(suffix)"]?.stringValue.flatMap { words[$0] }
    }

    private static func isDoorOpen(_ json: JSONValue) -> Bool? {
        switch json["door_state"]?.stringValue {
        case "open", "error_forced_open": true
        case "closed": false
        // A contact that is closed is true.
        default: json["contact"]?.boolValue.map { !$0 }
        }
    }

    // MARK: Operations

    private func operation(_ json: JSONValue) -> Observation? {
        guard suffix.isEmpty, let action = json["action"]?.stringValue else { return nil }
        let source = Self.method(ofSource: json["action_source_name"]?.stringValue)
        let bolt: BoltState
        let method: LockMethod
        switch action {
        case "lock": (bolt, method) = (.locked, source)
        case "unlock": (bolt, method) = (.unlocked, source)
        case "manual_lock", "key_lock", "one_touch_lock": (bolt, method) = (.locked, .manual)
        case "manual_unlock", "key_unlock": (bolt, method) = (.unlocked, .manual)
        case "auto_lock", "schedule_lock": (bolt, method) = (.locked, .automatic)
        case "schedule_unlock": (bolt, method) = (.unlocked, .automatic)
        case "unlock_failure_invalid_pin_or_id", "lock_failure_invalid_pin_or_id": return .accessDenied
        default: return nil
        }
        let user = json["action_user"]?.numberValue.flatMap { Int(exactly: $0) }
        return .operation(Observation.Operation(bolt: bolt, method: method, user: user))
    }

    private static func method(ofSource source: String?) -> LockMethod {
        switch source {
        case "keypad": .keycode
        case "rf": .remote
        case "manual": .manual
        case "rfid": .card
        default: .unknown
        }
    }

    // MARK: Failures

    /// A command to this lock that the log says has failed.
    private func failure(_ json: JSONValue) -> Observation? {
        guard json["level"]?.stringValue == "error", let text = json["message"]?.stringValue,
            text.hasPrefix("Publish 'set' 'state\(suffix)' to '\(friendlyName)' failed")
                || text.hasPrefix("Publish 'set' 'state' to '\(friendlyName)' failed")
        else { return nil }
        return .failure(Self.cause(text), String(text.prefix(200)))
    }

    /// What a failure means: only the lock's own no, and a message that surely never reached it, are certain.
    private static func cause(_ text: String) -> FailureCause {
        if text.contains("(Status '") { return .rejectedByDevice }
        let unreached = [
            "NO_ROUTE", "NO_NETWORK_ROUTE", "No network route", "Delivery failed", "MAC_CHANNEL_ACCESS_FAILURE",
        ]
        return unreached.contains(where: text.contains) ? .deviceOffline : .outcomeUnknown
    }
}

import KeywayModel

/// The `properties` of a lock (wire contract, section 3.4), with Keyway's own `lock_state`; of a device that is not
/// managed only some of them (section 3.6).
struct DevicePropertiesBody: Encodable {
    let device: Device

    private enum CodingKeys: String, CodingKey {
        case name, appearance, model, online, manufacturer, locked, battery
        case batteryLevel = "battery_level"
        case isDoorOpen = "door_open"
        case hasDirectPower = "has_direct_power"
        case serialNumber = "serial_number"
        case isAutoLockEnabled = "auto_lock_enabled"
        case autoLockDelay = "auto_lock_delay_seconds"
        case lockState = "lock_state"
    }

    func encode(to encoder: any Encoder) throws {
        let description = device.description
        let state = device.state
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(description.name, forKey: .name)
        try container.encode(Model(description), forKey: .model)
        try container.encode(state.isOnline, forKey: .online)
        try container.encode(description.manufacturer, forKey: .manufacturer)
        // What an unreachable device last said of its battery may be long out of date.
        if let level = state.batteryLevel, state.isOnline {
            try container.encode(level, forKey: .batteryLevel)
            try container.encode(Battery(level: level), forKey: .battery)
        }
        if device.isManaged { try encodeRest(into: &container) }
    }

    /// Writes what only managed devices show.
    private func encodeRest(into container: inout KeyedEncodingContainer<CodingKeys>) throws {
        let description = device.description
        let state = device.state
        try container.encode(["name": description.name], forKey: .appearance)
        if state.reportedBolt.isSettled { try container.encode(state.reportedBolt == .locked, forKey: .locked) }
        try container.encodeIfPresent(state.autoLock?.isEnabled, forKey: .isAutoLockEnabled)
        try container.encodeIfPresent(state.autoLock?.delaySeconds, forKey: .autoLockDelay)
        try container.encodeIfPresent(state.isDoorOpen, forKey: .isDoorOpen)
        try container.encodeIfPresent(description.hasDirectPower, forKey: .hasDirectPower)
        try container.encodeIfPresent(description.serialNumber, forKey: .serialNumber)
        try container.encode(LockState(state: state), forKey: .lockState)
    }

    private struct Model: Encodable {
        let displayName: String
        let manufacturerDisplayName: String
        let hasBuiltInKeypad: Bool?

        init(_ description: DeviceDescription) {
            displayName = description.modelDisplayName
            manufacturerDisplayName = description.manufacturerDisplayName
            hasBuiltInKeypad = description.hasBuiltInKeypad
        }

        private enum CodingKeys: String, CodingKey {
            case displayName = "display_name"
            case manufacturerDisplayName = "manufacturer_display_name"
            case hasBuiltInKeypad = "has_built_in_keypad"
        }
    }

    private struct Battery: Encodable {
        let level: Double
        let status: BatteryStatus

        init(level: Double) {
            self.level = level
            status = BatteryStatus(level: level)
        }
    }

    /// What is reported, wanted and under way, each by itself.
    private struct LockState: Encodable {
        let state: DeviceState

        private enum CodingKeys: String, CodingKey {
            case reported
            case reportedAt = "reported_at"
            case isAssumed = "is_assumed"
            case wanted
            case inProgress = "in_progress"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(state.reportedBolt, forKey: .reported)
            try container.encode(state.reportedAt, forKey: .reportedAt)
            try container.encode(state.isAssumed, forKey: .isAssumed)
            try container.encode(state.wantedBolt, forKey: .wanted)
            try container.encode(state.movingBolt, forKey: .inProgress)
        }
    }
}

/// The contract's words for a battery's charge.
///
/// It gives no bounds (section 3.4), so these are Keyway's.
enum BatteryStatus: String, Encodable, CaseIterable {
    case critical
    case low
    case good
    case full

    /// Below this charge it is critical.
    static let lowFrom = 0.1
    /// Below this charge it is low.
    static let goodFrom = DeviceState.lowBatteryLevel
    /// Below this charge it is good, from here on full.
    static let fullFrom = 0.9

    init(level: Double) {
        switch level {
        case ..<Self.lowFrom: self = .critical
        case ..<Self.goodFrom: self = .low
        case ..<Self.fullFrom: self = .good
        default: self = .full
        }
    }
}

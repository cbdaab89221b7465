import KeywayModel

/// How a sensor on the same device as a lock tells what it measures.
struct SensorReading: Hashable, Sendable {
    /// Where it tells.
    let topic: String
    /// What makes a value out of a message; nil: the message as it is.
    let template: ValueTemplate?
    /// What it measures.
    let kind: Kind

    enum Kind: Hashable, Sendable {
        /// The battery's charge in percent.
        case battery
        /// Whether the battery is low: the words for yes and no.
        case batteryLow(yes: String, no: String)
        /// Whether the door is open: the words for yes and no.
        case door(yes: String, no: String)
    }

    /// What a message says; nil if nothing.
    func observation(in message: Message) -> Observation? {
        guard message.topic == topic, let value = message.value(template) else { return nil }
        switch kind {
        case .battery: return Double(value.trimmingSpace()).flatMap(Self.charge).map(Observation.battery)
        case .batteryLow(let yes, let no): return Self.flag(value, yes, no).map(Observation.batteryLow)
        case .door(let yes, let no): return Self.flag(value, yes, no).map { .door(isOpen: $0) }
        }
    }

    private static func flag(_ value: String, _ yes: String, _ no: String) -> Bool? {
        value == yes ? true : value == no ? false : nil
    }

    /// The charge between 0 and 1 that a percentage is; nil for what is none.
    static func charge(_ percent: Double) -> Double? {
        // Z-Wave says 255 for “low”, which is no percentage.
        (0...100).contains(percent) ? percent / 100 : nil
    }
}

/// A kind of connection; each has one driver.
package struct Provider: Hashable, Sendable, RawRepresentable {
    /// The name as stored, such as `sandbox`.
    package let rawValue: String

    /// Names a provider.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Virtual locks with scripted behaviour.
    package static let sandbox = Provider(rawValue: "sandbox")
    /// Locks behind a maker's HTTP API.
    package static let deviceCloud = Provider(rawValue: "device_cloud")
    /// Locks behind an MQTT broker.
    package static let mqtt = Provider(rawValue: "mqtt")
}

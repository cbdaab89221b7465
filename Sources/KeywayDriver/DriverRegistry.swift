package import KeywayModel

/// The drivers of this server, by provider.
package struct DriverRegistry: Sendable {
    private let drivers: [Provider: any DeviceDriver]

    /// Makes a registry; of two drivers for one provider the program must not have both.
    package init(_ drivers: [any DeviceDriver]) {
        self.drivers = Dictionary(uniqueKeysWithValues: drivers.map { ($0.provider, $0) })
    }

    /// The driver of a provider; nil if this server has none.
    package subscript(provider: Provider) -> (any DeviceDriver)? {
        drivers[provider]
    }

    /// Every driver, in no particular order.
    package var all: [any DeviceDriver] { Array(drivers.values) }
}

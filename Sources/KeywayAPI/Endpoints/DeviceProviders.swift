import KeywayDriver
import KeywayModel

/// A brand that the API's readers call a device provider (wire contract, section 3.7).
struct DeviceProvider: Hashable, Sendable {
    /// The brand's short name, as devices show it under `device_provider`.
    let name: String
    /// The brand's name for people.
    let displayName: String
    /// What it is filed under.
    let categories: [Category]
    /// What any device of the brand can do.
    var capabilities: Set<DeviceCapability>

    /// The categories of the wire contract (section 8) that this server has devices of.
    enum Category: String, Encodable, CaseIterable, Sendable {
        case stable
        case consumerSmartlocks = "consumer_smartlocks"
    }
}

/// The catalogue of device providers: static, as nothing in it depends on what a workspace has connected.
enum DeviceProviders {
    /// The brands of a workspace, sorted by their names.
    ///
    /// A sandbox workspace has the brands of the virtual devices that it begins with. Makers behind the device cloud are one brand, `unknown`, as their devices name no other.
    static func of(_ workspace: Workspace, _ services: APIServices) -> [DeviceProvider] {
        var providers: [String: DeviceProvider] = [:]
        if workspace.isSandbox {
            for device in services.simulators.values.flatMap({ $0.beginning(of: workspace).devices }) {
                let description = device.description
                let brand = DeviceProvider(
                    name: description.manufacturer,
                    displayName: description.manufacturerDisplayName,
                    categories: [.stable, .consumerSmartlocks],
                    capabilities: []
                )
                providers[brand.name, default: brand].capabilities.formUnion(description.capabilities)
            }
        }
        if services.receivers[.deviceCloud] != nil { providers[deviceCloud.name] = deviceCloud }
        return providers.values.sorted { $0.name < $1.name }
    }

    private static let deviceCloud = DeviceProvider(
        name: "unknown",
        displayName: "Device cloud",
        categories: [.stable],
        capabilities: [.canRemotelyLock, .canRemotelyUnlock]
    )
}

/// A device of a workspace, reached through a connected account.
package struct Device: Hashable, Sendable {
    /// Its identity.
    package let id: Identifier<Device>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// The connection it is reached through.
    package let connectedAccountID: Identifier<ConnectedAccount>
    /// The provider of that connection, which names the driver.
    package let provider: Provider
    /// The device's own identity at its provider, such as a topic or a maker's id.
    package let nativeID: String
    /// When Keyway first saw it.
    package let createdAt: Timestamp
    /// What the provider says it is.
    package var description: DeviceDescription
    /// The name its users gave it; nil if they did not.
    package var nickname: String?
    /// The owner's own keys and values.
    package var customMetadata: [String: MetadataValue]
    /// Whether the owner lets Keyway act on it; one that is not managed is only shown.
    package var isManaged: Bool
    /// When the owner deleted it; nil unless they did.
    ///
    /// It is shown to nobody then, but what happened to it can still be read.
    package var deletedAt: Timestamp?
    /// Settings of its driver, meaningless to everybody else.
    package var driverSettings: JSONValue
    /// What is known about it right now.
    package var state: DeviceState

    /// Makes a device.
    package init(
        id: Identifier<Device>,
        workspaceID: Identifier<Workspace>,
        connectedAccountID: Identifier<ConnectedAccount>,
        provider: Provider,
        nativeID: String,
        createdAt: Timestamp,
        description: DeviceDescription,
        nickname: String? = nil,
        customMetadata: [String: MetadataValue] = [:],
        isManaged: Bool = true,
        deletedAt: Timestamp? = nil,
        driverSettings: JSONValue = .null,
        state: DeviceState = DeviceState()
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.connectedAccountID = connectedAccountID
        self.provider = provider
        self.nativeID = nativeID
        self.createdAt = createdAt
        self.description = description
        self.nickname = nickname
        self.customMetadata = customMetadata
        self.isManaged = isManaged
        self.deletedAt = deletedAt
        self.driverSettings = driverSettings
        self.state = state
    }

    /// The nickname, or else the provider's name.
    package var displayName: String { nickname ?? description.name }
}

/// What a provider says a device is: the parts that do not change while it works.
package struct DeviceDescription: Hashable, Codable, Sendable {
    /// The wire contract's device type, such as `august_lock` (section 8, `device_type`).
    package var deviceType: String
    /// The name at the provider.
    package var name: String
    /// The maker's short name, such as `august`.
    package var manufacturer: String
    /// The maker's name for people.
    package var manufacturerDisplayName: String
    /// The model's name for people.
    package var modelDisplayName: String
    /// The maker's serial number, if known.
    package var serialNumber: String?
    /// Whether it runs on mains power, if known.
    package var hasDirectPower: Bool?
    /// Whether the model has a keypad of its own, if known.
    package var hasBuiltInKeypad: Bool?
    /// Where it is, in the owner's words, if known.
    package var locationName: String?
    /// Its IANA time zone, if known.
    package var timeZone: String?
    /// The capability flags that are true.
    package var capabilities: Set<DeviceCapability>

    /// Makes a description.
    package init(
        deviceType: String,
        name: String,
        manufacturer: String,
        manufacturerDisplayName: String,
        modelDisplayName: String,
        serialNumber: String? = nil,
        hasDirectPower: Bool? = nil,
        hasBuiltInKeypad: Bool? = nil,
        locationName: String? = nil,
        timeZone: String? = nil,
        capabilities: Set<DeviceCapability>
    ) {
        self.deviceType = deviceType
        self.name = name
        self.manufacturer = manufacturer
        self.manufacturerDisplayName = manufacturerDisplayName
        self.modelDisplayName = modelDisplayName
        self.serialNumber = serialNumber
        self.hasDirectPower = hasDirectPower
        self.hasBuiltInKeypad = hasBuiltInKeypad
        self.locationName = locationName
        self.timeZone = timeZone
        self.capabilities = capabilities
    }
}

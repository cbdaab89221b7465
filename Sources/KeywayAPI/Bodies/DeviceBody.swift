import KeywayModel

/// A device on the wire (wire contract, section 3.4); one that is not managed shows less (section 3.6).
struct DeviceBody: Encodable {
    let device: Device

    private enum CodingKeys: String, CodingKey {
        case id = "device_id"
        case deviceType = "device_type"
        case displayName = "display_name"
        case nickname
        case workspaceID = "workspace_id"
        case connectedAccountID = "connected_account_id"
        case createdAt = "created_at"
        case isManaged = "is_managed"
        case capabilities = "capabilities_supported"
        case customMetadata = "custom_metadata"
        case spaceIDs = "space_ids"
        case location
        case manufacturer = "device_manufacturer"
        case provider = "device_provider"
        case errors, warnings, properties
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(device.id, forKey: .id)
        try container.encode(device.description.deviceType, forKey: .deviceType)
        try container.encode(device.displayName, forKey: .displayName)
        try container.encode(device.workspaceID, forKey: .workspaceID)
        try container.encode(device.connectedAccountID, forKey: .connectedAccountID)
        try container.encode(device.createdAt, forKey: .createdAt)
        try container.encode(device.isManaged, forKey: .isManaged)
        try container.encode(device.isLock ? ["lock"] : [], forKey: .capabilities)
        try container.encode(device.customMetadata, forKey: .customMetadata)
        try container.encodeIfPresent(Location(device.description), forKey: .location)
        try container.encode(device.healthIssues.map { DeviceErrorBody(issue: $0) }, forKey: .errors)
        try container.encode(device.state.warnings, forKey: .warnings)
        try container.encode(DevicePropertiesBody(device: device), forKey: .properties)
        if device.isManaged {
            try container.encodeIfPresent(device.nickname, forKey: .nickname)
            try container.encode([String](), forKey: .spaceIDs)
            try container.encode(Manufacturer(device.description), forKey: .manufacturer)
            try container.encode(ProviderBody(device.description), forKey: .provider)
        }
        var flags = encoder.container(keyedBy: JSONKey.self)
        for capability in device.description.capabilities {
            try flags.encode(true, forKey: JSONKey(capability.rawValue))
        }
    }

    private struct Location: Encodable {
        let locationName: String?
        let timeZone: String?

        init?(_ description: DeviceDescription) {
            guard description.locationName != nil || description.timeZone != nil else { return nil }
            locationName = description.locationName
            timeZone = description.timeZone
        }

        private enum CodingKeys: String, CodingKey {
            case locationName = "location_name"
            case timeZone = "time_zone"
        }
    }

    private struct Manufacturer: Encodable {
        let manufacturer: String
        let displayName: String

        init(_ description: DeviceDescription) {
            manufacturer = description.manufacturer
            displayName = description.manufacturerDisplayName
        }

        private enum CodingKeys: String, CodingKey {
            case manufacturer
            case displayName = "display_name"
        }
    }

    /// What the contract calls the provider is the maker's brand; how Keyway reaches the device is its own affair.
    private struct ProviderBody: Encodable {
        let name: String
        let displayName: String
        let category = "stable"

        init(_ description: DeviceDescription) {
            name = description.manufacturer
            displayName = description.manufacturerDisplayName
        }

        private enum CodingKeys: String, CodingKey {
            case name = "device_provider_name"
            case displayName = "display_name"
            case category = "provider_category"
        }
    }
}

/// One error of a device (wire contract, section 3.5).
private struct DeviceErrorBody: Encodable {
    let issue: HealthIssue

    func encode(to encoder: any Encoder) throws {
        try issue.encode(to: encoder)
        var container = encoder.container(keyedBy: JSONKey.self)
        try container.encode(!issue.isOfAccount, forKey: "is_device_error")
        if issue.isOfAccount { try container.encode(true, forKey: "is_connected_account_error") }
    }
}

import KeywayModel

/// A device provider on the wire (wire contract, section 3.7).
struct DeviceProviderBody: Encodable {
    let provider: DeviceProvider

    private enum CodingKeys: String, CodingKey {
        case name = "device_provider_name"
        case displayName = "display_name"
        case imageURL = "image_url"
        case categories = "provider_categories"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(provider.name, forKey: .name)
        try container.encode(provider.displayName, forKey: .displayName)
        // The contract wants the key, and any text in it; there are no pictures of brands here.
        try container.encode("", forKey: .imageURL)
        try container.encode(provider.categories, forKey: .categories)
        var flags = encoder.container(keyedBy: JSONKey.self)
        for capability in provider.capabilities { try flags.encode(true, forKey: JSONKey(capability.rawValue)) }
    }
}

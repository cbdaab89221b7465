import KeywayModel

/// A connected account on the wire (wire contract, section 3.7), without its settings, which hold secrets.
struct ConnectedAccountBody: Encodable {
    let account: ConnectedAccount

    private enum CodingKeys: String, CodingKey {
        case id = "connected_account_id"
        case displayName = "display_name"
        case type = "account_type"
        case typeDisplayName = "account_type_display_name"
        case managesNewDevices = "automatically_manage_new_devices"
        case acceptedCapabilities = "accepted_capabilities"
        case customMetadata = "custom_metadata"
        case customerKey = "customer_key"
        case createdAt = "created_at"
        case errors, warnings
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(account.id, forKey: .id)
        try container.encode(account.displayName, forKey: .displayName)
        try container.encode(account.provider.rawValue, forKey: .type)
        try container.encode(account.provider.displayName, forKey: .typeDisplayName)
        try container.encode(account.automaticallyManagesNewDevices, forKey: .managesNewDevices)
        try container.encode(account.acceptedCapabilities, forKey: .acceptedCapabilities)
        try container.encode(account.customMetadata, forKey: .customMetadata)
        try container.encodeIfPresent(account.customerKey, forKey: .customerKey)
        try container.encode(account.createdAt, forKey: .createdAt)
        try container.encode(account.healthIssues.map { ErrorBody(issue: $0) }, forKey: .errors)
        // Nothing that Keyway knows of an account is only half wrong.
        try container.encode([String](), forKey: .warnings)
    }

    private struct ErrorBody: Encodable {
        let issue: HealthIssue

        func encode(to encoder: any Encoder) throws {
            try issue.encode(to: encoder)
            var container = encoder.container(keyedBy: JSONKey.self)
            try container.encode(true, forKey: "is_connected_account_error")
            try container.encode(false, forKey: "is_bridge_error")
        }
    }
}

extension Provider {
    /// The kind of connection in a word for people.
    fileprivate var displayName: String {
        switch self {
        case .sandbox: "Sandbox"
        case .deviceCloud: "Device cloud"
        case .mqtt: "MQTT"
        default: rawValue
        }
    }
}

import KeywayModel

/// A Connect Webview on the wire, with every key of the contract (section 3.7).
struct ConnectWebviewBody: Encodable {
    let webview: ConnectWebview
    /// Where the caller reaches this server.
    let baseURL: String

    /// What has become of it.
    enum Status: String, CaseIterable, Encodable {
        case pending, failed, authorized
    }

    private enum CodingKeys: String, CodingKey {
        case id = "connect_webview_id"
        case workspaceID = "workspace_id"
        case url, status
        case isLoginSuccessful = "login_successful"
        case createdAt = "created_at"
        case authorizedAt = "authorized_at"
        case connectedAccountID = "connected_account_id"
        case selectedProvider = "selected_provider"
        case acceptedProviders = "accepted_providers"
        case acceptedCapabilities = "accepted_capabilities"
        case acceptedDevices = "accepted_devices"
        case isAnyProviderAllowed = "any_provider_allowed"
        case isAnyDeviceAllowed = "any_device_allowed"
        case automaticallyManagesNewDevices = "automatically_manage_new_devices"
        case waitsForDeviceCreation = "wait_for_device_creation"
        case deviceSelectionMode = "device_selection_mode"
        case redirectURL = "custom_redirect_url"
        case failureRedirectURL = "custom_redirect_failure_url"
        case customMetadata = "custom_metadata"
        case customerKey = "customer_key"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let wishes = webview.wishes
        try container.encode(webview.id, forKey: .id)
        try container.encode(webview.workspaceID, forKey: .workspaceID)
        try container.encode("\(baseURL)\(ConnectWebviewPage.address(of: webview.id))", forKey: .url)
        try container.encode(webview.createdAt, forKey: .createdAt)
        try encodeProgress(in: &container)
        try container.encode(wishes.acceptedProviders, forKey: .acceptedProviders)
        try container.encode(wishes.acceptedCapabilities, forKey: .acceptedCapabilities)
        try container.encode([String](), forKey: .acceptedDevices)
        try container.encode(wishes.acceptedProviders.isEmpty, forKey: .isAnyProviderAllowed)
        try container.encode(true, forKey: .isAnyDeviceAllowed)
        try container.encode(wishes.automaticallyManagesNewDevices, forKey: .automaticallyManagesNewDevices)
        try container.encode(wishes.waitsForDeviceCreation, forKey: .waitsForDeviceCreation)
        // The page lets nobody choose among the devices of an account.
        try container.encode("none", forKey: .deviceSelectionMode)
        try container.encode(wishes.redirectURL, forKey: .redirectURL)
        try container.encode(wishes.failureRedirectURL, forKey: .failureRedirectURL)
        try container.encode(wishes.customMetadata, forKey: .customMetadata)
        try container.encodeIfPresent(wishes.customerKey, forKey: .customerKey)
    }

    private func encodeProgress(in container: inout KeyedEncodingContainer<CodingKeys>) throws {
        let status: Status
        var login: (accountID: Identifier<ConnectedAccount>, time: Timestamp)?
        switch webview.progress {
        case .pending: status = .pending
        case .failed: status = .failed
        case .authorized(let accountID, at: let time):
            status = .authorized
            login = (accountID, time)
        }
        try container.encode(status, forKey: .status)
        try container.encode(login != nil, forKey: .isLoginSuccessful)
        try container.encode(login?.time, forKey: .authorizedAt)
        try container.encode(login?.accountID, forKey: .connectedAccountID)
        try container.encode(login.map { _ in Provider.sandbox.rawValue }, forKey: .selectedProvider)
    }
}

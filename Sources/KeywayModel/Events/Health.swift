/// The health of a device and its connected account when something happened (wire contract, section 3.3, HEALTH).
package struct DeviceHealth: Hashable, Codable, Sendable {
    /// The device's errors.
    package let deviceErrors: [HealthIssue]
    /// The device's warnings.
    package let deviceWarnings: [DeviceWarning]
    /// The account's errors.
    package let connectedAccountErrors: [HealthIssue]
    /// The account's warnings.
    package let connectedAccountWarnings: [DeviceWarning]

    /// Tells the health of a device as it is.
    package init(_ device: Device) {
        deviceErrors = device.healthIssues
        deviceWarnings = device.state.warnings
        connectedAccountErrors = device.healthIssues.filter(\.isOfAccount)
        connectedAccountWarnings = []
    }

    private enum CodingKeys: String, CodingKey {
        case deviceErrors = "device_errors"
        case deviceWarnings = "device_warnings"
        case connectedAccountErrors = "connected_account_errors"
        case connectedAccountWarnings = "connected_account_warnings"
    }
}

/// The health of a connected account when something happened to it.
package struct AccountHealth: Hashable, Codable, Sendable {
    /// Its errors.
    package let errors: [HealthIssue]
    /// Its warnings.
    package let warnings: [DeviceWarning]

    /// Tells the health of an account as it is.
    package init(_ account: ConnectedAccount) {
        errors = account.healthIssues
        warnings = []
    }

    private enum CodingKeys: String, CodingKey {
        case errors = "connected_account_errors"
        case warnings = "connected_account_warnings"
    }
}

/// Why a device can no longer be reached: the contract's words for `device.disconnected`.
package enum DisconnectionCause: String, Codable, CaseIterable, Sendable {
    case account = "account_disconnected"
    case hub = "hub_disconnected"
    case device = "device_disconnected"

    /// The word for a cause.
    package init(_ cause: OfflineCause?) {
        self =
            switch cause {
            case .account: .account
            case .bridge: .hub
            case .removed, nil: .device
            }
    }
}

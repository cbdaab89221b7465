/// Something that happened, as told to readers and webhooks: written once, in the transaction that made it true (G7).
///
/// Its `Codable` form is the wire form, one flat object (wire contract, section 3.3).
package struct Event: Hashable, Sendable {
    /// Its identity, the same on every delivery.
    package let id: Identifier<Event>
    /// What happened.
    package let type: EventType
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// When it was written.
    package let createdAt: Timestamp
    /// When it happened, as far as Keyway knows.
    package let occurredAt: Timestamp
    /// The connection of the device it is about.
    package let connectedAccountID: Identifier<ConnectedAccount>?
    /// The owner's metadata of that connection; nil if there is none.
    package let connectedAccountCustomMetadata: [String: MetadataValue]?
    /// The device it is about.
    package let deviceID: Identifier<Device>?
    /// The owner's metadata of that device; nil if there is none.
    package let deviceCustomMetadata: [String: MetadataValue]?
    /// The owner's key of the customer it is about; nil if there is none.
    package let customerKey: String?
    /// The attempt it is about, or that caused it; nil if no attempt did.
    package let actionAttemptID: Identifier<ActionAttempt>?
    /// What only events of this kind say.
    package let details: Details

    /// Makes an event.
    package init(
        id: Identifier<Event>,
        type: EventType,
        workspaceID: Identifier<Workspace>,
        createdAt: Timestamp,
        occurredAt: Timestamp,
        connectedAccountID: Identifier<ConnectedAccount>? = nil,
        connectedAccountCustomMetadata: [String: MetadataValue]? = nil,
        deviceID: Identifier<Device>? = nil,
        deviceCustomMetadata: [String: MetadataValue]? = nil,
        customerKey: String? = nil,
        actionAttemptID: Identifier<ActionAttempt>? = nil,
        details: Details = .none
    ) {
        self.id = id
        self.type = type
        self.workspaceID = workspaceID
        self.createdAt = createdAt
        self.occurredAt = occurredAt
        self.connectedAccountID = connectedAccountID
        self.connectedAccountCustomMetadata = connectedAccountCustomMetadata
        self.deviceID = deviceID
        self.deviceCustomMetadata = deviceCustomMetadata
        self.customerKey = customerKey
        self.actionAttemptID = actionAttemptID
        self.details = details
    }

    /// What only some events say.
    package enum Details: Hashable, Sendable {
        /// Nothing more.
        case none
        /// An attempt reached its outcome; `status` mirrors the attempt.
        case resolution(actionType: ActionType, status: ActionAttempt.Status)
        /// A device contradicted an attempt's outcome; the attempt keeps its `status`.
        case lateReport(actionType: ActionType, status: ActionAttempt.Status, reported: BoltState)
        /// A bolt came to rest.
        case bolt(BoltMovement)
        /// A device can no longer be reached.
        case disconnection(DeviceDisconnection)
        /// A battery is low, at this charge between 0 and 1.
        case battery(level: Double)
    }
}

/// How a bolt came to rest.
package struct BoltMovement: Hashable, Codable, Sendable {
    /// What moved it.
    package let method: LockMethod
    /// The access code that was entered, if Keyway knows it.
    package let accessCodeID: String?
    /// Whether Keyway manages that code.
    package let accessCodeIsManaged: Bool?
    /// The digits that were entered, if the device tells.
    package let code: String?
    /// Whether it was moved over Bluetooth, if the device tells.
    package let isViaBluetooth: Bool?
    /// Whether it was moved over NFC, if the device tells.
    package let isViaNFC: Bool?

    /// Makes a movement; what is not known is left out.
    package init(
        method: LockMethod,
        accessCodeID: String? = nil,
        accessCodeIsManaged: Bool? = nil,
        code: String? = nil,
        isViaBluetooth: Bool? = nil,
        isViaNFC: Bool? = nil
    ) {
        self.method = method
        self.accessCodeID = accessCodeID
        self.accessCodeIsManaged = accessCodeIsManaged
        self.code = code
        self.isViaBluetooth = isViaBluetooth
        self.isViaNFC = isViaNFC
    }

    private enum CodingKeys: String, CodingKey {
        case method
        case accessCodeID = "access_code_id"
        case accessCodeIsManaged = "access_code_is_managed"
        case code
        case isViaBluetooth = "is_via_bluetooth"
        case isViaNFC = "is_via_nfc"
    }
}

/// Why a device can no longer be reached, with the health of the device and its account at that time.
package struct DeviceDisconnection: Hashable, Codable, Sendable {
    /// `account_disconnected`, `hub_disconnected` or `device_disconnected`.
    package let errorCode: String
    /// The device's errors.
    package let deviceErrors: [HealthIssue]
    /// The device's warnings.
    package let deviceWarnings: [DeviceWarning]
    /// The account's errors.
    package let connectedAccountErrors: [HealthIssue]
    /// The account's warnings.
    package let connectedAccountWarnings: [DeviceWarning]

    /// Makes a disconnection of the device, or of the bridge that it hangs on.
    package init(
        deviceErrors: [HealthIssue],
        deviceWarnings: [DeviceWarning] = [],
        isBridge: Bool = false
    ) {
        errorCode = isBridge ? "hub_disconnected" : "device_disconnected"
        self.deviceErrors = deviceErrors
        self.deviceWarnings = deviceWarnings
        connectedAccountErrors = []
        connectedAccountWarnings = []
    }

    private enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case deviceErrors = "device_errors"
        case deviceWarnings = "device_warnings"
        case connectedAccountErrors = "connected_account_errors"
        case connectedAccountWarnings = "connected_account_warnings"
    }
}

/// One error of a device or an account (wire contract, section 3.5).
package struct HealthIssue: Hashable, Codable, Sendable {
    /// The contract's code, such as `device_offline`.
    package let errorCode: String
    /// One sentence for a person.
    package let message: String
    /// When it began.
    package let createdAt: Timestamp

    /// Makes an issue.
    package init(errorCode: String, message: String, createdAt: Timestamp) {
        self.errorCode = errorCode
        self.message = message
        self.createdAt = createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case message
        case createdAt = "created_at"
    }
}

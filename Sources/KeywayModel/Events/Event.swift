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
    /// The client session it is about; nil unless it is about one.
    package let clientSessionID: Identifier<ClientSession>?
    /// The Connect Webview it is about, or that caused it; nil if none did.
    package let connectWebviewID: Identifier<ConnectWebview>?
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
        clientSessionID: Identifier<ClientSession>? = nil,
        connectWebviewID: Identifier<ConnectWebview>? = nil,
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
        self.clientSessionID = clientSessionID
        self.connectWebviewID = connectWebviewID
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
        /// Somebody was refused entry.
        case accessDenied(AccessDenial)
        /// A device can no longer be reached.
        case disconnection(DisconnectionCause, DeviceHealth)
        /// Something is wrong with a device.
        case health(DeviceHealth)
        /// Something is wrong with a connected account.
        case accountHealth(AccountHealth)
        /// The name of a device, at the time.
        case deviceName(String)
        /// A battery is low, at this charge between 0 and 1.
        case battery(level: Double)
        /// A webhook was disabled.
        case webhookDisabled(WebhookDisablement)
    }
}

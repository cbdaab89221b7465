extension Event: Codable {
    private enum CodingKeys: String, CodingKey {
        case id = "event_id"
        case type = "event_type"
        case summary = "event_description"
        case workspaceID = "workspace_id"
        case createdAt = "created_at"
        case occurredAt = "occurred_at"
        case connectedAccountID = "connected_account_id"
        case connectedAccountCustomMetadata = "connected_account_custom_metadata"
        case deviceID = "device_id"
        case deviceCustomMetadata = "device_custom_metadata"
        case customerKey = "customer_key"
        case actionAttemptID = "action_attempt_id"
        case clientSessionID = "client_session_id"
        case connectWebviewID = "connect_webview_id"
        case actionType = "action_type"
        case status
        case reportedState = "reported_state"
        case batteryLevel = "battery_level"
        case denial = "reason"
        case disconnectionCause = "error_code"
        case deviceName = "device_name"
    }

    /// Writes the flat wire form; what is not known is left out rather than null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(type, forKey: .type)
        try container.encode(type.summary, forKey: .summary)
        try container.encode(workspaceID, forKey: .workspaceID)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(occurredAt, forKey: .occurredAt)
        try container.encodeIfPresent(connectedAccountID, forKey: .connectedAccountID)
        try container.encodeIfPresent(connectedAccountCustomMetadata, forKey: .connectedAccountCustomMetadata)
        try container.encodeIfPresent(deviceID, forKey: .deviceID)
        try container.encodeIfPresent(deviceCustomMetadata, forKey: .deviceCustomMetadata)
        try container.encodeIfPresent(customerKey, forKey: .customerKey)
        try container.encodeIfPresent(actionAttemptID, forKey: .actionAttemptID)
        try container.encodeIfPresent(clientSessionID, forKey: .clientSessionID)
        try container.encodeIfPresent(connectWebviewID, forKey: .connectWebviewID)
        switch details {
        case .none: break
        case .resolution(let actionType, let status):
            try container.encode(actionType, forKey: .actionType)
            try container.encode(status, forKey: .status)
        case .lateReport(let actionType, let status, let reported):
            try container.encode(actionType, forKey: .actionType)
            try container.encode(status, forKey: .status)
            try container.encode(reported, forKey: .reportedState)
        case .bolt(let movement): try movement.encode(to: encoder)
        case .accessDenied(let denial): try container.encode(denial, forKey: .denial)
        case .disconnection(let cause, let health):
            try container.encode(cause, forKey: .disconnectionCause)
            try health.encode(to: encoder)
        case .health(let health): try health.encode(to: encoder)
        case .accountHealth(let health): try health.encode(to: encoder)
        case .deviceName(let name): try container.encode(name, forKey: .deviceName)
        case .battery(let level): try container.encode(level, forKey: .batteryLevel)
        case .webhookDisabled(let disablement): try disablement.encode(to: encoder)
        }
    }

    /// Reads the flat wire form back.
    ///
    /// - Throws: `DecodingError` for a missing required key or a type that Keyway does not emit.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(EventType.self, forKey: .type)
        let details = try Self.details(of: type, container, decoder)
        self.init(
            id: try container.decode(Identifier<Event>.self, forKey: .id),
            type: type,
            workspaceID: try container.decode(Identifier<Workspace>.self, forKey: .workspaceID),
            createdAt: try container.decode(Timestamp.self, forKey: .createdAt),
            occurredAt: try container.decode(Timestamp.self, forKey: .occurredAt),
            connectedAccountID: try container.decodeIfPresent(
                Identifier<ConnectedAccount>.self,
                forKey: .connectedAccountID
            ),
            connectedAccountCustomMetadata: try container.decodeIfPresent(
                [String: MetadataValue].self,
                forKey: .connectedAccountCustomMetadata
            ),
            deviceID: try container.decodeIfPresent(Identifier<Device>.self, forKey: .deviceID),
            deviceCustomMetadata: try container.decodeIfPresent(
                [String: MetadataValue].self,
                forKey: .deviceCustomMetadata
            ),
            customerKey: try container.decodeIfPresent(String.self, forKey: .customerKey),
            actionAttemptID: try container.decodeIfPresent(
                Identifier<ActionAttempt>.self,
                forKey: .actionAttemptID
            ),
            clientSessionID: try container.decodeIfPresent(
                Identifier<ClientSession>.self,
                forKey: .clientSessionID
            ),
            connectWebviewID: try container.decodeIfPresent(
                Identifier<ConnectWebview>.self,
                forKey: .connectWebviewID
            ),
            details: details
        )
    }

    private static func details(
        of type: EventType,
        _ container: KeyedDecodingContainer<CodingKeys>,
        _ decoder: any Decoder
    ) throws -> Details {
        switch type {
        case .lockDoorSucceeded, .lockDoorFailed, .unlockDoorSucceeded, .unlockDoorFailed,
            .simulateKeypadCodeEntrySucceeded, .simulateKeypadCodeEntryFailed,
            .simulateManualLockViaKeypadSucceeded, .simulateManualLockViaKeypadFailed:
            .resolution(
                actionType: try container.decode(ActionType.self, forKey: .actionType),
                status: try container.decode(ActionAttempt.Status.self, forKey: .status)
            )
        case .actionAttemptLateReport:
            .lateReport(
                actionType: try container.decode(ActionType.self, forKey: .actionType),
                status: try container.decode(ActionAttempt.Status.self, forKey: .status),
                reported: try container.decode(BoltState.self, forKey: .reportedState)
            )
        case .lockLocked, .lockUnlocked: .bolt(try BoltMovement(from: decoder))
        case .lockAccessDenied: .accessDenied(try container.decode(AccessDenial.self, forKey: .denial))
        case .deviceLowBattery: .battery(level: try container.decode(Double.self, forKey: .batteryLevel))
        case .deviceDisconnected, .unmanagedDeviceDisconnected:
            .disconnection(
                try container.decode(DisconnectionCause.self, forKey: .disconnectionCause),
                try DeviceHealth(from: decoder)
            )
        case .webhookDisabled: .webhookDisabled(try WebhookDisablement(from: decoder))
        case .deviceSubscriptionRequired: .health(try DeviceHealth(from: decoder))
        case .connectedAccountDisconnected: .accountHealth(try AccountHealth(from: decoder))
        case .deviceNameChanged, .deviceDeleted:
            .deviceName(try container.decode(String.self, forKey: .deviceName))
        case .deviceConnected, .unmanagedDeviceConnected, .deviceAdded, .deviceRemoved,
            .deviceConvertedToUnmanaged, .deviceConvertedToManaged, .deviceSubscriptionResolved,
            .connectedAccountConnected, .connectedAccountCreated, .connectedAccountSuccessfulLogin,
            .connectedAccountCompletedFirstSync, .connectedAccountDeleted, .connectWebviewLoginSucceeded,
            .connectWebviewLoginFailed, .clientSessionDeleted:
            .none
        }
    }
}

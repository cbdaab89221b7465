import KeywayModel

extension Call {
    /// An event of this moment about a device as it is.
    func event(_ type: EventType, about device: Device, _ details: Event.Details = .none) -> Event {
        let now = services.time.now().wall
        return Event(
            id: services.ids.next(),
            type: type,
            workspaceID: device.workspaceID,
            createdAt: now,
            occurredAt: now,
            connectedAccountID: device.connectedAccountID,
            deviceID: device.id,
            deviceCustomMetadata: device.customMetadata.isEmpty ? nil : device.customMetadata,
            details: details
        )
    }

    /// An event of this moment about a connected account as it is.
    func event(_ type: EventType, about account: ConnectedAccount, _ details: Event.Details = .none) -> Event {
        let now = services.time.now().wall
        return Event(
            id: services.ids.next(),
            type: type,
            workspaceID: account.workspaceID,
            createdAt: now,
            occurredAt: now,
            connectedAccountID: account.id,
            connectedAccountCustomMetadata: account.customMetadata.isEmpty ? nil : account.customMetadata,
            customerKey: account.customerKey,
            details: details
        )
    }
}

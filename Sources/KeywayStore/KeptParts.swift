package import KeywayModel

// What an update may change of a thing and what stays as it was, in one place, so that every store keeps the same.

extension Device {
    /// This device with what an update may change taken from another one: everything but its identity, where it came
    /// from, its state and its deletion.
    package func updated(by changed: Device) -> Device {
        var device = self
        device.description = changed.description
        device.nickname = changed.nickname
        device.customMetadata = changed.customMetadata
        device.isManaged = changed.isManaged
        device.driverSettings = changed.driverSettings
        return device
    }

    /// This device made anew as another one, deleted or not: everything but its identity, where it came from and its
    /// state.
    package func remade(as fresh: Device) -> Device {
        var device = updated(by: fresh)
        device.deletedAt = fresh.deletedAt
        return device
    }
}

extension ConnectedAccount {
    /// This account with everything taken from another one but its identity, workspace, provider and time of creation.
    package func updated(by changed: ConnectedAccount) -> ConnectedAccount {
        ConnectedAccount(
            id: id,
            workspaceID: workspaceID,
            provider: provider,
            displayName: changed.displayName,
            createdAt: createdAt,
            customMetadata: changed.customMetadata,
            automaticallyManagesNewDevices: changed.automaticallyManagesNewDevices,
            acceptedCapabilities: changed.acceptedCapabilities,
            customerKey: changed.customerKey,
            disconnectedAt: changed.disconnectedAt,
            settings: changed.settings,
            removedAt: changed.removedAt
        )
    }
}

extension Workspace {
    /// This workspace with everything taken from another one but its identity, time of creation and whether it is a
    /// sandbox.
    package func updated(by changed: Workspace) -> Workspace {
        Workspace(
            id: id,
            name: changed.name,
            isSandbox: isSandbox,
            createdAt: createdAt,
            connectPartnerName: changed.connectPartnerName,
            isSuspended: changed.isSuspended,
            isPublishableKeyAuthEnabled: changed.isPublishableKeyAuthEnabled,
            publishableKey: changed.publishableKey,
            organizationID: changed.organizationID,
            customization: changed.customization
        )
    }
}

extension OwnedRecord {
    /// Traps if a changed record has another identity, workspace or time of creation: those who change records cannot
    /// change these, which are constants, but by putting another record in their place.
    package func requireSameIdentity(_ changed: Self) {
        precondition(
            changed.id == id && changed.workspaceID == workspaceID && changed.createdAt == createdAt,
            "a changed record stays the same one"
        )
    }
}

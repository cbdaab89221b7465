import KeywayDriver
import KeywayModel

extension AnnouncedLock {
    /// The contract's list of lock types has none for locks behind a broker, so this one is Keyway's own.
    static let deviceTypeName = "mqtt_lock"

    /// The lock as Keyway has it, when it is seen for the first time.
    func device(of account: ConnectedAccount, at now: Timestamp) -> Device {
        Device(
            id: .derived(from: identity, in: account.id),
            workspaceID: account.workspaceID,
            connectedAccountID: account.id,
            provider: .mqtt,
            nativeID: identity,
            createdAt: now,
            description: description(of: account),
            // One that tells whether it can be reached has not done so yet.
            state: DeviceState(isOnline: !tellsAvailability)
        )
    }

    private func description(of account: ConnectedAccount) -> DeviceDescription {
        var capabilities: Set<DeviceCapability> = []
        if command(.lockDoor) != nil { capabilities.insert(.canRemotelyLock) }
        if command(.unlockDoor) != nil { capabilities.insert(.canRemotelyUnlock) }
        return DeviceDescription(
            deviceType: Self.deviceTypeName,
            name: name,
            // The contract's word for a manufacturer that is not in its list.
            manufacturer: "unknown",
            manufacturerDisplayName: manufacturer ?? account.displayName,
            modelDisplayName: model ?? "Lock",
            serialNumber: serialNumber,
            locationName: area,
            capabilities: capabilities
        )
    }
}

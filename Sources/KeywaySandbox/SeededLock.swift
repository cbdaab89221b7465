import KeywayDriver
import KeywayModel

/// One lock of ``SandboxSeed``: what kind it is and how it behaves, in no workspace yet.
struct SeededLock {
    /// Its name in identities and at the provider; it never changes.
    let slug: String
    /// Its name for people.
    let name: String
    /// What is the same for all locks of its model.
    let model: Model
    /// The maker's serial number.
    let serialNumber: String
    /// Charge between 0 and 1.
    let batteryLevel: Double
    /// Where it hangs.
    let place: Place
    /// How it answers commands.
    let behavior: LockBehavior
    /// Whether it starts on the network.
    var isOnline = true

    /// A model of lock.
    struct Model {
        /// The wire contract's device type (section 8, `lock_type`).
        let deviceType: String
        /// The wire contract's manufacturer (section 8).
        let manufacturer: String
        /// The maker's name for people.
        let manufacturerName: String
        /// The model's name for people.
        let name: String
        /// Where codes are entered, if anywhere.
        let keypad: Keypad
        /// Whether it hangs on a hub that can be off the network.
        var hasHub = false
        /// Whether the maker wants a subscription for remote control.
        var needsSubscription = false
    }

    /// The places where codes can be entered.
    enum Keypad {
        case none
        case builtIn
        /// One beside the door that belongs to the lock.
        case accessory
    }

    /// A place where locks hang.
    struct Place {
        /// Its name in the owner's words.
        let name: String
        /// Its IANA time zone.
        let timeZone: String
    }

    /// The lock as a device of a workspace.
    func device(
        id: Identifier<Device>,
        workspace: Workspace,
        account: ConnectedAccount,
        createdAt: Timestamp
    ) -> Device {
        Device(
            id: id,
            workspaceID: workspace.id,
            connectedAccountID: account.id,
            provider: .sandbox,
            nativeID: slug,
            createdAt: createdAt,
            description: DeviceDescription(
                deviceType: model.deviceType,
                name: name,
                manufacturer: model.manufacturer,
                manufacturerDisplayName: model.manufacturerName,
                modelDisplayName: model.name,
                serialNumber: serialNumber,
                hasDirectPower: false,
                hasBuiltInKeypad: model.keypad == .builtIn,
                locationName: place.name,
                timeZone: place.timeZone,
                capabilities: model.capabilities
            ),
            driverSettings: behavior.driverSettings,
            state: DeviceState(
                isOnline: isOnline,
                onlineChangedAt: createdAt,
                reportedBolt: .locked,
                reportedAt: createdAt,
                batteryLevel: batteryLevel,
                autoLock: AutoLock(isEnabled: false)
            )
        )
    }
}

extension SeededLock.Model {
    /// What can be done with its locks, by callers and by testers.
    fileprivate var capabilities: Set<DeviceCapability> {
        var capabilities: Set<DeviceCapability> = [
            .canRemotelyLock, .canRemotelyUnlock, .canConfigureAutoLock, .canSimulateConnection,
            .canSimulateDisconnection, .canSimulateRemoval,
        ]
        if keypad != .none { capabilities.insert(.canUnlockWithCode) }
        if hasHub { capabilities.formUnion([.canSimulateHubConnection, .canSimulateHubDisconnection]) }
        if needsSubscription { capabilities.insert(.canSimulatePaidSubscription) }
        return capabilities
    }
}

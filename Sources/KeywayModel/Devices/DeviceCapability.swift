/// A capability flag of a device.
///
/// Raw values are the wire contract's (section 3.4); absent means no.
package enum DeviceCapability: String, Codable, CaseIterable, Sendable {
    case canRemotelyLock = "can_remotely_lock"
    case canRemotelyUnlock = "can_remotely_unlock"
    case canConfigureAutoLock = "can_configure_auto_lock"
    case canUnlockWithCode = "can_unlock_with_code"
    case canSimulateConnection = "can_simulate_connection"
    case canSimulateDisconnection = "can_simulate_disconnection"
    case canSimulateHubConnection = "can_simulate_hub_connection"
    case canSimulateHubDisconnection = "can_simulate_hub_disconnection"
    case canSimulatePaidSubscription = "can_simulate_paid_subscription"
    case canSimulateRemoval = "can_simulate_removal"
}

/// What an event says happened: the types that Keyway emits.
///
/// Raw values are the wire contract's (section 3.3), but for `action_attempt.late_report` and
/// `webhook.disabled`, which are Keyway's own.
package enum EventType: String, Codable, CaseIterable, Sendable {
    case lockDoorSucceeded = "action_attempt.lock_door.succeeded"
    case lockDoorFailed = "action_attempt.lock_door.failed"
    case unlockDoorSucceeded = "action_attempt.unlock_door.succeeded"
    case unlockDoorFailed = "action_attempt.unlock_door.failed"
    case simulateKeypadCodeEntrySucceeded = "action_attempt.simulate_keypad_code_entry.succeeded"
    case simulateKeypadCodeEntryFailed = "action_attempt.simulate_keypad_code_entry.failed"
    case simulateManualLockViaKeypadSucceeded = "action_attempt.simulate_manual_lock_via_keypad.succeeded"
    case simulateManualLockViaKeypadFailed = "action_attempt.simulate_manual_lock_via_keypad.failed"
    case actionAttemptLateReport = "action_attempt.late_report"
    case lockLocked = "lock.locked"
    case lockUnlocked = "lock.unlocked"
    case lockAccessDenied = "lock.access_denied"
    case deviceConnected = "device.connected"
    case deviceDisconnected = "device.disconnected"
    case unmanagedDeviceConnected = "device.unmanaged.connected"
    case unmanagedDeviceDisconnected = "device.unmanaged.disconnected"
    case deviceAdded = "device.added"
    case deviceRemoved = "device.removed"
    case deviceDeleted = "device.deleted"
    case deviceNameChanged = "device.name_changed"
    case deviceConvertedToUnmanaged = "device.converted_to_unmanaged"
    case deviceConvertedToManaged = "device.unmanaged.converted_to_managed"
    case deviceLowBattery = "device.low_battery"
    case deviceSubscriptionRequired = "device.error.subscription_required"
    case deviceSubscriptionResolved = "device.error.subscription_required.resolved"
    case connectedAccountConnected = "connected_account.connected"
    case connectedAccountCreated = "connected_account.created"
    case connectedAccountSuccessfulLogin = "connected_account.successful_login"
    case connectedAccountCompletedFirstSync = "connected_account.completed_first_sync"
    case connectedAccountDisconnected = "connected_account.disconnected"
    case connectedAccountDeleted = "connected_account.deleted"
    case connectWebviewLoginSucceeded = "connect_webview.login_succeeded"
    case connectWebviewLoginFailed = "connect_webview.login_failed"
    case clientSessionDeleted = "client_session.deleted"
    case webhookDisabled = "webhook.disabled"

    /// The type of the event that announces an attempt's outcome; nil if the contract has none for the action.
    package static func resolution(of actionType: ActionType, succeeded: Bool) -> EventType? {
        switch actionType {
        case .lockDoor: succeeded ? .lockDoorSucceeded : .lockDoorFailed
        case .unlockDoor: succeeded ? .unlockDoorSucceeded : .unlockDoorFailed
        case .simulateKeypadCodeEntry:
            succeeded ? .simulateKeypadCodeEntrySucceeded : .simulateKeypadCodeEntryFailed
        case .simulateManualLockViaKeypad:
            succeeded ? .simulateManualLockViaKeypadSucceeded : .simulateManualLockViaKeypadFailed
        case .configureAutoLock, .resetSandboxWorkspace: nil
        }
    }

    /// One sentence for a person, shown as `event_description`.
    package var summary: String {
        switch self {
        case .lockDoorSucceeded: "An attempt to lock a door succeeded."
        case .lockDoorFailed: "An attempt to lock a door failed."
        case .unlockDoorSucceeded: "An attempt to unlock a door succeeded."
        case .unlockDoorFailed: "An attempt to unlock a door failed."
        case .simulateKeypadCodeEntrySucceeded: "An attempt to simulate the entry of a code succeeded."
        case .simulateKeypadCodeEntryFailed: "An attempt to simulate the entry of a code failed."
        case .simulateManualLockViaKeypadSucceeded: "An attempt to simulate locking by keypad succeeded."
        case .simulateManualLockViaKeypadFailed: "An attempt to simulate locking by keypad failed."
        case .actionAttemptLateReport: "A device reported something that contradicts an attempt already resolved."
        case .lockLocked: "A lock was locked."
        case .lockUnlocked: "A lock was unlocked."
        case .lockAccessDenied: "Somebody was refused entry."
        case .deviceConnected: "A device came online."
        case .deviceDisconnected: "A device went offline."
        case .unmanagedDeviceConnected: "An unmanaged device came online."
        case .unmanagedDeviceDisconnected: "An unmanaged device went offline."
        case .deviceAdded: "A device was added to its connected account."
        case .deviceRemoved: "A device was removed from its connected account."
        case .deviceDeleted: "A device was deleted."
        case .deviceNameChanged: "A device was renamed."
        case .deviceConvertedToUnmanaged: "A device is no longer managed."
        case .deviceConvertedToManaged: "A device is now managed."
        case .deviceLowBattery: "The battery of a device is low."
        case .deviceSubscriptionRequired: "A device needs a subscription that has run out."
        case .deviceSubscriptionResolved: "The subscription of a device has been renewed."
        case .connectedAccountConnected: "A connected account is connected."
        case .connectedAccountCreated: "A connected account was made."
        case .connectedAccountSuccessfulLogin: "A user connected an account."
        case .connectedAccountCompletedFirstSync: "The devices of a new connected account are there."
        case .connectedAccountDisconnected: "A connected account is disconnected."
        case .connectedAccountDeleted: "A connected account was deleted."
        case .connectWebviewLoginSucceeded: "A user connected an account in a Connect Webview."
        case .connectWebviewLoginFailed: "A user did not connect an account in a Connect Webview."
        case .clientSessionDeleted: "A client session was deleted."
        case .webhookDisabled: "A webhook was disabled."
        }
    }
}

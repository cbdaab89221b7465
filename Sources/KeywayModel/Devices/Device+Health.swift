extension Device {
    /// The device's errors right now (wire contract, section 3.5), for the API and for events.
    package var healthIssues: [HealthIssue] {
        var issues: [HealthIssue] = []
        if !state.isOnline {
            let (code, message) =
                switch state.offlineCause {
                case .account: ("account_disconnected", "The connected account of the device is disconnected.")
                case .bridge: ("hub_disconnected", "The bridge of the device is offline.")
                case .removed: ("device_removed", "The device is no longer part of its connected account.")
                case nil: ("device_offline", FailureCause.deviceOffline.defaultMessage)
                }
            issues.append(
                HealthIssue(errorCode: code, message: message, createdAt: state.onlineChangedAt ?? createdAt)
            )
        }
        if let expiredAt = state.subscriptionExpiredAt {
            let message = "The subscription that the maker asks for has run out."
            issues.append(HealthIssue(errorCode: "subscription_required", message: message, createdAt: expiredAt))
        }
        return issues
    }
}

extension DeviceState {
    /// Why a command cannot be sent to the device now; nil if it can be reached and takes commands.
    package var obstacle: FailureCause? {
        if !isOnline { return offlineCause == nil ? .deviceOffline : .deviceDisconnected }
        return subscriptionExpiredAt == nil ? nil : .remoteControlDisabled
    }
}

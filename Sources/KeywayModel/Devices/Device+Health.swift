extension Device {
    /// The device's errors right now (wire contract, section 3.5), for the API and for events.
    package var healthIssues: [HealthIssue] {
        guard !state.isOnline else { return [] }
        let (code, message) =
            switch state.offlineCause {
            case .bridge: ("hub_disconnected", "The bridge of the device is offline.")
            case .removed: ("device_removed", "The device is no longer part of its connected account.")
            case nil: ("device_offline", FailureCause.deviceOffline.defaultMessage)
            }
        return [HealthIssue(errorCode: code, message: message, createdAt: state.onlineChangedAt ?? createdAt)]
    }
}

extension DeviceState {
    /// Why a command cannot be sent to the device now; nil if it can be reached.
    package var obstacle: FailureCause? {
        guard !isOnline else { return nil }
        return offlineCause == nil ? .deviceOffline : .deviceDisconnected
    }
}

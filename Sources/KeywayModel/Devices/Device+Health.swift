extension Device {
    /// The device's errors right now (wire contract, section 3.5), for the API and for events.
    package var healthIssues: [HealthIssue] {
        guard !state.isOnline else { return [] }
        return [
            HealthIssue(
                errorCode: "device_offline",
                message: FailureCause.deviceOffline.defaultMessage,
                createdAt: state.onlineChangedAt ?? createdAt
            )
        ]
    }
}

package import KeywayModel

extension EventQuery {
    /// Whether an event, which counts as written at a time, passes every filter.
    package func matches(_ event: Event, writtenAt: Timestamp) -> Bool {
        event.workspaceID == workspaceID
            && ids?.contains(event.id) ?? true
            && types?.contains(event.type.rawValue) ?? true
            && Self.allows(deviceIDs, event.deviceID)
            && Self.allows(connectedAccountIDs, event.connectedAccountID)
            && connectWebviewID.map { event.connectWebviewID == $0 } ?? true
            && after.map { writtenAt > $0 } ?? true
            && before.map { writtenAt < $0 } ?? true
    }

    private static func allows<Subject>(_ ids: [Identifier<Subject>]?, _ id: Identifier<Subject>?) -> Bool {
        guard let ids else { return true }
        return id.map(ids.contains) ?? false
    }
}

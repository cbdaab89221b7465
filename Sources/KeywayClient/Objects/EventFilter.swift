public import FoundationEssentials

extension KeywayClient {
    /// Which events are wanted: those that fit everything given.
    public struct EventFilter: Hashable, Sendable {
        /// Only those written after this time.
        public var since: Date?
        /// Only these kinds; nil: any, empty: none at all.
        public var types: [EventType]?
        /// Only those about these devices; nil: any, empty: none at all.
        public var deviceIDs: [String]?
        /// Only those about this connected account and its devices.
        public var connectedAccountID: String?

        /// Makes a filter; what is left out fits any event.
        public init(
            since: Date? = nil,
            types: [EventType]? = nil,
            deviceIDs: [String]? = nil,
            connectedAccountID: String? = nil
        ) {
            self.since = since
            self.types = types
            self.deviceIDs = deviceIDs
            self.connectedAccountID = connectedAccountID
        }

        var query: Query {
            var query = Query()
            query["since"] = since.map { .text($0.wireText) }
            query["event_types"] = types.map { .list($0.map(\.rawValue)) }
            query["device_ids"] = deviceIDs.map(Query.Value.list)
            query["connected_account_id"] = connectedAccountID.map(Query.Value.text)
            return query
        }
    }
}

extension KeywayClient {
    /// Which devices are wanted: those that fit everything given.
    public struct DeviceFilter: Hashable, Sendable {
        /// Only these devices; nil: any, empty: none at all.
        public var ids: [String]?
        /// Only those whose name, place or metadata has this text in it, in any case.
        public var search: String?
        /// Only this kind, such as `august_lock`.
        public var deviceType: String?
        /// Only this maker's, such as `august`.
        public var manufacturer: String?
        /// Only those of this connected account.
        public var connectedAccountID: String?
        /// Only those with each of these pairs in their custom metadata.
        public var customMetadata: [String: String]

        /// Makes a filter; what is left out fits any device.
        public init(
            ids: [String]? = nil,
            search: String? = nil,
            deviceType: String? = nil,
            manufacturer: String? = nil,
            connectedAccountID: String? = nil,
            customMetadata: [String: String] = [:]
        ) {
            self.ids = ids
            self.search = search
            self.deviceType = deviceType
            self.manufacturer = manufacturer
            self.connectedAccountID = connectedAccountID
            self.customMetadata = customMetadata
        }

        var query: Query {
            var query = Query()
            query["device_ids"] = ids.map(Query.Value.list)
            query["search"] = search.map(Query.Value.text)
            query["device_type"] = deviceType.map(Query.Value.text)
            query["manufacturer"] = manufacturer.map(Query.Value.text)
            query["connected_account_id"] = connectedAccountID.map(Query.Value.text)
            for (key, value) in customMetadata { query["custom_metadata_has.\(key)"] = .text(value) }
            return query
        }
    }
}

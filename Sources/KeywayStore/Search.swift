package import KeywayModel

// What a search looks at, in one place, so that every store finds the same devices and accounts.

extension Device {
    /// What ``DeviceQuery/search`` looks in: the display name, the location, the account's id and the custom metadata,
    /// in lower case, each on its own line.
    ///
    /// A store that cannot compare texts whatever their case keeps this beside the device.
    package var searchText: String {
        ([displayName, description.locationName ?? "", connectedAccountID.description] + customMetadata.searchLines)
            .joined(separator: "\n")
            .lowercased()
    }
}

extension ConnectedAccount {
    /// What ``ConnectedAccountQuery/search`` looks in: the display name and the id, in lower case, each on its own line.
    package var searchText: String { "\(displayName)\n\(id)".lowercased() }
}

extension [String: MetadataValue] {
    /// The keys and those of the values that are strings, in the order of the keys.
    package var searchLines: [String] {
        sorted { $0.key < $1.key }
            .flatMap { key, value in
                switch value {
                case .string(let text): [key, text]
                case .bool: [key]
                }
            }
    }
}

extension DeviceQuery {
    /// The fewest characters of a search that are compared with the beginning of an id.
    package static var shortestIDPrefix: Int { 4 }

    /// The search in lower case, to be looked for in ``KeywayModel/Device/searchText``; nil if there is none.
    package var foldedSearch: String? { search?.lowercased() }

    /// The search as the beginning of an id; nil if there is none or it is too short for one.
    package var idPrefix: String? {
        guard let foldedSearch, foldedSearch.count >= Self.shortestIDPrefix else { return nil }
        return foldedSearch
    }
}

extension ConnectedAccountQuery {
    /// The search in lower case, to be looked for in ``KeywayModel/ConnectedAccount/searchText``; nil if there is none.
    package var foldedSearch: String? { search?.lowercased() }
}

extension MetadataValue {
    /// The text form that ``DeviceQuery/customMetadata`` is compared with: the string, or `true` or `false`.
    package var comparedText: String {
        switch self {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        }
    }
}

import KeywayModel

/// The device that an announced entity belongs to.
struct AnnouncedDevice: Hashable, Sendable {
    /// Everything that tells it from other devices: its identifiers, and its connections such as a MAC address.
    let keys: Set<String>
    let name: String?
    let manufacturer: String?
    let model: String?
    let serialNumber: String?
    let area: String?

    /// Reads the block of a discovery message; nil: the message has none.
    init(_ block: JSONValue?) {
        func text(_ name: String) -> String? {
            block?[name].flatMap(DiscoveryOptions.text).map { $0.trimmingSpace() }
                .flatMap { $0.isEmpty ? nil : AnnouncementLimits.text($0) }
        }
        name = text("name")
        manufacturer = text("manufacturer")
        model = text("model")
        serialNumber = text("serial_number")
        area = text("suggested_area")
        let all =
            Self.list(block?["identifiers"]).lazy.compactMap(DiscoveryOptions.text).map { "id:\($0)" }
            + Self.list(block?["connections"]).lazy.compactMap(Self.connection)
        keys = Set(
            all.filter { $0.utf8.count <= AnnouncementLimits.idSize }.prefix(AnnouncementLimits.deviceKeys)
        )
    }

    private static func list(_ value: JSONValue?) -> [JSONValue] {
        switch value {
        case .array(let elements): elements
        case .string, .number: value.map { [$0] } ?? []
        default: []
        }
    }

    /// A connection is a pair of its kind and its address.
    private static func connection(_ value: JSONValue) -> String? {
        guard case .array(let pair) = value, pair.count == 2, let kind = DiscoveryOptions.text(pair[0]),
            let address = DiscoveryOptions.text(pair[1])
        else { return nil }
        return "\(kind):\(address.lowercased())"
    }
}

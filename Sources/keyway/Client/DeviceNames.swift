import KeywayClient

/// The names of devices, asked for when they are first needed.
struct DeviceNames {
    private let client: KeywayClient
    private var names: [String: String]?

    init(_ client: KeywayClient) {
        self.client = client
    }

    /// The name of a device; its id if nobody says what it is called, and a dash if there is none.
    mutating func name(of id: String?) async -> String {
        guard let id else { return "-" }
        var known: [String: String]
        if let names {
            known = names
        } else {
            let devices = (try? await client.devices.list().all()) ?? []
            known = Dictionary(devices.map { ($0.id, $0.displayName) }, uniquingKeysWith: { first, _ in first })
        }
        let name: String
        if let listed = known[id] {
            name = listed
        } else {
            // One that came later, or that is not managed; it is asked for once.
            name = (try? await client.devices.get(id).displayName) ?? id
        }
        known[id] = name
        names = known
        return name
    }
}

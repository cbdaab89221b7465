import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    /// Three locks that differ in all that a query can name.
    private static let searched: [Device] = {
        var first = Samples.lock(0x0A, in: home, account: Samples.id(1), createdAt: Samples.start)
        first.nickname = "Café Entrance"
        first.customMetadata = ["floor": .string("3"), "is_main": .bool(true)]
        var second = Samples.lock(
            0x0B,
            in: home,
            account: Samples.id(4),
            deviceType: "yale_lock",
            manufacturer: "yale",
            createdAt: Samples.start + .seconds(1)
        )
        second.description.locationName = "Hamburg, Straße 1"
        second.customMetadata = ["floor": .string("true"), "o'brien \"x\"": .string("%_")]
        let third = Samples.lock(
            0x0C,
            in: home,
            account: Samples.id(4),
            deviceType: "schlage_lock",
            manufacturer: "schlage",
            createdAt: Samples.start + .seconds(2)
        )
        return [first, second, third]
    }()

    private static func expect(
        _ positions: [Int],
        in store: any Store,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout DeviceQuery) -> Void
    ) async throws {
        var query = DeviceQuery(workspaceID: home.id)
        change(&query)
        let ids = try await store.devices(query).elements.map(\.id)
        #expect(ids == positions.map { searched[$0].id }, sourceLocation: sourceLocation)
    }

    private static func addSearched(to store: any Store) async throws {
        let accounts = [1, 4].map { Samples.account($0, in: home) }
        try await store.add(home, accounts: accounts, devices: searched)
        // The same in another workspace, which no query may find.
        let twin = Samples.lock(0x0D, in: otherHome, account: Samples.id(2))
        try await store.add(otherHome, accounts: [Samples.account(2, in: otherHome)], devices: [twin])
    }

    static let deviceSearchRules: [StoreRule] = [
        StoreRule("devices are filtered by id, account, type, maker, name and age") { store in
            try await addSearched(to: store)
            try await expect([0, 1, 2], in: store) { _ in }
            try await expect([0, 2], in: store) { $0.ids = [searched[2].id, searched[0].id, Samples.id(99)] }
            try await expect([], in: store) { $0.ids = [] }
            try await expect([1, 2], in: store) { $0.connectedAccountIDs = [Samples.id(4)] }
            try await expect([], in: store) { $0.connectedAccountIDs = [] }
            try await expect([0, 1], in: store) { $0.deviceTypes = ["yale_lock", "august_lock", "igloo_lock"] }
            try await expect([], in: store) { $0.deviceTypes = [] }
            try await expect([1], in: store) { $0.manufacturer = "yale" }
            try await expect([], in: store) { $0.manufacturer = "YALE" }
            try await expect([0], in: store) { $0.name = "Café Entrance" }
            try await expect([0], in: store) { $0.name = searched[0].description.name }
            try await expect([], in: store) { $0.name = "Café" }
            try await expect([0, 1], in: store) { $0.createdBefore = searched[2].createdAt }
            try await expect([], in: store) { $0.createdBefore = searched[0].createdAt }
            try await expect([1], in: store) {
                $0.connectedAccountIDs = [Samples.id(4)]
                $0.deviceTypes = ["yale_lock"]
            }
        },
        StoreRule("devices are filtered by custom metadata, in their text form, and by keys that are not set") {
            store in
            try await addSearched(to: store)
            try await expect([0], in: store) { $0.customMetadata = ["floor": "3"] }
            try await expect([0], in: store) { $0.customMetadata = ["is_main": "true"] }
            try await expect([], in: store) { $0.customMetadata = ["is_main": "1"] }
            try await expect([1], in: store) { $0.customMetadata = ["floor": "true"] }
            try await expect([0], in: store) { $0.customMetadata = ["floor": "3", "is_main": "true"] }
            try await expect([], in: store) { $0.customMetadata = ["floor": "3", "is_main": "false"] }
            try await expect([2], in: store) { $0.customMetadata = ["floor": nil] }
            try await expect([1], in: store) { $0.customMetadata = ["floor": "true", "is_main": nil] }
            try await expect([1], in: store) { $0.customMetadata = ["o'brien \"x\"": "%_"] }
            try await expect([], in: store) { $0.customMetadata = ["o'brien \"x\"": "ab"] }
            try await expect([], in: store) { $0.customMetadata = ["$.floor": "3"] }
        },
        StoreRule("devices are searched in the keys and texts of their custom metadata, whatever the case") { store in
            try await addSearched(to: store)
            try await expect([0, 1], in: store) { $0.search = "FLOOR" }
            try await expect([0], in: store) { $0.search = "Is_Main" }
            try await expect([1], in: store) { $0.search = "O'BRIEN \"x" }
            // A truth value is no text; the “true” of the second is.
            try await expect([1], in: store) { $0.search = "true" }
            _ = try await store.updateDevice(searched[2].id, in: home.id) { device throws(Never) in
                device.customMetadata = ["tenant": .string("Müller & SÖHNE")]
                return []
            }
            try await expect([2], in: store) { $0.search = "müller & söhne" }
        },
        StoreRule("devices are filtered by whether they are managed") { store in
            try await addSearched(to: store)
            _ = try await store.updateDevice(searched[1].id, in: home.id) { device throws(Never) in
                device.isManaged = false
                return []
            }
            try await expect([0, 1, 2], in: store) { $0.isManaged = nil }
            try await expect([0, 2], in: store) { $0.isManaged = true }
            try await expect([1], in: store) { $0.isManaged = false }
        },
        StoreRule("devices are filtered by the capabilities that they have and have not, and the pages stay full") {
            store in
            try await addTenants(to: store)
            // Every third can be set, every second takes codes.
            let devices = (0..<12)
                .map { number in
                    var capabilities: Set<DeviceCapability> = [.canRemotelyLock]
                    if number % 3 == 0 { capabilities.insert(.canConfigureAutoLock) }
                    if number % 2 == 0 { capabilities.insert(.canUnlockWithCode) }
                    return Samples.lock(UInt64(100 + number), in: home, capabilities: capabilities)
                }
            try await store.add(home, accounts: [], devices: devices)
            func expect(
                _ numbers: [Int],
                including included: [String] = [],
                excluding excluded: [String] = [],
                sourceLocation: SourceLocation = #_sourceLocation
            ) async throws {
                var query = DeviceQuery(workspaceID: home.id, ids: devices.map(\.id), limit: 2)
                query.includedCapabilities = included
                query.excludedCapabilities = excluded
                var found: [Identifier<Device>] = []
                repeat {
                    let page = try await store.devices(query)
                    #expect(page.elements.count == 2 || page.next == nil, sourceLocation: sourceLocation)
                    found += page.elements.map(\.id)
                    query.after = page.next
                } while query.after != nil
                #expect(found == numbers.map { devices[$0].id }, sourceLocation: sourceLocation)
            }
            try await expect(Array(0..<12))
            try await expect([0, 3, 6, 9], including: ["can_configure_auto_lock"])
            try await expect([0, 6], including: ["can_configure_auto_lock", "can_unlock_with_code"])
            try await expect([1, 5, 7, 11], excluding: ["can_configure_auto_lock", "can_unlock_with_code"])
            try await expect([3, 9], including: ["can_configure_auto_lock"], excluding: ["can_unlock_with_code"])
            try await expect([], including: ["can_fly"])
            try await expect([], including: ["can_remotely_lock", "can_fly"])
            try await expect(Array(0..<12), excluding: ["can_fly"])
            try await expect([], excluding: ["can_remotely_lock"])
        },
        StoreRule("devices are searched in name, location, account and the beginning of the id, whatever the case") {
            store in
            try await addSearched(to: store)
            try await expect([0], in: store) { $0.search = "CAFÉ ent" }
            try await expect([1], in: store) { $0.search = "HAMBURG, straße" }
            try await expect([1, 2], in: store) { $0.search = Samples.id(4, of: ConnectedAccount.self).description }
            // A nickname takes the place of the provider's name.
            try await expect([], in: store) { $0.search = searched[0].description.name }
            try await expect([1], in: store) { $0.search = searched[1].description.name.uppercased() }
            try await expect([1], in: store) { $0.search = searched[1].id.description.uppercased() }
            try await expect([0, 1, 2], in: store) { $0.search = "0000" }
            try await expect([], in: store) { $0.search = "yale" }
            // What would stand for anything in an SQL pattern stands for itself: here it is in the metadata.
            try await expect([1], in: store) { $0.search = "%" }
            try await expect([0, 1, 2], in: store) { $0.search = "" }
        },
    ]
}

import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    /// A device with something in every place.
    private static let richDevice = Device(
        id: Samples.id(50),
        workspaceID: home.id,
        connectedAccountID: Samples.id(1),
        provider: Provider(rawValue: "mqtt"),
        nativeID: "zigbee2mqtt/haustür",
        createdAt: Timestamp(microseconds: 1_767_225_600_123_456),
        description: DeviceDescription(
            deviceType: "yale_lock",
            name: "Haustür",
            manufacturer: "yale",
            manufacturerDisplayName: "Yale",
            modelDisplayName: "Linus \"L2\"",
            serialNumber: "0042",
            hasDirectPower: false,
            hasBuiltInKeypad: true,
            locationName: "Straße 1",
            timeZone: "Europe/Berlin",
            capabilities: [.canRemotelyLock, .canUnlockWithCode]
        ),
        nickname: "Portier",
        customMetadata: ["floor": .string("3"), "is_main": .bool(false), "naïve \" key": .string("")],
        isManaged: false,
        driverSettings: .object(["delay": .number(1.5), "list": .array([.null, .bool(true), .string("x")])]),
        state: DeviceState(
            isOnline: false,
            offlineCause: .removed,
            onlineChangedAt: Samples.start,
            batteryLevel: 0.75,
            isDoorOpen: false,
            autoLock: AutoLock(isEnabled: true, delaySeconds: 12.5),
            subscriptionExpiredAt: Timestamp(microseconds: 1_767_225_600_123_457),
            warnings: [DeviceWarning(.timeWrong, createdAt: Samples.start)],
            boltClaimedAt: Samples.start
        )
    )

    static let deviceRules: [StoreRule] = [
        StoreRule("a device is read back whole, with its workspace or without") { store in
            try await addTenants(to: store)
            try await store.add(home, accounts: [], devices: [richDevice])
            #expect(try await store.device(richDevice.id, in: home.id) == richDevice)
            #expect(try await store.device(richDevice.id, in: nil) == richDevice)
            #expect(try await store.device(frontDoor.id, in: home.id) == frontDoor)
            #expect(try await store.device(Samples.id(99), in: nil) == nil)
        },
        StoreRule("driver settings are replaced, and only those of the device named") { store in
            try await addTenants(to: store)
            let settings = JSONValue.object(["latency": .number(250), "script": .array([.string("jam")])])
            try await store.setDriverSettings(settings, of: frontDoor.id)
            try await store.setDriverSettings(settings, of: Samples.id(99))
            #expect(try await store.device(frontDoor.id, in: home.id)?.driverSettings == settings)
            #expect(try await store.device(backDoor.id, in: home.id) == backDoor)
            try await store.setDriverSettings(.null, of: frontDoor.id)
            #expect(try await store.device(frontDoor.id, in: home.id) == frontDoor)
        },
        StoreRule("devices are listed by their time of creation and then by id") { store in
            try await addTenants(to: store)
            let devices = [(40, 2), (41, 1), (43, 1), (42, 1)]
                .map { number, seconds in
                    Samples.lock(number, in: home, createdAt: Samples.start + .seconds(seconds))
                }
            try await store.add(home, accounts: [], devices: devices)
            let page = try await store.devices(DeviceQuery(workspaceID: home.id))
            #expect(page.elements.map(\.id) == [1, 2, 41, 42, 43, 40].map { Samples.id($0) })
            #expect(page.next == nil)
        },
        StoreRule("pages of devices have no gap and no repeat while new ones are added") { store in
            try await addTenants(to: store)
            let devices = (30...36).reversed().map { Samples.lock($0, in: home) }
            try await store.add(home, accounts: [], devices: devices)
            var seen: [Identifier<Device>] = []
            var query = DeviceQuery(workspaceID: home.id, limit: 2)
            var newest: UInt64 = 50
            repeat {
                let page = try await store.devices(query)
                #expect(page.elements.count <= 2)
                seen += page.elements.map(\.id)
                query.after = page.next
                newest += 1
                // Of the same time, so that only the id says where in the list it stands.
                try await store.add(home, accounts: [], devices: [Samples.lock(newest, in: home)])
            } while query.after != nil && seen.count < 30
            #expect(Array(seen.prefix(9)) == ([1, 2] + (30...36)).map { Samples.id($0) })
            #expect(Set(seen).count == seen.count)
        },
        StoreRule("the last page of devices says so, even if it is full") { store in
            try await addTenants(to: store)
            let first = try await store.devices(DeviceQuery(workspaceID: home.id, limit: 1))
            #expect(first.elements == [frontDoor])
            let second = try await store.devices(DeviceQuery(workspaceID: home.id, limit: 1, after: first.next))
            #expect(second.elements == [backDoor])
            #expect(second.next == nil)
            #expect(try await store.devices(DeviceQuery(workspaceID: home.id, after: 99)).elements.isEmpty)
        },
        StoreRule("G11 devices are invisible from another workspace") { store in
            try await addTenants(to: store)
            #expect(try await store.device(frontDoor.id, in: otherHome.id) == nil)
            #expect(try await store.devices(DeviceQuery(workspaceID: otherHome.id)).elements == [otherDoor])
            let query = DeviceQuery(workspaceID: otherHome.id, ids: [frontDoor.id, otherDoor.id])
            #expect(try await store.devices(query).elements == [otherDoor])
            let first = try await store.devices(DeviceQuery(workspaceID: home.id, limit: 1))
            let foreign = DeviceQuery(workspaceID: otherHome.id, after: first.next)
            #expect(try await !store.devices(foreign).elements.contains { $0.workspaceID != otherHome.id })
        },
    ]
}

import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static func account(
        _ number: UInt64,
        of workspace: Workspace = home,
        provider: Provider = .deviceCloud,
        createdAt: Timestamp = Samples.start
    ) -> ConnectedAccount {
        ConnectedAccount(
            id: Samples.id(number),
            workspaceID: workspace.id,
            provider: provider,
            displayName: "Account “\(number)”",
            createdAt: createdAt,
            settings: .object(["token": .string("t\(number) \\ \""), "list": .array([.null, .number(1.5)])])
        )
    }

    private static func addition(_ number: UInt64, of device: Device) -> Event {
        event(number, .deviceAdded, on: device)
    }

    static let accountRules: [StoreRule] = [
        StoreRule("connected accounts are read back whole, and listed by provider, the oldest first") { store in
            try await addTenants(to: store)
            let accounts = [
                account(13, createdAt: Samples.start + .seconds(1)), account(12), account(11, of: otherHome),
            ]
            for account in accounts { try await store.add(account) }
            try await store.add(account(14, provider: Provider(rawValue: "mqtt")))
            for account in accounts { #expect(try await store.connectedAccount(account.id) == account) }
            #expect(try await store.connectedAccounts(of: .deviceCloud) == [accounts[2], accounts[1], accounts[0]])
            #expect(try await store.connectedAccounts(of: .sandbox).map(\.id) == [1, 2].map { Samples.id($0) })
            #expect(try await store.connectedAccounts(of: Provider(rawValue: "none")).isEmpty)
            #expect(try await store.connectedAccount(Samples.id(99)) == nil)
        },
        StoreRule("an account whose id is taken, or whose workspace is unknown, is refused") { store in
            try await addTenants(to: store)
            try await store.add(account(11))
            try await expectConflict { try await store.add(account(11, of: otherHome)) }
            try await expectConflict { try await store.add(account(12, of: Samples.workspace(99))) }
            #expect(try await store.connectedAccounts(of: .deviceCloud) == [account(11)])
        },
        StoreRule("a removed account forgets its secrets, stays readable, and keeps its devices") { store in
            try await addTenants(to: store)
            try await store.add(account(11))
            try await store.add(account(12))
            let device = Samples.lock(40, in: home, account: Samples.id(11))
            try await store.add(home, accounts: [], devices: [device])
            var removed = account(11)
            removed.settings = .null
            removed.removedAt = Samples.start + .seconds(5)
            #expect(try await store.removeConnectedAccount(removed.id, at: Samples.start + .seconds(5)) == removed)
            #expect(try await store.removeConnectedAccount(removed.id, at: Samples.start + .seconds(9)) == removed)
            #expect(try await store.removeConnectedAccount(Samples.id(99), at: Samples.start) == nil)
            #expect(try await store.connectedAccount(removed.id) == removed)
            #expect(try await store.connectedAccounts(of: .deviceCloud) == [removed, account(12)])
            #expect(try await store.device(device.id, in: home.id) == device)
        },
        StoreRule("G7 a device is added together with its event, and both once") { store in
            try await addTenants(to: store)
            try await store.add(account(11))
            let device = Samples.lock(40, in: home, account: Samples.id(11))
            try await store.add(device, event: addition(1, of: device))
            let changed = Samples.lock(40, in: home, account: Samples.id(11), deviceType: "other_lock")
            try await store.add(changed, event: addition(2, of: device))
            #expect(try await store.device(device.id, in: home.id) == device)
            #expect(try await store.events(EventQuery(workspaceID: home.id)) == [addition(1, of: device)])
        },
        StoreRule("G11 a device cannot be added with its event to another tenant's account") { store in
            try await addTenants(to: store)
            let device = Samples.lock(40, in: home, account: Samples.id(2))
            try await expectConflict { try await store.add(device, event: addition(1, of: device)) }
            #expect(try await store.device(device.id, in: nil) == nil)
            #expect(try await store.events(EventQuery(workspaceID: home.id)).isEmpty)
        },
        StoreRule("a new description is found and searched by, and leaves the rest of the device alone") { store in
            try await addTenants(to: store)
            try await store.commit(commit([], state: DeviceState(isOnline: false)))
            var device = frontDoor
            device.state = DeviceState(isOnline: false)
            device.description.name = "Kellertür"
            device.description.deviceType = "device_cloud_lock"
            device.description.manufacturer = "unknown"
            device.description.timeZone = "Europe/Berlin"
            device.driverSettings = .object(["bridge_id": .string("b")])
            try await store.describe(device.id, as: device.description, driverSettings: device.driverSettings)
            try await store.describe(Samples.id(99), as: device.description, driverSettings: .null)
            #expect(try await store.device(device.id, in: home.id) == device)
            #expect(try await store.device(backDoor.id, in: home.id) == backDoor)
            for query in [
                DeviceQuery(workspaceID: home.id, search: "keller"),
                DeviceQuery(workspaceID: home.id, name: "Kellertür"),
                DeviceQuery(workspaceID: home.id, deviceTypes: ["device_cloud_lock"]),
                DeviceQuery(workspaceID: home.id, manufacturer: "unknown"),
            ] {
                #expect(try await store.devices(query).elements == [device])
            }
            #expect(try await store.devices(DeviceQuery(workspaceID: home.id, search: "lock 1")).elements.isEmpty)
        },
    ]
}

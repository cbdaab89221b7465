import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let account = ConnectedAccount(
        id: Samples.id(11),
        workspaceID: home.id,
        provider: .deviceCloud,
        displayName: "Account",
        createdAt: Samples.start,
        settings: .object(["token": .string("secret")])
    )
    private static let device = Samples.lock(40, in: home, account: account.id)

    static let accountChangeRules: [StoreRule] = [
        StoreRule("G7 an account is added together with its devices and the events that tell of them") { store in
            try await addTenants(to: store)
            let story = [event(1, .connectedAccountConnected, on: device), event(2, .deviceAdded, on: device)]
            try await store.add(account, devices: [device], events: story)
            #expect(try await store.connectedAccount(account.id) == account)
            #expect(try await store.device(device.id, in: home.id) == device)
            #expect(try await events(in: store) == story)
        },
        StoreRule("an account that cannot be added whole is not added at all") { store in
            try await addTenants(to: store)
            let taken = Samples.lock(1, in: home, account: account.id)
            let ofOther = Samples.lock(41, in: home, account: Samples.id(1))
            let foreign = Samples.lock(42, in: otherHome, account: account.id)
            for bad in [taken, ofOther, foreign] {
                try await expectConflict {
                    try await store.add(account, devices: [device, bad], events: [event(1, .deviceAdded)])
                }
            }
            #expect(try await store.connectedAccount(account.id) == nil)
            #expect(try await store.device(device.id, in: nil) == nil)
            #expect(try await store.device(taken.id, in: home.id) == frontDoor)
            #expect(try await events(in: store).isEmpty)
            try await store.add(account)
            try await expectConflict { try await store.add(account, devices: [], events: [event(1)]) }
            #expect(try await events(in: store).isEmpty)
        },
        StoreRule("G7 an account is changed together with the events that tell of it, but for what it is") { store in
            try await addTenants(to: store)
            try await store.add(account)
            var expected = account
            expected.displayName = "Ändert sich"
            expected.customMetadata = ["tier": .string("2"), "is_paid": .bool(true)]
            expected.automaticallyManagesNewDevices = false
            expected.acceptedCapabilities = ["thermostat", "lock"]
            expected.customerKey = "customer"
            expected.disconnectedAt = Timestamp(microseconds: 1_767_225_600_123_456)
            expected.settings = .bool(true)
            let disconnection = event(1, .connectedAccountDisconnected)
            let changed = try await store.updateConnectedAccount(account.id, in: home.id) {
                [expected] account throws(Never) in
                account = ConnectedAccount(
                    id: Samples.id(66),
                    workspaceID: otherHome.id,
                    provider: .sandbox,
                    displayName: expected.displayName,
                    createdAt: Samples.start + .seconds(9),
                    customMetadata: expected.customMetadata,
                    automaticallyManagesNewDevices: false,
                    acceptedCapabilities: expected.acceptedCapabilities,
                    customerKey: "customer",
                    disconnectedAt: expected.disconnectedAt,
                    settings: .bool(true)
                )
                return [disconnection]
            }
            #expect(changed?.get() == expected)
            #expect(try await store.connectedAccount(account.id) == expected)
            #expect(try await store.connectedAccount(Samples.id(66)) == nil)
            #expect(try await events(in: store) == [disconnection])
            let query = ConnectedAccountQuery(workspaceID: home.id, search: "ÄNDERT")
            #expect(try await store.connectedAccounts(query).elements == [expected])
        },
        StoreRule("a refused change of an account changes nothing, and an empty one succeeds") { store in
            try await addTenants(to: store)
            try await store.add(account)
            let refused = try await store.updateConnectedAccount(account.id, in: nil) { account throws(Refusal) in
                account.displayName = "Another"
                if account.customerKey == nil { throw Refusal() }
                return [event(1, .connectedAccountDeleted)]
            }
            #expect(refused == .failure(Refusal()))
            let same = try await store.updateConnectedAccount(account.id, in: nil) { _ throws(Never) in [] }
            #expect(same?.get() == account)
            #expect(try await store.connectedAccount(account.id) == account)
            #expect(try await events(in: store).isEmpty)
        },
        StoreRule("G11 an account cannot be changed from another workspace") { store in
            try await addTenants(to: store)
            try await store.add(account)
            for (id, workspaceID) in [(account.id, otherHome.id), (Samples.id(99), home.id)] {
                let answer = try await store.updateConnectedAccount(id, in: workspaceID) { account throws(Never) in
                    account.displayName = "Stolen"
                    return [event(1, .connectedAccountDeleted)]
                }
                #expect(answer == nil)
            }
            #expect(try await store.connectedAccount(account.id) == account)
            #expect(try await events(in: store).isEmpty)
        },
    ]
}

import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static func key(
        _ number: UInt64,
        of workspace: Workspace = home,
        shortToken: String? = nil,
        createdAt: Timestamp = Samples.start
    ) -> APIKey {
        APIKey(
            id: Samples.id(number),
            workspaceID: workspace.id,
            name: "Key “\(number)”",
            shortToken: shortToken ?? "token\(number)",
            secretHash: [0, 255, 10, UInt8(number)],
            createdAt: createdAt
        )
    }

    static let tenantRules: [StoreRule] = [
        StoreRule("workspaces are read back whole, the oldest first") { store in
            let workspaces = [(3, 2), (2, 2), (9, 1)]
                .map { number, seconds in
                    Workspace(
                        id: Samples.id(UInt64(number)),
                        name: "Haus \(number)",
                        isSandbox: number == 2,
                        createdAt: Samples.start + .seconds(seconds)
                    )
                }
            #expect(try await store.workspaces().isEmpty)
            for workspace in workspaces { try await store.add(workspace, accounts: [], devices: []) }
            #expect(try await store.workspaces() == [workspaces[2], workspaces[1], workspaces[0]])
            #expect(try await store.workspace(workspaces[0].id) == workspaces[0])
            #expect(try await store.workspace(Samples.id(99)) == nil)
        },
        StoreRule("adding keeps what is there already and adds what is new") { store in
            try await addTenants(to: store)
            try await store.commit(commit([], state: DeviceState(isOnline: false)))
            try await store.setDriverSettings(.bool(true), of: frontDoor.id)
            let before = try await store.device(frontDoor.id, in: home.id)
            let renamed = Workspace(id: home.id, name: "Another name", isSandbox: false, createdAt: Samples.start)
            let changed = Samples.lock(1, in: home, deviceType: "other_lock")
            let new = Samples.lock(7, in: home, account: Samples.id(5))
            let accounts = [Samples.account(1, in: home), Samples.account(5, in: home)]
            try await store.add(renamed, accounts: accounts, devices: [changed, new])
            #expect(try await store.workspace(home.id) == home)
            #expect(try await store.device(frontDoor.id, in: home.id) == before)
            #expect(try await store.device(new.id, in: home.id) == new)
            #expect(try await store.devices(DeviceQuery(workspaceID: home.id)).elements.count == 3)
        },
        StoreRule("an addition is whole or not at all") { store in
            let good = Samples.lock(1, in: home, account: Samples.id(1))
            let bad = Samples.lock(2, in: home, account: Samples.id(66))
            try await expectConflict {
                try await store.add(home, accounts: [Samples.account(1, in: home)], devices: [good, bad])
            }
            #expect(try await store.workspaces().isEmpty)
            #expect(try await store.device(good.id, in: nil) == nil)
        },
        StoreRule("G11 a device cannot be added to another tenant's account") { store in
            try await addTenants(to: store)
            let device = Samples.lock(7, in: home, account: Samples.id(2))
            try await expectConflict { try await store.add(home, accounts: [], devices: [device]) }
            #expect(try await store.device(device.id, in: nil) == nil)
        },
        StoreRule("keys are read back whole by their short token, and listed the oldest first") { store in
            try await addTenants(to: store)
            let keys = [key(3, createdAt: Samples.start + .seconds(1)), key(2), key(1, of: otherHome)]
            for key in keys { try await store.add(key) }
            for key in keys { #expect(try await store.apiKey(shortToken: key.shortToken) == key) }
            #expect(try await store.apiKey(shortToken: "TOKEN1") == nil)
            #expect(try await store.apiKeys(of: home.id) == [keys[1], keys[0]])
            #expect(try await store.apiKeys(of: otherHome.id) == [keys[2]])
            #expect(try await store.apiKeys(of: nil) == [keys[2], keys[1], keys[0]])
            #expect(try await store.apiKeys(of: Samples.id(99)).isEmpty)
        },
        StoreRule("a key whose id or short token is taken, or whose workspace is unknown, is refused") { store in
            try await addTenants(to: store)
            try await store.add(key(1))
            try await expectConflict { try await store.add(key(1, shortToken: "fresh")) }
            try await expectConflict { try await store.add(key(2, of: otherHome, shortToken: "token1")) }
            try await expectConflict { try await store.add(key(3, of: Samples.workspace(99))) }
            #expect(try await store.apiKeys(of: nil) == [key(1)])
        },
        StoreRule("a key is revoked once, stays readable, and its neighbours keep working") { store in
            try await addTenants(to: store)
            try await store.add(key(1))
            try await store.add(key(2))
            var revoked = key(1)
            revoked.revokedAt = Samples.start + .seconds(5)
            #expect(try await store.revokeAPIKey(revoked.id, at: Samples.start + .seconds(5)) == revoked)
            #expect(try await store.revokeAPIKey(revoked.id, at: Samples.start + .seconds(9)) == revoked)
            #expect(try await store.revokeAPIKey(Samples.id(99), at: Samples.start) == nil)
            #expect(try await store.apiKey(shortToken: "token1") == revoked)
            #expect(try await store.apiKeys(of: home.id) == [revoked, key(2)])
        },
        StoreRule("a check writes and changes nothing that a reader sees") { store in
            try await addTenants(to: store)
            try await accept(1...1, in: store)
            let before = try await picture(in: store)
            for _ in 1...3 { try await store.check() }
            #expect(try await picture(in: store) == before)
        },
    ]
}

import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    /// How a workspace's number changes by a write.
    private static func growth(
        of workspace: Workspace = home,
        in store: any Store,
        by write: () async throws -> Void
    ) async throws -> UInt64 {
        let before = store.deviceRevisions[workspace.id]
        try await write()
        let after = store.deviceRevisions[workspace.id]
        #expect(after >= before)
        return after - before
    }

    static let deviceRevisionRules: [StoreRule] = [
        StoreRule("A change of a device's state changes the number of its workspace alone") { store in
            try await addTenants(to: store)
            let open = commit([], state: DeviceState(reportedBolt: .unlocked, reportedAt: Samples.start))
            let elsewhere = try await growth(of: otherHome, in: store) { try await store.commit(open) }
            let here = try await growth(in: store) { try await store.commit(open) }
            #expect(elsewhere == 0)
            #expect(here > 0)
        },
        StoreRule("An attempt that changes no device changes no number") { store in
            try await addTenants(to: store)
            let accepted = try await growth(in: store) { _ = try await accept(1...3, in: store) }
            #expect(accepted == 0)
        },
        StoreRule("Whatever else changes devices or accounts changes the number") { store in
            let writes: [() async throws -> Void] = [
                { try await addTenants(to: store) },
                {
                    _ = try await store.updateDevice(frontDoor.id, in: home.id) { device in
                        device.nickname = "Front"
                        return []
                    }
                },
                {
                    _ = try await store.updateConnectedAccount(Samples.id(1), in: home.id) { account in
                        account.customerKey = "customer"
                        return []
                    }
                },
                { try await store.commit(commit([.delete(at: Samples.start, events: [])])) },
            ]
            for write in writes {
                let growth = try await growth(in: store, by: write)
                #expect(growth > 0)
            }
        },
    ]
}

import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    /// A workspace with something in every place.
    private static func richWorkspace(_ number: UInt64, publishableKey: String?) -> Workspace {
        Workspace(
            id: Samples.id(number),
            name: "Haus “\(number)”",
            isSandbox: true,
            createdAt: Timestamp(microseconds: 1_767_225_600_123_456),
            connectPartnerName: "Schlüssel & Söhne",
            isSuspended: true,
            isPublishableKeyAuthEnabled: false,
            publishableKey: publishableKey,
            organizationID: Samples.id(77),
            customization: ConnectCustomization(
                logoShape: .circle,
                primaryButtonColor: "#fff",
                successMessage: "Fertig \"!\""
            )
        )
    }

    static let workspaceRules: [StoreRule] = [
        StoreRule("a workspace is read back whole, by its id and by its publishable key") { store in
            let workspace = richWorkspace(20, publishableKey: "seam_pk_1")
            try await store.add(workspace, accounts: [], devices: [])
            try await store.add(home, accounts: [], devices: [])
            #expect(try await store.workspace(workspace.id) == workspace)
            #expect(try await store.workspace(publishableKey: "seam_pk_1") == workspace)
            #expect(try await store.workspace(publishableKey: "seam_pk_2") == nil)
            #expect(try await store.workspaces() == [home, workspace])
        },
        StoreRule("a workspace is changed, but for its identity, age and kind") { store in
            try await addTenants(to: store)
            let wanted = richWorkspace(1, publishableKey: "seam_pk_1")
            let changed = try await store.updateWorkspace(home.id) { workspace in
                #expect(workspace == home)
                workspace = Workspace(
                    id: otherHome.id,
                    name: wanted.name,
                    isSandbox: false,
                    createdAt: Samples.start + .seconds(9),
                    connectPartnerName: wanted.connectPartnerName,
                    isSuspended: wanted.isSuspended,
                    isPublishableKeyAuthEnabled: wanted.isPublishableKeyAuthEnabled,
                    publishableKey: wanted.publishableKey,
                    organizationID: wanted.organizationID,
                    customization: wanted.customization
                )
            }
            let expected = home.updated(by: wanted)
            #expect(expected.name == wanted.name)
            #expect(changed == expected)
            #expect(try await store.workspace(home.id) == expected)
            #expect(try await store.workspace(otherHome.id) == otherHome)
            #expect(try await store.updateWorkspace(Samples.id(99)) { $0.name = "None" } == nil)
            // The next event has the next number.
            try await store.commit(commit([.report(events: [event(1)])]))
            #expect(try await events(in: store) == [event(1)])
        },
        StoreRule("a publishable key is that of one workspace, and free again when it is given up") { store in
            try await addTenants(to: store)
            let first = richWorkspace(20, publishableKey: "seam_pk_1")
            try await store.add(first, accounts: [], devices: [])
            try await expectConflict {
                try await store.add(richWorkspace(21, publishableKey: "seam_pk_1"), accounts: [], devices: [])
            }
            #expect(try await store.workspace(Samples.id(21)) == nil)
            try await expectConflict {
                _ = try await store.updateWorkspace(home.id) { $0.publishableKey = "seam_pk_1" }
            }
            #expect(try await store.workspace(home.id) == home)
            // What is there already stays as it is, whatever key it comes with.
            try await store.add(richWorkspace(20, publishableKey: "seam_pk_2"), accounts: [], devices: [])
            #expect(try await store.workspace(first.id) == first)
            let same = try await store.updateWorkspace(first.id) { $0.publishableKey = "seam_pk_1" }
            #expect(same == first)
            _ = try await store.updateWorkspace(first.id) { $0.publishableKey = nil }
            #expect(try await store.workspace(publishableKey: "seam_pk_1") == nil)
            let other = try await store.updateWorkspace(home.id) { $0.publishableKey = "seam_pk_1" }
            #expect(other?.publishableKey == "seam_pk_1")
            #expect(try await store.workspace(publishableKey: "seam_pk_1")?.id == home.id)
        },
    ]
}

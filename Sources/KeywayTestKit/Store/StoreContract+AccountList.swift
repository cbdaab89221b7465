import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static func account(
        _ number: Int,
        name: String? = nil,
        createdAfter seconds: Int = 2,
        _ customMetadata: [String: MetadataValue] = [:],
        customer: String? = nil
    ) -> ConnectedAccount {
        ConnectedAccount(
            id: Samples.id(UInt64(10 + number)),
            workspaceID: home.id,
            provider: .deviceCloud,
            displayName: name ?? "Account \(number)",
            createdAt: Samples.start + .seconds(seconds),
            customMetadata: customMetadata,
            automaticallyManagesNewDevices: number != 1,
            acceptedCapabilities: number == 1 ? [] : ["lock", "thermostat"],
            customerKey: customer,
            disconnectedAt: number == 3 ? Timestamp(microseconds: 1_767_225_600_123_456) : nil,
            settings: .object(["token": .string("t\(number)")])
        )
    }

    /// Accounts of the first tenant that differ in all that a query can name.
    private static let listed: [ConnectedAccount] = [
        account(0, ["tier": .string("0"), "is_paid": .bool(true)], customer: "customer"),
        account(1, ["tier": .string("1"), "is_paid": .bool(true)], customer: "customer"),
        account(2),
        account(3, name: "Große Villa", ["tier": .string("1"), "is_paid": .bool(false)]),
        account(4, createdAfter: 1, ["tier": .string("0"), "is_paid": .bool(false)]),
    ]

    private static func addListed(to store: any Store) async throws {
        try await addTenants(to: store)
        for account in listed { try await store.add(account) }
    }

    private static func expect(
        _ positions: [Int],
        in store: any Store,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout ConnectedAccountQuery) -> Void
    ) async throws {
        // Without the account of the tenant's doors.
        var query = ConnectedAccountQuery(workspaceID: home.id, ids: listed.map(\.id))
        change(&query)
        let found = try await store.connectedAccounts(query).elements
        #expect(found == positions.map { listed[$0] }, sourceLocation: sourceLocation)
    }

    static let accountListRules: [StoreRule] = [
        StoreRule("connected accounts are filtered by id, customer, custom metadata and text, the oldest first") {
            store in
            try await addListed(to: store)
            try await expect([4, 0, 1, 2, 3], in: store) { _ in }
            try await expect([4, 1], in: store) { $0.ids = [listed[1].id, listed[4].id, Samples.id(99)] }
            try await expect([], in: store) { $0.ids = [] }
            try await expect([0, 1], in: store) { $0.customerKey = "customer" }
            try await expect([], in: store) { $0.customerKey = "Customer" }
            try await expect([1, 3], in: store) { $0.customMetadata = ["tier": "1"] }
            try await expect([1], in: store) { $0.customMetadata = ["tier": "1", "is_paid": "true"] }
            try await expect([2], in: store) { $0.customMetadata = ["tier": nil] }
            try await expect([3], in: store) { $0.search = "GROßE villa" }
            try await expect([4, 0, 1, 2], in: store) { $0.search = "ACCOUNT" }
            try await expect([2], in: store) { $0.search = listed[2].id.description.uppercased() }
            try await expect([], in: store) { $0.search = "%" }
            try await expect([0], in: store) {
                $0.search = "account"
                $0.customerKey = "customer"
                $0.customMetadata = ["tier": "0"]
            }
        },
        StoreRule("pages of accounts have no gap and no repeat while some are added and removed") { store in
            try await addListed(to: store)
            var seen: [Identifier<ConnectedAccount>] = []
            var query = ConnectedAccountQuery(workspaceID: home.id, ids: listed.map(\.id), limit: 2)
            repeat {
                let page = try await store.connectedAccounts(query)
                #expect(page.elements.count == 2 || page.next == nil)
                seen += page.elements.map(\.id)
                query.after = page.next
                // The one that the cursor names, and so the place stays.
                if let last = page.elements.last {
                    try await store.removeConnectedAccount(last.id, at: Samples.start + .seconds(9))
                }
            } while query.after != nil
            #expect(seen == [4, 0, 1, 2, 3].map { listed[$0].id })
            let first = try await store.connectedAccounts(ConnectedAccountQuery(workspaceID: otherHome.id, limit: 1))
            #expect(first.elements.map(\.id) == [Samples.id(2)])
            #expect(first.next == nil)
        },
        StoreRule("a removed account is not listed, though it is still read by its id") { store in
            try await addListed(to: store)
            try await store.removeConnectedAccount(listed[0].id, at: Samples.start + .seconds(9))
            try await expect([4, 1, 2, 3], in: store) { _ in }
            try await expect([], in: store) { $0.ids = [listed[0].id] }
            #expect(try await store.connectedAccount(listed[0].id)?.removedAt == Samples.start + .seconds(9))
        },
        StoreRule("G11 accounts are not listed in another workspace") { store in
            try await addListed(to: store)
            let all = ConnectedAccountQuery(workspaceID: otherHome.id)
            #expect(try await store.connectedAccounts(all).elements.map(\.id) == [Samples.id(2)])
            let named = ConnectedAccountQuery(workspaceID: otherHome.id, ids: listed.map(\.id))
            #expect(try await store.connectedAccounts(named).elements.isEmpty)
        },
    ]
}

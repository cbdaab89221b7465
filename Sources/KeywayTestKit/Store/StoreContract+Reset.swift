import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let attempt = ActionAttempt(
        id: Samples.id(70),
        workspaceID: home.id,
        deviceID: nil,
        actionType: .resetSandboxWorkspace,
        requestedBy: .personalAccessToken(Samples.id(5)),
        createdAt: Samples.start + .seconds(6),
        deadlineAt: Samples.start + .seconds(36),
        resolvedAt: Samples.start + .seconds(7),
        outcome: .success(wasConfirmedByDevice: nil),
        timeline: [TimelineEntry(.accepted, at: Samples.start + .seconds(6))]
    )
    private static let record = IdempotencyRecord(
        requester: attempt.requestedBy,
        key: "reset",
        requestHash: [1, 2],
        attemptID: attempt.id,
        createdAt: attempt.createdAt
    )

    private static func webhook(_ number: UInt64, in workspace: Workspace) -> Webhook {
        Webhook(
            id: Samples.id(number),
            workspaceID: workspace.id,
            url: "https://example.com/\(number)",
            secret: "whsec_",
            eventTypes: [Webhook.everyType],
            createdAt: Samples.start
        )
    }

    private static func addAccounts(to store: any Store) async throws {
        try await addTenants(to: store)
        for number in [30, 31] as [UInt64] {
            var account = Samples.account(number, in: home)
            account.settings = .bool(true)
            try await store.add(account)
        }
        try await store.add(webhook(1, in: home), events: [])
        try await store.add(webhook(2, in: otherHome), events: [])
    }

    static let resetRules: [StoreRule] = [
        StoreRule("a reset leaves the accounts it is given, removes the others, and forgets the owned records") {
            store in
            try await addAccounts(to: store)
            try await store.removeConnectedAccount(Samples.id(30), at: Samples.start + .seconds(2))
            var kept = Samples.account(1, in: home)
            kept.displayName = "As at the beginning"
            kept.settings = .object(["seed": .number(1)])
            let new = Samples.account(32, in: home)
            try await store.reset(home.id, to: [kept, new], attempt: attempt, idempotency: record)
            #expect(try await store.connectedAccount(kept.id) == kept)
            #expect(try await store.connectedAccount(new.id) == new)
            let listed = try await store.connectedAccounts(ConnectedAccountQuery(workspaceID: home.id)).elements
            #expect(listed == [kept, new])
            let before = try await store.connectedAccount(Samples.id(30))
            #expect(before?.removedAt == Samples.start + .seconds(2))
            let removed = try await store.connectedAccount(Samples.id(31))
            #expect(removed?.removedAt == attempt.resolvedAt)
            #expect(removed?.settings == .null)
            #expect(try await store.records(Webhook.self, in: home.id, limit: 9, after: nil).elements.isEmpty)
            #expect(try await store.device(frontDoor.id, in: home.id) == frontDoor)
        },
        StoreRule("a removed account that a reset is given is there again") { store in
            try await addAccounts(to: store)
            try await store.removeConnectedAccount(Samples.id(1), at: Samples.start + .seconds(2))
            let account = Samples.account(1, in: home)
            try await store.reset(home.id, to: [account], attempt: attempt, idempotency: nil)
            #expect(try await store.connectedAccount(account.id) == account)
        },
        StoreRule("a reset's attempt, which is on no device, and its caller's key are read back") { store in
            try await addAccounts(to: store)
            try await accept(1...1, in: store)
            for _ in 1...2 {
                try await store.reset(
                    home.id,
                    to: [Samples.account(1, in: home)],
                    attempt: attempt,
                    idempotency: record
                )
                #expect(try await store.actionAttempt(attempt.id, in: home.id) == attempt)
                let all = try await store.actionAttempts(ActionAttemptQuery(workspaceID: home.id)).elements
                #expect(all.map(\.id) == [attempt.id, Samples.id(1)])
            }
            let onDoor = ActionAttemptQuery(workspaceID: home.id, deviceID: frontDoor.id)
            #expect(try await store.actionAttempts(onDoor).elements.map(\.id) == [Samples.id(1)])
            #expect(try await store.unresolvedAttempts().flatMap(\.attempts).map(\.id) == [Samples.id(1)])
            #expect(try await store.idempotencyRecord(of: record.requester, key: record.key) == record)
            #expect(try await store.actionAttempt(attempt.id, in: otherHome.id) == nil)
        },
        StoreRule("G11 a reset touches no other workspace, and takes no account of one") { store in
            try await addAccounts(to: store)
            let foreign = Samples.account(2, in: otherHome)
            var claimed = Samples.account(2, in: home)
            claimed.displayName = "Claimed"
            for account in [foreign, claimed] {
                try await expectConflict {
                    try await store.reset(home.id, to: [account], attempt: attempt, idempotency: record)
                }
            }
            try await expectConflict {
                try await store.reset(Samples.id(99), to: [], attempt: attempt, idempotency: record)
            }
            #expect(try await store.record(webhook(1, in: home).id, in: home.id) == webhook(1, in: home))
            #expect(try await store.connectedAccount(Samples.id(31))?.removedAt == nil)
            #expect(try await store.actionAttempt(attempt.id, in: home.id) == nil)
            #expect(try await store.idempotencyRecord(of: record.requester, key: record.key) == nil)
            try await store.reset(home.id, to: [], attempt: attempt, idempotency: nil)
            #expect(try await store.connectedAccount(foreign.id) == foreign)
            #expect(try await store.record(webhook(2, in: otherHome).id, in: otherHome.id) == webhook(2, in: otherHome))
        },
    ]
}

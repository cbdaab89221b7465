import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static func session(
        _ number: UInt64,
        in workspace: Workspace = home,
        token: String? = nil,
        user: String? = nil
    ) -> ClientSession {
        ClientSession(
            id: Samples.id(number),
            workspaceID: workspace.id,
            token: token ?? "token “\(number)”",
            userIdentifierKey: user,
            connectedAccountIDs: [Samples.id(1), Samples.id(2)],
            customerKey: "k",
            createdAt: Samples.start + .seconds(Int(number % 3)),
            expiresAt: Samples.start + .seconds(3600)
        )
    }

    private static func webhook(_ number: UInt64, in workspace: Workspace = home) -> Webhook {
        Webhook(
            id: Samples.id(number),
            workspaceID: workspace.id,
            url: "https://example.com/\(number)?a=\"b\"",
            secret: "whsec_\(number)",
            eventTypes: ["lock.locked", Webhook.everyType],
            createdAt: Samples.start
        )
    }

    private static let webview = ConnectWebview(
        id: Samples.id(3),
        workspaceID: home.id,
        createdAt: Samples.start,
        wishes: ConnectWebview.Wishes(
            acceptedProviders: ["sandbox"],
            acceptedCapabilities: ["lock"],
            customMetadata: ["floor": .string("3"), "is_main": .bool(true)],
            redirectURL: "https://example.com"
        ),
        progress: .authorized(Samples.id(1), at: Samples.start + .seconds(2))
    )

    private static let told = event(1, .clientSessionDeleted)

    private static func sessions(of workspace: Workspace = home, in store: any Store) async throws -> [ClientSession] {
        try await store.records(ClientSession.self, in: workspace.id, limit: 100, after: nil).elements
    }

    static let ownedRecordRules: [StoreRule] = [
        StoreRule("G7 an owned record of any kind is added with its events and read back whole") { store in
            try await addTenants(to: store)
            try await store.add(webhook(3), events: [])
            try await store.add(session(3, user: "ann"), events: [told])
            try await store.add(webview, events: [event(2, .connectWebviewLoginSucceeded)])
            // The same id in three kinds.
            #expect(try await store.record(webhook(3).id, in: home.id) == webhook(3))
            #expect(try await store.record(session(3).id, in: home.id) == session(3, user: "ann"))
            #expect(try await store.record(webview.id, in: home.id) == webview)
            #expect(try await store.record(webhook(4).id, in: home.id) == nil)
            #expect(try await events(in: store) == [told, event(2, .connectWebviewLoginSucceeded)])
        },
        StoreRule("an owned record is found by its global key in all workspaces, and by its local key in its own") {
            store in
            try await addTenants(to: store)
            let sessions = [session(1, user: "ann"), session(2, user: "bob"), session(3, in: otherHome, user: "ann")]
            for session in sessions { try await store.add(session, events: []) }
            for session in sessions {
                #expect(try await store.record(ClientSession.self, globalKey: session.token) == session)
            }
            #expect(try await store.record(ClientSession.self, globalKey: "TOKEN “1”") == nil)
            #expect(try await store.record(Webhook.self, globalKey: sessions[0].token) == nil)
            #expect(try await store.record(ClientSession.self, localKey: "ann", in: home.id) == sessions[0])
            #expect(try await store.record(ClientSession.self, localKey: "ann", in: otherHome.id) == sessions[2])
            #expect(try await store.record(ClientSession.self, localKey: "bob", in: otherHome.id) == nil)
        },
        StoreRule("an owned record whose id or key is taken, or whose workspace is unknown, is refused") { store in
            try await addTenants(to: store)
            let first = session(1, token: "t1", user: "ann")
            try await store.add(first, events: [])
            let refused = [
                session(1, token: "t2"), session(1, in: otherHome, token: "t2"),
                session(2, in: otherHome, token: "t1"), session(2, token: "t2", user: "ann"),
                session(2, in: Samples.workspace(99), token: "t2"),
            ]
            for session in refused {
                try await expectConflict { try await store.add(session, events: [told]) }
            }
            #expect(try await sessions(in: store) == [first])
            #expect(try await sessions(of: otherHome, in: store).isEmpty)
            #expect(try await events(in: store).isEmpty)
            // No key is no key, however many have none.
            try await store.add(session(4), events: [])
            try await store.add(session(5), events: [])
            try await store.add(webhook(4), events: [])
            try await store.add(webhook(5), events: [])
        },
        StoreRule("a record gives its local key up when it no longer has it, and keeps the global one") { store in
            try await addTenants(to: store)
            let first = session(1, token: "t1", user: "ann")
            try await store.add(first, events: [])
            _ = try await store.update(first.id, in: home.id) { session throws(Never) in
                session.revokedAt = Samples.start + .seconds(5)
                return []
            }
            #expect(try await store.record(ClientSession.self, localKey: "ann", in: home.id) == nil)
            #expect(try await store.record(ClientSession.self, globalKey: "t1")?.id == first.id)
            try await store.add(session(2, token: "t2", user: "ann"), events: [])
            #expect(try await store.record(ClientSession.self, localKey: "ann", in: home.id)?.id == Samples.id(2))
            // And cannot have it back while another has it.
            try await expectConflict {
                _ = try await store.update(first.id, in: home.id) { session throws(Never) in
                    session.revokedAt = nil
                    return [told]
                }
            }
            #expect(try await store.record(first.id, in: home.id)?.revokedAt == Samples.start + .seconds(5))
            #expect(try await events(in: store).isEmpty)
        },
        StoreRule("records are listed in the order of their addition, in pages without gap and repeat") { store in
            try await addTenants(to: store)
            let order = [5, 1, 9, 3, 7] as [UInt64]
            for number in order {
                try await store.add(session(number), events: [])
                try await store.add(session(number + 100, in: otherHome), events: [])
                try await store.add(webhook(number), events: [])
            }
            var seen: [Identifier<ClientSession>] = []
            var after: Int64?
            repeat {
                let page = try await store.records(ClientSession.self, in: home.id, limit: 2, after: after)
                #expect(page.elements.count == 2 || page.next == nil)
                seen += page.elements.map(\.id)
                after = page.next
                // The one that the cursor names, and so the place stays.
                if let last = page.elements.last { _ = try await store.remove(last.id, in: home.id, events: []) }
            } while after != nil
            #expect(seen == order.map { Samples.id($0) })
            let full = try await store.records(ClientSession.self, in: otherHome.id, limit: 5, after: nil)
            #expect(full.elements.map(\.id) == order.map { Samples.id($0 + 100) })
            #expect(full.next == nil)
            #expect(try await store.records(Webhook.self, in: home.id, limit: 9, after: nil).elements.count == 5)
        },
        StoreRule("G7 a record is changed together with the events that tell of it") { store in
            try await addTenants(to: store)
            try await store.add(session(1), events: [])
            try await store.add(session(2), events: [])
            var expected = session(1)
            expected.revokedAt = Samples.start + .seconds(5)
            expected.connectedAccountIDs = []
            expected.expiresAt = Samples.start
            let changed = try await store.update(expected.id, in: home.id) { [expected] session throws(Never) in
                session = expected
                return [told]
            }
            #expect(changed?.get() == expected)
            #expect(try await sessions(in: store) == [expected, session(2)])
            #expect(try await events(in: store) == [told])
        },
        StoreRule("a refused change of a record changes nothing, and an empty one succeeds") { store in
            try await addTenants(to: store)
            try await store.add(session(1), events: [])
            let refused = try await store.update(session(1).id, in: home.id) { session throws(Refusal) in
                session.revokedAt = Samples.start
                if session.userIdentifierKey == nil { throw Refusal() }
                return [told]
            }
            #expect(refused == .failure(Refusal()))
            let same = try await store.update(session(1).id, in: home.id) { (_: inout ClientSession) throws(Never) in []
            }
            #expect(same?.get() == session(1))
            #expect(try await sessions(in: store) == [session(1)])
            #expect(try await events(in: store).isEmpty)
        },
        StoreRule("G7 a record is deleted once, with its events, and its keys and its id are free again") { store in
            try await addTenants(to: store)
            let first = session(1, user: "ann")
            try await store.add(first, events: [])
            #expect(try await store.remove(first.id, in: home.id, events: [told]))
            #expect(try await store.remove(first.id, in: home.id, events: [event(2, .clientSessionDeleted)]) == false)
            #expect(try await store.record(first.id, in: home.id) == nil)
            #expect(try await store.record(ClientSession.self, globalKey: first.token) == nil)
            #expect(try await events(in: store) == [told])
            try await store.add(first, events: [])
            #expect(try await sessions(in: store) == [first])
        },
        StoreRule("G11 a record is invisible and untouchable from another workspace") { store in
            try await addTenants(to: store)
            let mine = session(1, user: "ann")
            try await store.add(mine, events: [])
            #expect(try await store.record(mine.id, in: otherHome.id) == nil)
            #expect(try await store.record(ClientSession.self, localKey: "ann", in: otherHome.id) == nil)
            #expect(try await sessions(of: otherHome, in: store).isEmpty)
            let changed = try await store.update(mine.id, in: otherHome.id) { session throws(Never) in
                session.revokedAt = Samples.start
                return [told]
            }
            #expect(changed == nil)
            #expect(try await store.remove(mine.id, in: otherHome.id, events: [told]) == false)
            #expect(try await sessions(in: store) == [mine])
            #expect(try await events(in: store).isEmpty)
            #expect(try await events(of: otherHome, in: store).isEmpty)
        },
    ]
}

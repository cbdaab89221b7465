import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    /// Events 1 … 6, a second apart: doors alternate, types differ.
    private static let story: [(door: Device, event: Event)] = [
        (frontDoor, event(1, .unlockDoorSucceeded)),
        (frontDoor, event(2, .lockUnlocked, createdAt: Samples.start + .seconds(1))),
        (backDoor, event(3, .deviceDisconnected, on: backDoor, createdAt: Samples.start + .seconds(2))),
        (frontDoor, event(4, .lockLocked, createdAt: Samples.start + .seconds(3))),
        (backDoor, event(5, .deviceConnected, on: backDoor, createdAt: Samples.start + .seconds(4))),
        (backDoor, event(6, .lockLocked, on: backDoor, createdAt: Samples.start + .seconds(5))),
    ]

    private static func tellStory(to store: any Store) async throws {
        try await addTenants(to: store)
        for (door, event) in story {
            try await store.commit(commit([.report(events: [event])], on: door))
            try await store.commit(
                commit([.report(events: [Self.event(event.id.low & 0xFF + 100, on: otherDoor)])], on: otherDoor)
            )
        }
    }

    static let eventRules: [StoreRule] = [
        StoreRule("every kind of event is read back whole") { store in
            try await addTenants(to: store)
            let events = EventType.allCases.enumerated()
                .map { index, type in
                    event(UInt64(index + 1), type, attempt: Samples.id(7))
                }
            let ofWebview = Event(
                id: Samples.id(98),
                type: .connectWebviewLoginSucceeded,
                workspaceID: home.id,
                createdAt: Samples.start,
                occurredAt: Samples.start,
                connectedAccountID: Samples.id(1),
                connectedAccountCustomMetadata: ["customer": .string("“7”")],
                customerKey: "k",
                clientSessionID: Samples.id(8),
                connectWebviewID: Samples.id(9)
            )
            let bare = Event(
                id: Samples.id(99),
                type: .deviceConnected,
                workspaceID: home.id,
                createdAt: Samples.start,
                occurredAt: Samples.start
            )
            let all = events + [ofWebview, bare]
            try await store.commit(commit([.report(events: all)]))
            #expect(try await store.events(EventQuery(workspaceID: home.id)) == all)
            let query = EventQuery(workspaceID: home.id, connectWebviewID: Samples.id(9))
            #expect(try await store.events(query) == [ofWebview])
            let other = EventQuery(workspaceID: home.id, connectWebviewID: Samples.id(10))
            #expect(try await store.events(other).isEmpty)
        },
        StoreRule("G7 events keep the order in which they happened, over commits and within one") { store in
            try await addTenants(to: store)
            // Ids and times run against the order.
            let events = (1...6).map { event(UInt64(20 - $0), createdAt: Samples.start + .seconds(20 - $0)) }
            let attempt = Samples.attempt(1)
            try await store.commit(
                commit([
                    .accept(attempt), .report(events: [events[0]]),
                    .resolve(resolved(attempt), events: [events[1], events[2]]),
                ])
            )
            try await store.commit(commit([.report(events: [events[3]]), .report(events: [events[4]])]))
            try await store.commit(commit([.report(events: [events[5]])]))
            #expect(try await store.events(EventQuery(workspaceID: home.id)) == events)
        },
        StoreRule("G7 an event is written once, even if it comes in two commits") { store in
            try await addTenants(to: store)
            try await store.commit(commit([.report(events: [event(1)])]))
            try await store.commit(commit([.report(events: [event(1), event(2), event(2)])]))
            #expect(try await store.events(EventQuery(workspaceID: home.id)) == [event(1), event(2)])
        },
        StoreRule("G7 fifty commits at once: each event exactly once, each lane's in its order") { store in
            try await addTenants(to: store)
            let devices = (0..<50).map { Samples.lock(100 + $0, in: home, account: Samples.id(1)) }
            try await store.add(home, accounts: [], devices: devices)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (lane, device) in devices.enumerated() {
                    group.addTask {
                        for round in 0..<4 {
                            let first = UInt64(1000 + lane * 100 + round * 10)
                            let events = (0..<2).map { event(first + $0, on: device) }
                            try await store.commit(commit([.report(events: events)], on: device))
                            // A repeat, as after a commit whose end was not known.
                            try await store.commit(commit([.report(events: events)], on: device))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let all = try await store.events(EventQuery(workspaceID: home.id, keeps: .oldest))
            #expect(all.count == 400)
            #expect(Set(all.map(\.id)).count == 400)
            for device in devices {
                let ids = all.filter { $0.deviceID == device.id }.map(\.id)
                #expect(ids == ids.sorted())
            }
        },
        StoreRule("events are filtered by everything a query names") { store in
            try await tellStory(to: store)
            let all = EventQuery(workspaceID: home.id)
            func expect(
                _ numbers: [UInt64],
                sourceLocation: SourceLocation = #_sourceLocation,
                _ change: (inout EventQuery) -> Void
            ) async throws {
                var query = all
                change(&query)
                let ids = try await store.events(query).map(\.id)
                #expect(ids == numbers.map { Samples.id($0) }, sourceLocation: sourceLocation)
            }
            try await expect([1, 2, 3, 4, 5, 6]) { _ in }
            try await expect([2, 5]) { $0.ids = [Samples.id(5), Samples.id(2), Samples.id(77)] }
            try await expect([]) { $0.ids = [] }
            try await expect([4, 6]) { $0.types = ["lock.locked", "lock.unheard_of"] }
            try await expect([]) { $0.types = [] }
            try await expect([3, 5, 6]) { $0.deviceIDs = [backDoor.id, otherDoor.id] }
            try await expect([]) { $0.deviceIDs = [] }
            try await expect([1, 2, 3, 4, 5, 6]) { $0.connectedAccountIDs = [Samples.id(1), Samples.id(7)] }
            try await expect([]) { $0.connectedAccountIDs = [Samples.id(2)] }
            try await expect([]) { $0.connectedAccountIDs = [] }
            try await expect([4, 5, 6]) { $0.after = Samples.start + .seconds(2) }
            try await expect([1, 2]) { $0.before = Samples.start + .seconds(2) }
            try await expect([3]) {
                $0.after = Samples.start + .seconds(1)
                $0.before = Samples.start + .seconds(3)
            }
            try await expect([6]) {
                $0.types = ["lock.locked"]
                $0.deviceIDs = [backDoor.id]
            }
        },
        StoreRule("a span of time is a span of the sequence, even if the clock went back") { store in
            try await addTenants(to: store)
            let seconds = [10, 5, 5, 20]
            let events = seconds.enumerated()
                .map { index, second in
                    event(UInt64(index + 1), createdAt: Samples.start + .seconds(second))
                }
            try await store.commit(commit([.report(events: Array(events[...1]))]))
            for event in events[2...] { try await store.commit(commit([.report(events: [event])])) }
            func list(after: Int?, before: Int?) async throws -> [Event] {
                let query = EventQuery(
                    workspaceID: home.id,
                    after: after.map { Samples.start + .seconds($0) },
                    before: before.map { Samples.start + .seconds($0) }
                )
                return try await store.events(query)
            }
            // The second and third count as written with the first, at 10.
            #expect(try await list(after: 7, before: nil) == events)
            #expect(try await list(after: nil, before: 7).isEmpty)
            #expect(try await list(after: nil, before: 11) == Array(events[...2]))
            #expect(try await list(after: 10, before: nil) == [events[3]])
            #expect(try await list(after: 20, before: nil).isEmpty)
        },
        StoreRule("a limit on events keeps the end that the query names, in sequence order") { store in
            try await tellStory(to: store)
            func list(_ limit: Int, _ offset: Int, _ keeps: EventQuery.End) async throws -> [Identifier<Event>] {
                let query = EventQuery(workspaceID: home.id, limit: limit, offset: offset, keeps: keeps)
                return try await store.events(query).map(\.id)
            }
            func ids(_ numbers: ClosedRange<UInt64>) -> [Identifier<Event>] { numbers.map { Samples.id($0) } }
            #expect(try await list(2, 0, .newest) == ids(5...6))
            #expect(try await list(2, 1, .newest) == ids(4...5))
            #expect(try await list(9, 4, .newest) == ids(1...2))
            #expect(try await list(2, 0, .oldest) == ids(1...2))
            #expect(try await list(2, 3, .oldest) == ids(4...5))
            #expect(try await list(9, 6, .oldest).isEmpty)
        },
        StoreRule("G11 events are invisible from another workspace") { store in
            try await addTenants(to: store)
            try await store.commit(commit([.report(events: [event(1)])]))
            try await store.commit(commit([.report(events: [event(2, on: otherDoor)])], on: otherDoor))
            let query = EventQuery(workspaceID: otherHome.id, ids: [Samples.id(1), Samples.id(2)])
            #expect(try await store.events(query).map(\.id) == [Samples.id(2)])
            let byDevice = EventQuery(workspaceID: otherHome.id, deviceIDs: [frontDoor.id])
            #expect(try await store.events(byDevice).isEmpty)
            #expect(try await store.events(EventQuery(workspaceID: Samples.id(99))).isEmpty)
        },
    ]
}

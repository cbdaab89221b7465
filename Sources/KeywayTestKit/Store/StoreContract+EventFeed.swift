import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static func report(_ numbers: [UInt64], on door: Device = frontDoor) -> LaneCommit {
        commit([.report(events: numbers.map { event($0, on: door) })], on: door)
    }

    private static func ids(_ lines: [EventPage.Line]) throws -> [Identifier<Event>] {
        try lines.map { try JSONEvent.decode($0.body).id }
    }

    private static func ids(_ numbers: some Sequence<UInt64>) -> [Identifier<Event>] {
        numbers.map { Samples.id($0) }
    }

    static let eventFeedRules: [StoreRule] = [
        StoreRule("a page of events has them with their positions and wire forms, as far as it has looked") { store in
            try await addTenants(to: store)
            #expect(try await store.latestEventPosition(in: home.id) == 0)
            let nothing = try await store.eventPage(EventQuery(workspaceID: home.id), after: 0)
            #expect(nothing == EventPage(lines: [], through: 0, latest: 0))
            let types: [EventType] = [.lockUnlocked, .lockLocked, .lockUnlocked, .lockLocked, .lockUnlocked]
            let events = types.enumerated()
                .map { event(UInt64($0 + 1), $1, createdAt: Samples.start + .seconds($0)) }
            for event in events { try await store.commit(commit([.report(events: [event])])) }
            #expect(try await store.latestEventPosition(in: home.id) == 5)
            let all = try await store.eventPage(EventQuery(workspaceID: home.id), after: 0)
            #expect(all.lines.map(\.position) == [1, 2, 3, 4, 5])
            #expect(all.lines.map(\.type) == types.map(\.rawValue))
            #expect(try all.lines.map { try JSONEvent.decode($0.body) } == events)
            #expect(all.through == 5 && all.latest == 5 && all.isLast)
            var query = EventQuery(workspaceID: home.id, types: ["lock.locked"], limit: 1)
            let first = try await store.eventPage(query, after: 0)
            #expect(first.lines.map(\.position) == [2])
            #expect(first.through == 2 && first.latest == 5 && !first.isLast)
            let second = try await store.eventPage(query, after: first.through)
            #expect(second.lines.map(\.position) == [4])
            // What follows matches nothing, and need not be looked at again.
            let third = try await store.eventPage(query, after: second.through)
            #expect(third == EventPage(lines: [], through: 5, latest: 5))
            query = EventQuery(workspaceID: home.id, after: Samples.start + .seconds(2))
            #expect(try await store.eventPage(query, after: 0).lines.map(\.position) == [4, 5])
            #expect(try await store.eventPage(query, after: 4).lines.map(\.position) == [5])
        },
        StoreRule("G12 a page of events ends after so many bytes, and the next one goes on") { store in
            try await addTenants(to: store)
            let metadata = Dictionary(
                uniqueKeysWithValues: (0..<50)
                    .map { ("key-\($0)", MetadataValue.string(String(repeating: "x", count: 500))) }
            )
            let events = (1...30 as ClosedRange<UInt64>)
                .map { number in
                    Event(
                        id: Samples.id(number),
                        type: .deviceConnected,
                        workspaceID: home.id,
                        createdAt: Samples.start,
                        occurredAt: Samples.start,
                        deviceID: frontDoor.id,
                        deviceCustomMetadata: metadata
                    )
                }
            try await store.commit(commit([.report(events: events)]))
            var (position, found, pages): (Int64, [Identifier<Event>], Int) = (0, [], 0)
            while position < 30 {
                let page = try await store.eventPage(EventQuery(workspaceID: home.id), after: position)
                let bytes = page.lines.map(\.body.utf8.count)
                #expect(bytes.dropLast().reduce(0, +) < EventPage.maximumBytes)
                #expect(page.through == page.lines.last?.position)
                position = page.through
                found += try ids(page.lines)
                pages += 1
            }
            #expect(found == events.map(\.id))
            #expect(pages > 1)
        },
        StoreRule("G7 the feed tells of events in the order of their positions, each once") { store in
            try await addTenants(to: store)
            try await store.commit(report([1, 2]))
            var reader = try await FeedReader(store, in: home.id)
            var late = try await FeedReader(store, in: home.id, after: 1)
            #expect(try await reader.rest().isEmpty)
            try await store.commit(report([3, 4]))
            try await store.commit(report([4, 5]))
            let lines = try await reader.next(3)
            #expect(lines.map(\.position) == [3, 4, 5])
            #expect(try ids(lines) == ids(3...5))
            #expect(reader.questions == 0, "everything was in the feed")
            #expect(try await late.next(4).map(\.position) == [2, 3, 4, 5])
            let page = try await store.eventPage(EventQuery(workspaceID: home.id), after: 2)
            #expect(lines == page.lines, "the store and the feed have the same bytes")
        },
        StoreRule("G7 fifty commits at once: readers of the feed see every event once and in order") { store in
            try await addTenants(to: store)
            let devices = (0..<50).map { Samples.lock(100 + $0, in: home, account: Samples.id(1)) }
            try await store.add(home, accounts: [], devices: devices)
            let readers = try await withThrowingTaskGroup(of: [EventPage.Line].self) { group in
                for position in [nil, 0, nil] as [Int64?] {
                    var reader = try await FeedReader(store, in: home.id, after: position)
                    group.addTask { try await reader.next(200) }
                }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for (lane, device) in devices.enumerated() {
                        writers.addTask {
                            for round in 0..<4 {
                                try await store.commit(report([UInt64(1000 + lane * 10 + round)], on: device))
                            }
                        }
                    }
                    try await writers.waitForAll()
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let stored = try await store.events(EventQuery(workspaceID: home.id, keeps: .oldest)).map(\.id)
            for lines in readers {
                #expect(lines.map(\.position) == (1...200).map { $0 })
                #expect(try ids(lines) == stored)
            }
        },
        StoreRule("whatever writes events tells the feed of them, and what is refused does not") { store in
            try await addTenants(to: store)
            var reader = try await FeedReader(store, in: home.id)
            let newDoor = Samples.lock(7, in: home, account: Samples.id(1))
            try await store.add(newDoor, event: event(1, .deviceAdded, on: newDoor))
            _ = try await store.updateDevice(newDoor.id, in: home.id) { _ throws(Never) in [event(2, on: newDoor)] }
            try await store.add(Samples.account(5, in: home), devices: [], events: [event(3)])
            _ = try await store.updateConnectedAccount(Samples.id(5), in: home.id) { _ throws(Never) in [event(4)] }
            let webhook = Samples.webhook(1, in: home)
            try await store.add(webhook, events: [event(5)])
            _ = try await store.update(webhook.id, in: home.id) { _ throws(Never) in [event(6)] }
            await #expect(throws: StoreError.self) { try await store.add(webhook, events: [event(7)]) }
            #expect(try await store.remove(webhook.id, in: home.id, events: [event(8)]))
            #expect(try ids(try await reader.next(7)) == ids([1, 2, 3, 4, 5, 6, 8]))
            #expect(reader.questions == 0)
        },
        StoreRule("G11 the feed and the pages of a workspace have nothing of another one") { store in
            try await addTenants(to: store)
            var reader = try await FeedReader(store, in: home.id)
            try await store.commit(report([1], on: otherDoor))
            try await store.commit(report([2]))
            #expect(try ids(try await reader.next(1)) == ids([2]))
            #expect(try await store.latestEventPosition(in: otherHome.id) == 1)
            #expect(try await store.latestEventPosition(in: Samples.id(99)) == 0)
            let strange = EventQuery(workspaceID: otherHome.id, deviceIDs: [frontDoor.id])
            #expect(try await store.eventPage(strange, after: 0).lines.isEmpty)
            #expect(try await store.eventPage(EventQuery(workspaceID: Samples.id(99)), after: 0).lines.isEmpty)
        },
    ]
}

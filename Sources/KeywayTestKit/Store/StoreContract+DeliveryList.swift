import FoundationEssentials
import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let webhook = Samples.webhook(1, in: home)

    /// Events 1 … 6, of which all but 3 and 6 have been taken, and 3 has failed.
    private static func tellStory(to store: any Store) async throws {
        try await addTenants(to: store)
        try await store.add(webhook, events: [])
        try await store.add(Samples.webhook(3, in: otherHome), events: [])
        try await tell(1...3, to: store)
        try await tell(4...5, .lockLocked, on: backDoor, to: store)
        try await tell(9...9, on: otherDoor, to: store)
        for number in 1...5 as ClosedRange<UInt64> {
            let delivery = try #require(try await due(in: store).first { $0.eventID == Samples.id(number) })
            try await note(number == 3 ? 500 : 200, number == 3 ? .over(.triesUsedUp) : .taken, of: delivery, in: store)
        }
        try await tell(6...6, to: store)
    }

    static let deliveryListRules: [StoreRule] = [
        StoreRule("deliveries are filtered by everything a query names, the latest first, in pages") { store in
            try await tellStory(to: store)
            func expect(
                _ expected: [UInt64],
                sourceLocation: SourceLocation = #_sourceLocation,
                _ change: (inout DeliveryQuery) -> Void
            ) async throws {
                var query = DeliveryQuery(workspaceID: home.id)
                change(&query)
                let found = try await store.deliveries(query)
                #expect(numbers(found.elements) == expected, sourceLocation: sourceLocation)
            }
            try await expect([6, 5, 4, 3, 2, 1]) { _ in }
            try await expect([6, 5, 4, 3, 2, 1]) { $0.webhookID = webhook.id }
            try await expect([]) { $0.webhookID = Samples.id(3) }
            try await expect([9]) { $0.workspaceID = otherHome.id }
            try await expect([3]) { $0.statuses = [.failed, .abandoned] }
            try await expect([]) { $0.statuses = [] }
            try await expect([5, 4]) { $0.eventTypes = ["lock.locked", "lock.unheard_of"] }
            try await expect([2]) { $0.ids = [Identifier(of: Samples.id(2), to: webhook.id), Samples.id(77)] }
            try await expect([4, 3]) {
                $0.after = Samples.start + .seconds(2)
                $0.before = Samples.start + .seconds(5)
            }
            var query = DeliveryQuery(workspaceID: home.id, limit: 4)
            let first = try await store.deliveries(query)
            #expect(numbers(first.elements) == [6, 5, 4, 3])
            query.cursor = first.next
            let second = try await store.deliveries(query)
            #expect(numbers(second.elements) == [2, 1])
            #expect(second.next == nil)
        },
        StoreRule("a delivery is sent again under its identity, and only if it is not pending") { store in
            try await tellStory(to: store)
            let before = try await deliveries(in: store)
            let query = DeliveryQuery(workspaceID: home.id, ids: [before[2].id, before[5].id])
            let time = Samples.start + .seconds(1000)
            #expect(try await store.redeliver(query, at: time) == 1)
            let after = try await deliveries(in: store)
            #expect(after.map(\.id) == before.map(\.id))
            #expect(after[2].status == .pending)
            #expect(after[2].nextTryAt == time)
            #expect(after[2].reason == nil && after[2].finishedAt == nil && after[2].failureCount == 0)
            #expect(after[2].tries == before[2].tries && after[2].tryCount == 1)
            #expect(try await store.redeliver(query, at: time) == 0)
        },
        StoreRule("what is sent again keeps the order of its device, before what is newer") { store in
            try await tellStory(to: store)
            let time = Samples.start + .seconds(1000)
            let query = DeliveryQuery(
                workspaceID: home.id,
                webhookID: webhook.id,
                before: Samples.start + .seconds(4)
            )
            #expect(try await store.redeliver(query, at: time) == 3)
            var order: [UInt64] = []
            while let next = try await due(in: store).first(where: { $0.deviceID == frontDoor.id }) {
                order += numbers([next])
                try await note(200, .taken, of: next, in: store)
            }
            #expect(order == [1, 2, 3, 6])
        },
        StoreRule("a failed try of one that is no longer the first does not make it due beside the first") { store in
            try await tellStory(to: store)
            let inFlight = try #require(try await deliveries(in: store).last)
            #expect(try await store.redeliver(DeliveryQuery(workspaceID: home.id, limit: 9), at: Samples.start) == 5)
            let noted = try await note(500, .retry(after: .seconds(5)), of: inFlight, in: store)
            #expect(noted?.nextTryAt == nil)
            #expect(try await numbers(due(in: store)).sorted() == [1, 4, 9])
        },
        StoreRule("G12 more than the limit are not sent again, and nothing is changed") { store in
            try await tellStory(to: store)
            let before = try await deliveries(in: store)
            #expect(try await store.redeliver(DeliveryQuery(workspaceID: home.id, limit: 4), at: Samples.start) == nil)
            #expect(try await deliveries(in: store) == before)
        },
        StoreRule("G11 deliveries of another workspace are neither listed nor sent again") { store in
            try await tellStory(to: store)
            let foreign = try await deliveries(of: otherHome, in: store)
            let query = DeliveryQuery(workspaceID: home.id, ids: foreign.map(\.id))
            #expect(try await store.deliveries(query).elements.isEmpty)
            try await note(200, .taken, of: foreign[0], in: store)
            #expect(try await store.redeliver(query, at: Samples.start) == 0)
        },
        StoreRule("deliveries that were done long ago are forgotten, so many at a time, and no pending one") { store in
            try await tellStory(to: store)
            #expect(try await store.forgetDeliveries(finishedBefore: Samples.start + .seconds(60), limit: 9) == 0)
            let later = Samples.start + .seconds(61)
            #expect(try await store.forgetDeliveries(finishedBefore: later, limit: 3) == 3)
            #expect(try await store.forgetDeliveries(finishedBefore: later, limit: 3) == 2)
            #expect(try await store.forgetDeliveries(finishedBefore: later, limit: 3) == 0)
            #expect(try await numbers(deliveries(in: store)) == [6])
            #expect(try await numbers(deliveries(of: otherHome, in: store)) == [9])
        },
    ]
}

/// Reads an event from its wire form.
enum JSONEvent {
    static func decode(_ text: String) throws -> Event { try JSONDecoder().decode(Event.self, from: Data(text.utf8)) }
}

import KeywayModel
package import KeywayStore
import Testing

extension StoreContract {
    /// Writes events about a door, each in a commit of its own.
    static func tell(
        _ numbers: ClosedRange<UInt64>,
        _ type: EventType = .lockUnlocked,
        on door: Device = frontDoor,
        to store: any Store
    ) async throws {
        for number in numbers {
            let time = Samples.start + .seconds(Int(number))
            try await store.commit(
                commit([.report(events: [event(number, type, on: door, createdAt: time)])], on: door)
            )
        }
    }

    /// The deliveries that are due an hour after the start.
    static func due(in store: any Store, at time: Timestamp = Samples.start + .seconds(3600)) async throws -> [Delivery]
    {
        try await store.dueDeliveries(DueDeliveryQuery(now: time, maximumPerWebhook: 100, limit: 1000))
            .deliveries.map(\.delivery)
    }

    /// The numbers of the events of deliveries.
    static func numbers(_ deliveries: [Delivery]) -> [UInt64] { deliveries.map { $0.eventID.low & 0xFFFF } }

    /// Every delivery of a workspace, the oldest first.
    static func deliveries(of workspace: Workspace = home, in store: any Store) async throws -> [Delivery] {
        try await store.deliveries(DeliveryQuery(workspaceID: workspace.id)).elements.reversed()
    }

    /// A try that got this answer, or none.
    static func attempt(_ status: Int?) -> DeliveryTry {
        DeliveryTry(
            startedAt: Samples.start,
            latencyMilliseconds: 12,
            status: status,
            trouble: status == nil ? .timedOut : nil,
            answer: status.map { "“\($0)” \\ ok" }
        )
    }

    /// Notes a try of a delivery.
    @discardableResult
    static func note(
        _ status: Int?,
        _ verdict: Delivery.Verdict,
        of delivery: Delivery,
        in store: any Store
    ) async throws -> Delivery? {
        try await store.updateDelivery(delivery.id, in: delivery.workspaceID) { delivery, _ in
            delivery.note(attempt(status), verdict, at: Samples.start + .seconds(60))
            return []
        }
    }

    /// Disables a webhook.
    static func disable(_ webhook: Webhook, in store: any Store) async throws {
        _ = try await store.update(webhook.id, in: webhook.workspaceID) { webhook throws(Never) in
            _ = webhook.health.gone(at: Samples.start)
            return []
        }
    }

    private static let all = Samples.webhook(1, in: home)
    private static let some = Samples.webhook(2, in: home, eventTypes: ["lock.locked", "device.connected"])
    private static let foreign = Samples.webhook(3, in: otherHome)

    static let deliveryRules: [StoreRule] = [
        StoreRule("G10 an event is delivered to each webhook of its workspace that wants its type, from then on") {
            store in
            try await addTenants(to: store)
            try await tell(1...1, to: store)
            for webhook in [all, some, foreign] { try await store.add(webhook, events: []) }
            try await tell(2...2, to: store)
            try await tell(3...3, .lockLocked, to: store)
            try await tell(4...4, .lockLocked, on: otherDoor, to: store)
            let found = try await deliveries(in: store)
            #expect(numbers(found) == [2, 3, 3])
            #expect(found.map(\.webhookID) == [all.id, all.id, some.id])
            #expect(try await numbers(deliveries(of: otherHome, in: store)) == [4])
            let first = try #require(found.first)
            let expected = Delivery(
                id: Identifier(of: Samples.id(2), to: all.id),
                webhookID: all.id,
                workspaceID: home.id,
                eventID: Samples.id(2),
                eventSequence: 2,
                eventType: .lockUnlocked,
                deviceID: frontDoor.id,
                createdAt: Samples.start + .seconds(2),
                nextTryAt: Samples.start + .seconds(2)
            )
            #expect(first == expected)
        },
        StoreRule("G10 whatever writes an event writes its deliveries") { store in
            try await addTenants(to: store)
            try await store.add(all, events: [event(1)])
            try await store.commit(commit([.report(events: [event(2), event(3)])]))
            try await store.add(Samples.lock(77, in: home, account: Samples.id(1)), event: event(4, .deviceAdded))
            _ = try await store.updateDevice(frontDoor.id, in: home.id) { _ throws(Never) in [event(5)] }
            try await store.add(
                Samples.account(7, in: home),
                devices: [Samples.lock(78, in: home, account: Samples.id(7))],
                events: [event(6, .connectedAccountConnected)]
            )
            _ = try await store.updateConnectedAccount(Samples.id(7), in: home.id) { _ throws(Never) in [event(7)] }
            _ = try await store.update(all.id, in: home.id) { (_: inout Webhook) throws(Never) in [event(8)] }
            let attempt = Samples.attempt(1)
            try await store.commit(commit([.accept(attempt), .resolve(resolved(attempt), events: [event(9)])]))
            try await store.commit(
                commit([.lateReport(attempt.id, TimelineEntry(.lateReport, at: Samples.start), events: [event(10)])])
            )
            try await store.commit(commit([.delete(at: Samples.start, events: [event(11, .deviceDeleted)])]))
            #expect(try await numbers(deliveries(in: store)) == Array(1...11))
            // What is not written is not delivered.
            try await store.commit(commit([.report(events: [event(2)])]))
            #expect(try await deliveries(in: store).count == 11)
            #expect(try await store.remove(all.id, in: home.id, events: [event(12)]))
            #expect(try await deliveries(in: store).count == 11)
        },
        StoreRule("G10 only the oldest pending delivery about a device is due, and the next one when it is done") {
            store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            try await tell(1...3, to: store)
            try await tell(4...5, on: backDoor, to: store)
            #expect(try await numbers(due(in: store)) == [1, 4])
            // A failure keeps its place and waits.
            let first = try await due(in: store)[0]
            let failed = try await note(500, .retry(after: .seconds(300)), of: first, in: store)
            #expect(failed?.nextTryAt == Samples.start + .seconds(360))
            #expect(failed?.status == .pending)
            #expect(failed?.tries == [attempt(500)])
            #expect(failed?.tryCount == 1 && failed?.failureCount == 1)
            #expect(try await numbers(due(in: store, at: Samples.start + .seconds(359))) == [4])
            #expect(try await numbers(due(in: store, at: Samples.start + .seconds(360))) == [4, 1])
            // A success, and a failure that was the last, both let the next one go.
            let taken = try await note(204, .taken, of: first, in: store)
            #expect(taken?.status == .succeeded)
            #expect(taken?.finishedAt == Samples.start + .seconds(60))
            #expect(taken?.nextTryAt == nil)
            #expect(try await numbers(due(in: store)) == [2, 4])
            let second = try await due(in: store)[0]
            let over = try await note(nil, .over(.triesUsedUp), of: second, in: store)
            #expect(over?.status == .failed)
            #expect(over?.reason == .triesUsedUp)
            #expect(try await numbers(due(in: store)) == [3, 4])
        },
        StoreRule("events about no device are delivered one after the other too") { store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            let bare = (1...2 as ClosedRange<UInt64>)
                .map { number in
                    Event(
                        id: Samples.id(number),
                        type: .clientSessionDeleted,
                        workspaceID: home.id,
                        createdAt: Samples.start,
                        occurredAt: Samples.start
                    )
                }
            try await store.commit(commit([.report(events: bare + [event(3)])]))
            #expect(try await Set(numbers(due(in: store))) == [1, 3])
            #expect(try await due(in: store).contains { $0.deviceID == nil })
        },
        StoreRule("what is due comes with its webhook as it is now, and with its event in the wire form") { store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            try await tell(1...1, to: store)
            _ = try await store.update(all.id, in: home.id) { (webhook: inout Webhook) throws(Never) in
                webhook.rotateSecret(to: "new", keepingOldUntil: Samples.start + .seconds(9))
                return []
            }
            let query = DueDeliveryQuery(now: Samples.start + .seconds(1), maximumPerWebhook: 1, limit: 1)
            let found = try #require(try await store.dueDeliveries(query).deliveries.first)
            var expected = all
            expected.rotateSecret(to: "new", keepingOldUntil: Samples.start + .seconds(9))
            #expect(found.webhook == expected)
            let event = event(1, createdAt: Samples.start + .seconds(1))
            #expect(try JSONEvent.decode(found.eventBody) == event)
        },
        StoreRule("nothing is due of a webhook that was deleted or disabled, and what is pending is abandoned") {
            store in
            try await addTenants(to: store)
            for webhook in [all, some, foreign] { try await store.add(webhook, events: []) }
            try await tell(1...3, .lockLocked, to: store)
            try await tell(9...9, .lockLocked, on: otherDoor, to: store)
            try await disable(all, in: store)
            #expect(try await store.remove(some.id, in: home.id, events: []))
            #expect(try await due(in: store).map(\.webhookID) == [foreign.id])
            try await tell(4...4, .lockLocked, to: store)
            let time = Samples.start + .seconds(99)
            #expect(try await store.abandonStoppedDeliveries(at: time, limit: 4) == 4)
            #expect(try await store.abandonStoppedDeliveries(at: time, limit: 4) == 2)
            #expect(try await store.abandonStoppedDeliveries(at: time, limit: 4) == 0)
            let found = try await deliveries(in: store)
            #expect(found.map(\.status) == Array(repeating: .abandoned, count: 6))
            #expect(found.allSatisfy { $0.reason == .webhookStopped && $0.finishedAt == time && $0.nextTryAt == nil })
            #expect(try await due(in: store).map(\.webhookID) == [foreign.id])
        },
        StoreRule(
            "G10 a webhook that is enabled again before all is abandoned goes on with the rest and with what comes"
        ) {
            store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            try await tell(1...4, to: store)
            try await disable(all, in: store)
            #expect(try await store.abandonStoppedDeliveries(at: Samples.start, limit: 2) == 2)
            _ = try await store.update(all.id, in: home.id) { (webhook: inout Webhook) throws(Never) in
                webhook.health = EndpointHealth()
                return []
            }
            try await tell(5...5, to: store)
            #expect(try await store.abandonStoppedDeliveries(at: Samples.start, limit: 2) == 0)
            var sent: [UInt64] = []
            while let next = try await due(in: store).first {
                sent.append(contentsOf: numbers([next]))
                try await note(200, .taken, of: next, in: store)
            }
            #expect(sent == [1, 2, 5])
        },
        StoreRule("G10 what was not tried yet is due whatever the clock says, and a retry in its time") { store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            try await tell(1...2, to: store)
            let early = Samples.start + .seconds(-3600)
            let first = try await due(in: store, at: early)
            #expect(numbers(first) == [1])
            try await note(500, .retry(after: .seconds(5)), of: first[0], in: store)
            #expect(try await due(in: store, at: Samples.start + .seconds(64)).isEmpty)
            #expect(try await numbers(due(in: store, at: Samples.start + .seconds(65))) == [1])
            let query = DueDeliveryQuery(now: early, maximumPerWebhook: 9, limit: 9)
            #expect(try await store.dueDeliveries(query).nextAt == Samples.start + .seconds(65))
        },
        StoreRule("a delivery and its webhook change together, and the webhook before the events") { store in
            try await addTenants(to: store)
            for webhook in [all, some] { try await store.add(webhook, events: []) }
            try await tell(1...2, .lockLocked, to: store)
            let first = try await due(in: store)[0]
            #expect(first.webhookID == all.id)
            let changed = try await store.updateDelivery(first.id, in: home.id) { delivery, webhook in
                delivery.note(attempt(410), .over(.gone), at: Samples.start)
                _ = webhook?.health.gone(at: Samples.start)
                return [event(5, .lockLocked)]
            }
            #expect(changed?.status == .failed)
            let stored: Webhook? = try await store.record(all.id, in: home.id)
            #expect(stored?.health.disabledReason == .gone)
            // The event goes to the other webhook and not to the one that was just disabled.
            let told = try await deliveries(in: store).filter { $0.eventID == Samples.id(5) }
            #expect(told.map(\.webhookID) == [some.id])
            #expect(try await store.updateDelivery(first.id, in: otherHome.id) { _, _ in [] } == nil)
            #expect(try await store.updateDelivery(Samples.id(1), in: home.id) { _, _ in [] } == nil)
        },
        StoreRule("G10 webhooks take turns: the answer goes on after the webhook where the last one ended") { store in
            try await addTenants(to: store)
            for number in 1...3 as ClosedRange<UInt64> {
                try await store.add(Samples.webhook(number, in: home), events: [])
            }
            try await tell(1...2, to: store)
            try await tell(3...3, on: backDoor, to: store)
            func list(after: Identifier<Webhook>?, _ perWebhook: Int, _ limit: Int) async throws -> [Identifier<
                Webhook
            >] {
                let query = DueDeliveryQuery(
                    now: Samples.start + .seconds(9),
                    after: after,
                    maximumPerWebhook: perWebhook,
                    limit: limit
                )
                return try await store.dueDeliveries(query).deliveries.map(\.delivery.webhookID)
            }
            func ids(_ numbers: UInt64...) -> [Identifier<Webhook>] { numbers.map { Samples.id($0) } }
            #expect(try await list(after: nil, 2, 100) == ids(1, 1, 2, 2, 3, 3))
            #expect(try await list(after: nil, 1, 100) == ids(1, 2, 3))
            #expect(try await list(after: nil, 2, 3) == ids(1, 1, 2))
            #expect(try await list(after: Samples.id(2), 1, 2) == ids(3, 1))
            #expect(try await list(after: Samples.id(3), 1, 2) == ids(1, 2))
        },
        StoreRule("the answer says when the next delivery is due") { store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            func nextTime(_ seconds: Int) async throws -> Timestamp? {
                let query = DueDeliveryQuery(now: Samples.start + .seconds(seconds), maximumPerWebhook: 9, limit: 9)
                let answer = try await store.dueDeliveries(query)
                return answer.nextAt
            }
            #expect(try await nextTime(0) == nil)
            try await tell(5...5, to: store)
            try await tell(7...7, on: backDoor, to: store)
            // Both are due at once, and then not before their second tries.
            #expect(try await nextTime(0) == nil)
            for (delivery, seconds) in zip(try await due(in: store), [5, 7]) {
                try await note(500, .retry(after: .seconds(seconds)), of: delivery, in: store)
            }
            #expect(try await nextTime(0) == Samples.start + .seconds(65))
            #expect(try await nextTime(65) == Samples.start + .seconds(67))
            #expect(try await nextTime(67) == nil)
        },
        StoreRule("a write that makes deliveries raises the signal") { store in
            try await addTenants(to: store)
            try await store.add(all, events: [])
            try await tell(1...1, to: store)
            await store.newDeliveries.wait()
            let first = try await due(in: store)[0]
            try await note(200, .taken, of: first, in: store)
            #expect(try await store.redeliver(DeliveryQuery(workspaceID: home.id), at: Samples.start) == 1)
            await store.newDeliveries.wait()
        },
    ]

    /// Checks that no more deliveries wait for a webhook than may.
    ///
    /// - Parameter store: A store in which two may wait.
    /// - Throws: What the store throws.
    package static func checkPendingBound(of store: any Store) async throws {
        try await addTenants(to: store)
        try await store.add(all, events: [])
        try await tell(1...2, to: store)
        try await tell(3...3, on: backDoor, to: store)
        let refused = try #require(try await deliveries(in: store).last)
        #expect(refused.status == .failed)
        #expect(refused.reason == .queueFull)
        #expect(refused.finishedAt != nil && refused.nextTryAt == nil)
        #expect(try await numbers(due(in: store)) == [1])
        // As soon as one is done there is room again.
        try await note(200, .taken, of: due(in: store)[0], in: store)
        try await tell(4...5, on: backDoor, to: store)
        #expect(try await deliveries(in: store).map(\.status) == [.succeeded, .pending, .failed, .pending, .failed])
        // What was refused is not lost.
        let query = DeliveryQuery(workspaceID: home.id, statuses: [.failed])
        #expect(try await store.redeliver(query, at: Samples.start) == 2)
        #expect(try await Set(numbers(due(in: store))) == [2, 3])
    }
}

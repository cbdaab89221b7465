import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    static let attemptRules: [StoreRule] = [
        StoreRule("attempts are listed the latest accepted first, whatever their times and ids") { store in
            try await addTenants(to: store)
            for number in [5, 1, 9, 3] as [UInt64] {
                let time = Samples.start + .seconds(Int(10 - number))
                try await store.commit(commit([.accept(Samples.attempt(number, createdAt: time))]))
            }
            let page = try await store.actionAttempts(ActionAttemptQuery(workspaceID: home.id))
            #expect(page.elements.map(\.id) == [3, 9, 1, 5].map { Samples.id($0) })
            #expect(page.next == nil)
        },
        StoreRule("attempts are filtered by id and by device, and an empty list matches nothing") { store in
            try await addTenants(to: store)
            try await accept(1...3, in: store)
            try await accept(4...5, on: backDoor, in: store)
            try await accept(6...6, on: otherDoor, in: store)
            let cases: [(ids: [UInt64]?, deviceID: Identifier<Device>?, expected: [UInt64])] = [
                (nil, nil, [5, 4, 3, 2, 1]),
                ([1, 5, 77], nil, [5, 1]),
                ([2, 2], nil, [2]),
                ([], nil, []),
                (nil, backDoor.id, [5, 4]),
                ([1, 4], backDoor.id, [4]),
                (nil, otherDoor.id, []),
                (nil, Samples.id(77), []),
            ]
            for (ids, deviceID, expected) in cases {
                let query = ActionAttemptQuery(
                    workspaceID: home.id,
                    ids: ids?.map { Samples.id($0) },
                    deviceID: deviceID
                )
                let found = try await store.actionAttempts(query).elements.map(\.id)
                #expect(found == expected.map { Samples.id($0) })
            }
        },
        StoreRule("what an attempt's action needs to know is read back, also after a restart") { store in
            try await addTenants(to: store)
            let parameters: [ActionParameters] = [
                .none, .autoLock(AutoLock(isEnabled: true, delaySeconds: 7.5)), .autoLock(AutoLock(isEnabled: false)),
                .keypadCode("0042"), .waitWhileOffline,
            ]
            var attempts: [ActionAttempt] = []
            for (index, parameters) in parameters.enumerated() {
                let attempt = ActionAttempt(
                    id: Samples.id(UInt64(index + 1)),
                    workspaceID: home.id,
                    deviceID: frontDoor.id,
                    actionType: .configureAutoLock,
                    parameters: parameters,
                    requestedBy: .clientSession(Samples.id(8)),
                    createdAt: Samples.start,
                    deadlineAt: Samples.start + .seconds(30)
                )
                attempts.append(attempt)
                try await store.commit(commit([.accept(attempt)]))
            }
            #expect(try await store.unresolvedAttempts().first?.attempts == attempts)
            try await store.commit(commit([.resolve(resolved(attempts[3]), events: [])]))
            #expect(try await store.actionAttempt(attempts[3].id, in: home.id) == resolved(attempts[3]))
            let query = ActionAttemptQuery(workspaceID: home.id, ids: [attempts[1].id])
            #expect(try await store.actionAttempts(query).elements == [attempts[1]])
        },
        StoreRule("pages of attempts have no gap and no repeat while new ones are accepted") { store in
            try await addTenants(to: store)
            try await accept(1...10, in: store)
            var seen: [Identifier<ActionAttempt>] = []
            var query = ActionAttemptQuery(workspaceID: home.id, limit: 3)
            var newest: UInt64 = 10
            repeat {
                let page = try await store.actionAttempts(query)
                #expect(page.elements.count <= 3)
                seen += page.elements.map(\.id)
                query.after = page.next
                newest += 1
                try await accept(newest...newest, in: store)
            } while query.after != nil && seen.count < 20
            #expect(seen == (1...10).reversed().map { Samples.id($0) })
        },
        StoreRule("the last page of attempts says so, even if it is full") { store in
            try await addTenants(to: store)
            try await accept(1...4, in: store)
            let first = try await store.actionAttempts(ActionAttemptQuery(workspaceID: home.id, limit: 2))
            #expect(first.elements.count == 2)
            let query = ActionAttemptQuery(workspaceID: home.id, limit: 2, after: first.next)
            let second = try await store.actionAttempts(query)
            #expect(second.elements.count == 2)
            #expect(second.next == nil)
            #expect(try await store.actionAttempts(ActionAttemptQuery(workspaceID: home.id, limit: 4)).next == nil)
        },
        StoreRule("G11 attempts are invisible and untouchable from another workspace") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            #expect(try await store.actionAttempt(attempt.id, in: otherHome.id) == nil)
            #expect(try await store.actionAttempt(Samples.id(99), in: home.id) == nil)
            let query = ActionAttemptQuery(workspaceID: otherHome.id, ids: [attempt.id])
            #expect(try await store.actionAttempts(query).elements.isEmpty)
            // A lane of another tenant names the attempt.
            let foreign = commit(
                [
                    .dispatch(attempt.id, at: Samples.start, timeline: []),
                    .lateReport(attempt.id, TimelineEntry(.lateReport, at: Samples.start), events: []),
                ],
                on: otherDoor
            )
            try await store.commit(foreign)
            #expect(try await store.actionAttempt(attempt.id, in: home.id) == attempt)
        },
    ]
}

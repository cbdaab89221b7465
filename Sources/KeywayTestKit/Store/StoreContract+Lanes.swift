import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    static let laneRules: [StoreRule] = [
        StoreRule("an accepted attempt is read back whole") { store in
            try await addTenants(to: store)
            var attempt = Samples.attempt(1, createdAt: Timestamp(microseconds: 1_767_225_600_123_456))
            attempt.dispatchedAt = attempt.createdAt + .microseconds(7)
            attempt.timeline = [
                TimelineEntry(.accepted, at: Samples.start), TimelineEntry(.dispatched, at: Samples.start),
            ]
            try await store.commit(commit([.accept(attempt)]))
            #expect(try await store.actionAttempt(attempt.id, in: home.id) == attempt)
        },
        StoreRule("accepting an id that is there already changes nothing") { store in
            try await addTenants(to: store)
            let first = Samples.attempt(1)
            try await store.commit(commit([.accept(first)]))
            try await store.commit(commit([.accept(Samples.attempt(1, .lockDoor, deadlineAfter: .seconds(5)))]))
            #expect(try await picture(in: store).attempts == [first])
        },
        StoreRule("a dispatch mark is set on a pending attempt, and not on a resolved one") { store in
            try await addTenants(to: store)
            let attempts = try await accept(1...2, in: store)
            let done = resolved(attempts[1])
            try await store.commit(commit([.resolve(done, events: [])]))
            let time = Samples.start + .seconds(9)
            let timeline = attempts[0].timeline + [TimelineEntry(.dispatched, at: time)]
            try await store.commit(
                commit(attempts.map { .dispatch($0.id, at: time, timeline: timeline) })
            )
            var dispatched = attempts[0]
            dispatched.dispatchedAt = time
            dispatched.timeline = timeline
            #expect(try await store.actionAttempt(dispatched.id, in: home.id) == dispatched)
            #expect(try await store.actionAttempt(done.id, in: home.id) == done)
        },
        StoreRule("every outcome is read back whole") { store in
            try await addTenants(to: store)
            let successes = [true, false, nil].map { Outcome.success(wasConfirmedByDevice: $0) }
            let failures = FailureCause.allCases.map { Outcome.failure($0, "The door said “no” to \($0.rawValue).") }
            for (index, outcome) in (successes + failures).enumerated() {
                let attempt = Samples.attempt(UInt64(index + 1))
                let done = resolved(attempt, outcome)
                try await store.commit(commit([.accept(attempt), .resolve(done, events: [])]))
                #expect(try await store.actionAttempt(attempt.id, in: home.id) == done)
            }
        },
        StoreRule("G2 an attempt resolves once: a later outcome changes nothing and leaves no event") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            let event = event(1, .unlockDoorFailed, attempt: attempt.id)
            try await store.commit(commit([.resolve(resolved(attempt, .failure(.timedOut)), events: [event])]))
            let before = try await picture(in: store)
            try await store.commit(
                commit([.resolve(resolved(attempt), events: [Self.event(2, .unlockDoorSucceeded, attempt: attempt.id)])]
                )
            )
            #expect(try await picture(in: store) == before)
            #expect(before.events == [event])
        },
        StoreRule("G2 of two outcomes in one commit the first counts") { store in
            try await addTenants(to: store)
            let attempt = try await accept(1...1, in: store)[0]
            let first = resolved(attempt, .failure(.cancelled))
            try await store.commit(
                commit([.resolve(first, events: [event(1)]), .resolve(resolved(attempt), events: [event(2)])])
            )
            #expect(try await store.actionAttempt(attempt.id, in: home.id) == first)
            #expect(try await picture(in: store).events == [event(1)])
        },
        StoreRule("an outcome for an attempt that was never accepted leaves nothing") { store in
            try await addTenants(to: store)
            try await store.commit(commit([.resolve(resolved(Samples.attempt(1)), events: [event(1)])]))
            #expect(try await picture(in: store) == Picture(attempts: [], events: [], device: frontDoor))
        },
        StoreRule("a device's state is read back whole, and stays where a commit has none") { store in
            try await addTenants(to: store)
            let full = DeviceState(
                isOnline: false,
                offlineCause: .bridge,
                onlineChangedAt: Samples.start + .microseconds(1),
                reportedBolt: .jammed,
                reportedAt: Samples.start + .microseconds(2),
                isAssumed: true,
                wantedBolt: .locked,
                movingBolt: .unlocking,
                batteryLevel: 0.3,
                isBatteryLow: true,
                isDoorOpen: true,
                warnings: [DeviceWarning(.timeWrong, createdAt: Samples.start)],
                boltClaimedAt: Samples.start + .microseconds(3),
                onlineClaimedAt: Samples.start + .microseconds(4),
                batteryClaimedAt: Samples.start + .microseconds(5)
            )
            for state in [full, DeviceState(isDoorOpen: false)] {
                try await store.commit(commit([], state: state))
                try await store.commit(commit([.report(events: [])]))
                #expect(try await store.device(frontDoor.id, in: home.id)?.state == state)
            }
            #expect(try await store.device(backDoor.id, in: home.id) == backDoor)
        },
        StoreRule("G7 attempt, state and events of a commit appear together") { store in
            try await addTenants(to: store)
            let attempt = Samples.attempt(1)
            let state = DeviceState(reportedBolt: .unlocked, reportedAt: Samples.start)
            let events = [event(1, .unlockDoorSucceeded, attempt: attempt.id), event(2)]
            let whole = commit([.accept(attempt), .resolve(resolved(attempt), events: events)], state: state)
            try await store.commit(whole)
            var device = frontDoor
            device.state = state
            #expect(
                try await picture(in: store) == Picture(attempts: [resolved(attempt)], events: events, device: device)
            )
        },
        StoreRule("applying a commit again changes nothing, whatever is in it") { store in
            try await addTenants(to: store)
            let attempt = Samples.attempt(1)
            let entry = TimelineEntry(.lateReport, at: Samples.start + .seconds(60), detail: "unlocked")
            let marked = attempt.timeline + [TimelineEntry(.dispatched, at: Samples.start)]
            let commits = [
                commit([.accept(attempt)], state: DeviceState(wantedBolt: .unlocked)),
                commit([.dispatch(attempt.id, at: Samples.start, timeline: marked)]),
                commit([.report(events: [event(1, .deviceDisconnected)])], state: DeviceState(isOnline: false)),
                commit([.resolve(resolved(attempt, .failure(.outcomeUnknown)), events: [event(2, .unlockDoorFailed)])]),
                commit([
                    .lateReport(attempt.id, entry, events: [event(3, .actionAttemptLateReport)]),
                    .report(events: [event(4)]),
                ]),
                commit([.accept(Samples.attempt(2)), .resolve(resolved(Samples.attempt(2)), events: [event(5)])]),
            ]
            for commit in commits {
                try await store.commit(commit)
                let once = try await picture(in: store)
                try await store.commit(commit)
                #expect(try await picture(in: store) == once)
            }
            let ids = try await picture(in: store).events.map(\.id)
            #expect(ids == (1...5).map { Samples.id($0) })
        },
        StoreRule("a commit for a device that the workspace does not have is refused and leaves nothing") { store in
            try await addTenants(to: store)
            let stranger = Samples.lock(99, in: home)
            let before = try await picture(in: store)
            try await expectConflict {
                try await store.commit(
                    commit([.accept(Samples.attempt(1, on: stranger)), .report(events: [event(1)])], on: stranger)
                )
            }
            try await expectConflict {
                let elsewhere = LaneCommit(
                    deviceID: frontDoor.id,
                    workspaceID: otherHome.id,
                    changes: [.report(events: [event(1, on: otherDoor)])],
                    state: DeviceState(isOnline: false)
                )
                try await store.commit(elsewhere)
            }
            #expect(try await picture(in: store) == before)
            #expect(try await store.events(EventQuery(workspaceID: otherHome.id)).isEmpty)
        },
        StoreRule("commits take effect in the order of the calls") { store in
            try await addTenants(to: store)
            try await acceptInOrder(1...200, in: store)
            let ids = try await picture(in: store).attempts.map(\.id)
            #expect(ids == (1...200).reversed().map { Samples.id($0) })
        },
        StoreRule("G1 fifty lanes write at once, and every write is there when it returns") { store in
            try await addTenants(to: store)
            let devices = (0..<50).map { Samples.lock(100 + $0, in: home, account: Samples.id(1)) }
            try await store.add(home, accounts: [], devices: devices)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, device) in devices.enumerated() {
                    group.addTask {
                        let attempt = Samples.attempt(UInt64(index + 1), on: device)
                        try await store.commit(commit([.accept(attempt)], on: device))
                        #expect(try await store.actionAttempt(attempt.id, in: home.id) == attempt)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await picture(in: store).attempts.count == 50)
        },
    ]

    /// Makes all the calls at once from one actor, which goes on to the next when the store has taken one.
    @MainActor
    private static func acceptInOrder(_ numbers: ClosedRange<UInt64>, in store: any Store) async throws {
        let tasks = numbers.map { number in
            Task { try await store.commit(commit([.accept(Samples.attempt(number))])) }
        }
        for task in tasks { try await task.value }
    }
}

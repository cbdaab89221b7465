import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    static let recoveryRules: [StoreRule] = [
        StoreRule("nothing is unresolved in an empty store") { store in
            #expect(try await store.unresolvedAttempts().isEmpty)
            try await addTenants(to: store)
            #expect(try await store.unresolvedAttempts().isEmpty)
        },
        StoreRule("G5 unresolved attempts come back by device and in the order of acceptance") { store in
            try await addTenants(to: store)
            // Ids fall while acceptance goes on, and devices alternate, so that no other order passes.
            var accepted: [Identifier<Device>: [ActionAttempt]] = [:]
            for number in stride(from: UInt64(30), to: 0, by: -1) {
                let door = [frontDoor, backDoor, otherDoor][Int(number % 3)]
                let attempt = Samples.attempt(number, on: door, createdAt: Samples.start + .seconds(Int(number)))
                try await store.commit(commit([.accept(attempt)], on: door))
                accepted[door.id, default: []].append(attempt)
            }
            // The first of each lane is dispatched, the second resolved.
            for door in [frontDoor, backDoor, otherDoor] {
                guard var attempts = accepted[door.id] else { continue }
                attempts[0].dispatchedAt = Samples.start
                attempts[0].timeline.append(TimelineEntry(.dispatched, at: Samples.start))
                let resolved = resolved(attempts.remove(at: 1))
                let first = attempts[0]
                try await store.commit(
                    commit(
                        [
                            .dispatch(first.id, at: Samples.start, timeline: first.timeline),
                            .resolve(resolved, events: []),
                        ],
                        on: door,
                        state: DeviceState(wantedBolt: .unlocked)
                    )
                )
                accepted[door.id] = attempts
            }
            let lanes = [frontDoor, backDoor, otherDoor]
                .map { door in
                    var device = door
                    device.state = DeviceState(wantedBolt: .unlocked)
                    return UnresolvedLane(device: device, attempts: accepted[door.id] ?? [])
                }
            #expect(try await store.unresolvedAttempts() == lanes)
        },
        StoreRule("G2 an attempt that is resolved is no longer unresolved") { store in
            try await addTenants(to: store)
            let attempts = try await accept(1...3, in: store)
            for attempt in attempts {
                try await store.commit(commit([.resolve(resolved(attempt), events: [])]))
            }
            #expect(try await store.unresolvedAttempts().isEmpty)
        },
    ]
}

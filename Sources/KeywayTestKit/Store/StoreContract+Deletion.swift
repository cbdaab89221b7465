import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let deletion = LaneCommit.Change.delete(
        at: Samples.start + .seconds(5),
        events: [event(1, .deviceDeleted)]
    )

    static let deletionRules: [StoreRule] = [
        StoreRule("a deleted device is shown to nobody who does not ask for deleted ones") { store in
            try await addTenants(to: store)
            try await store.commit(commit([deletion]))
            var deleted = frontDoor
            deleted.deletedAt = Samples.start + .seconds(5)
            #expect(try await store.device(frontDoor.id, in: home.id) == nil)
            #expect(try await store.device(frontDoor.id, in: nil) == deleted)
            #expect(try await store.devices(DeviceQuery(workspaceID: home.id)).elements == [backDoor])
            let named = DeviceQuery(workspaceID: home.id, ids: [frontDoor.id])
            #expect(try await store.devices(named).elements.isEmpty)
            let all = DeviceQuery(workspaceID: home.id, includesDeleted: true)
            #expect(try await store.devices(all).elements == [deleted, backDoor])
            #expect(try await events(in: store) == [event(1, .deviceDeleted)])
        },
        StoreRule("G7 a device is deleted once: a repeat keeps the first time and writes no event") { store in
            try await addTenants(to: store)
            try await store.commit(commit([deletion]))
            try await store.commit(commit([deletion]))
            let later = LaneCommit.Change.delete(at: Samples.start + .seconds(9), events: [event(2, .deviceDeleted)])
            try await store.commit(commit([later]))
            #expect(try await store.device(frontDoor.id, in: nil)?.deletedAt == Samples.start + .seconds(5))
            #expect(try await events(in: store) == [event(1, .deviceDeleted)])
        },
        StoreRule("the lane of a deleted device goes on, and is found after a restart") { store in
            try await addTenants(to: store)
            let attempt = Samples.attempt(1)
            try await store.commit(commit([.accept(attempt), deletion]))
            #expect(try await store.unresolvedAttempts().map(\.attempts) == [[attempt]])
            #expect(try await store.unresolvedAttempts().first?.device.deletedAt == Samples.start + .seconds(5))
            let state = DeviceState(isOnline: false)
            try await store.commit(commit([.resolve(resolved(attempt), events: [event(2)])], state: state))
            #expect(try await store.actionAttempt(attempt.id, in: home.id) == resolved(attempt))
            #expect(try await store.device(frontDoor.id, in: nil)?.state == state)
            #expect(try await events(in: store) == [event(1, .deviceDeleted), event(2)])
        },
        StoreRule("a deleted device is changed and added no differently from another") { store in
            try await addTenants(to: store)
            try await store.commit(commit([deletion]))
            let changed = try await store.updateDevice(frontDoor.id, in: home.id) { device throws(Never) in
                device.nickname = "Gone"
                device.deletedAt = nil
                return []
            }
            #expect(changed?.get().nickname == "Gone")
            #expect(changed?.get().deletedAt == Samples.start + .seconds(5))
            try await store.add(frontDoor, event: event(7, .deviceAdded))
            #expect(try await store.device(frontDoor.id, in: nil)?.nickname == "Gone")
            #expect(try await events(in: store) == [event(1, .deviceDeleted)])
        },
        StoreRule(
            "a device made anew has the new record and state, whatever it was, and doing so again changes nothing"
        ) {
            store in
            try await addTenants(to: store)
            _ = try await store.updateDevice(frontDoor.id, in: home.id) { device throws(Never) in
                device.nickname = "Old"
                device.customMetadata = ["old": .bool(true)]
                device.isManaged = false
                return []
            }
            try await store.commit(commit([deletion], state: DeviceState(isOnline: false)))
            var fresh = frontDoor
            fresh.description.name = "Brand new"
            fresh.driverSettings = .object(["latency": .number(0)])
            fresh.state = DeviceState(reportedBolt: .unlocked, autoLock: AutoLock(isEnabled: false))
            let reset = commit([.reset(fresh)], state: fresh.state)
            for _ in 1...2 {
                try await store.commit(reset)
                #expect(try await store.device(frontDoor.id, in: home.id) == fresh)
            }
            #expect(try await store.device(backDoor.id, in: home.id) == backDoor)
            let query = DeviceQuery(workspaceID: home.id, search: "brand NEW")
            #expect(try await store.devices(query).elements == [fresh])
            #expect(try await store.devices(DeviceQuery(workspaceID: home.id, search: "old")).elements.isEmpty)
        },
        StoreRule("a device can be made anew as a deleted one") { store in
            try await addTenants(to: store)
            var fresh = frontDoor
            fresh.deletedAt = Samples.start + .seconds(3)
            try await store.commit(commit([.reset(fresh)], state: fresh.state))
            #expect(try await store.device(frontDoor.id, in: home.id) == nil)
            #expect(try await store.device(frontDoor.id, in: nil) == fresh)
        },
    ]
}

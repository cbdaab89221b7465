import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static let nameChange = event(1, .deviceNameChanged)

    static let deviceChangeRules: [StoreRule] = [
        StoreRule("G7 a device's record is changed together with the events that tell of it") { store in
            try await addTenants(to: store)
            try await store.commit(commit([], state: DeviceState(isOnline: false)))
            try await store.commit(commit([.report(events: [event(9)])]))
            var expected = frontDoor
            expected.nickname = "Haustür"
            expected.customMetadata = ["floor": .string("3"), "is_main": .bool(true)]
            expected.isManaged = false
            expected.description.locationName = "Straße 1"
            expected.driverSettings = .object(["slot": .number(4)])
            expected.state = DeviceState(isOnline: false)
            let changed = try await store.updateDevice(frontDoor.id, in: home.id) { [expected] device throws(Never) in
                #expect(device.state == DeviceState(isOnline: false), "the change begins with the record as it is")
                device.nickname = expected.nickname
                device.customMetadata = expected.customMetadata
                device.isManaged = false
                device.description = expected.description
                device.driverSettings = expected.driverSettings
                return [nameChange, event(2, .deviceConvertedToUnmanaged)]
            }
            #expect(changed?.get() == expected)
            #expect(try await store.device(frontDoor.id, in: home.id) == expected)
            #expect(try await store.device(backDoor.id, in: home.id) == backDoor)
            #expect(try await events(in: store) == [event(9), nameChange, event(2, .deviceConvertedToUnmanaged)])
            let query = DeviceQuery(workspaceID: home.id, search: "HAUSTÜR")
            #expect(try await store.devices(query).elements == [expected])
            #expect(try await store.devices(DeviceQuery(workspaceID: home.id, name: "Haustür")).elements == [expected])
        },
        StoreRule("a change that is refused changes nothing and writes no event") { store in
            try await addTenants(to: store)
            let answer = try await store.updateDevice(frontDoor.id, in: home.id) { device throws(Refusal) in
                device.nickname = "Another"
                if device.isManaged { throw Refusal() }
                return [nameChange]
            }
            #expect(answer == .failure(Refusal()))
            #expect(try await store.device(frontDoor.id, in: home.id) == frontDoor)
            #expect(try await events(in: store).isEmpty)
        },
        StoreRule("a change that leaves everything as it is succeeds, and may write events all the same") { store in
            try await addTenants(to: store)
            let silent = try await store.updateDevice(frontDoor.id, in: nil) { _ throws(Never) in [] }
            #expect(silent?.get() == frontDoor)
            #expect(try await events(in: store).isEmpty)
            let told = try await store.updateDevice(frontDoor.id, in: nil) { _ throws(Never) in [nameChange] }
            #expect(told?.get() == frontDoor)
            #expect(try await events(in: store) == [nameChange])
        },
        StoreRule("a change cannot touch a device's state, deletion, identity and origin") { store in
            try await addTenants(to: store)
            var expected = frontDoor
            expected.nickname = "Mine"
            let changed = try await store.updateDevice(frontDoor.id, in: home.id) { device throws(Never) in
                device = otherDoor
                device.description = frontDoor.description
                device.nickname = "Mine"
                device.state = DeviceState(isOnline: false)
                device.deletedAt = Samples.start
                return []
            }
            #expect(changed?.get() == expected)
            #expect(try await store.device(frontDoor.id, in: home.id) == expected)
            #expect(try await store.device(otherDoor.id, in: otherHome.id) == otherDoor)
        },
        StoreRule("G7 an event of a change that is there already is not written again") { store in
            try await addTenants(to: store)
            for name in ["One", "Two"] {
                _ = try await store.updateDevice(frontDoor.id, in: home.id) { device throws(Never) in
                    device.nickname = name
                    return [nameChange]
                }
            }
            #expect(try await store.device(frontDoor.id, in: home.id)?.nickname == "Two")
            #expect(try await events(in: store) == [nameChange])
        },
        StoreRule("changes at the same time all take effect, one after another") { store in
            try await addTenants(to: store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        _ = try await store.updateDevice(frontDoor.id, in: home.id) { device throws(Never) in
                            device.customMetadata["key\(number)"] = .bool(true)
                            return []
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.device(frontDoor.id, in: home.id)?.customMetadata.count == 20)
        },
        StoreRule("G11 a device cannot be changed from another workspace") { store in
            try await addTenants(to: store)
            for (id, workspaceID) in [(frontDoor.id, otherHome.id), (Samples.id(99), home.id)] {
                let answer = try await store.updateDevice(id, in: workspaceID) { device throws(Never) in
                    device.nickname = "Stolen"
                    return [nameChange]
                }
                #expect(answer == nil)
            }
            #expect(try await store.device(frontDoor.id, in: home.id) == frontDoor)
            #expect(try await events(in: store).isEmpty)
            #expect(try await events(of: otherHome, in: store).isEmpty)
        },
    ]
}

import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Synchronization
import Testing

@Suite("The engine and the records of devices", .timeLimit(.minutes(1)))
struct EngineRecordTests {
    private struct Refused: Error, Equatable {}

    @Test("G7 a change of the record is stored with its events, and the lane's next events know it")
    func update() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            // With a lane of its own, which must learn it too.
            try await harness.report(.unlocked)
            let device = Samples.lock()
            let changed = try await harness.engine.updateDevice(device.id, in: device.workspaceID) {
                device throws(Refused) in
                device.customMetadata = ["floor": .string("2")]
                return []
            }
            #expect(try changed?.get().customMetadata == ["floor": .string("2")])
            try await harness.report(.locked)
            #expect(try await harness.events().last?.deviceCustomMetadata == ["floor": .string("2")])
        }
    }

    @Test("G7 a lane that is made from a device read before a change knows the change")
    func staleDevice() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let before = Samples.lock()
            _ = try await harness.engine.updateDevice(before.id, in: before.workspaceID) { device throws(Refused) in
                device.nickname = "Changed"
                return []
            }
            _ = try await harness.request(on: before)
            #expect(try await harness.engine.device(before.id, in: before.workspaceID)?.nickname == "Changed")
        }
    }

    @Test("G7 many changes at once leave the lane as they leave the store")
    func manyChanges() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let device = Samples.lock()
            try await harness.report(.unlocked)
            let engine = harness.engine
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...200 {
                    group.addTask {
                        _ = try await engine.updateDevice(device.id, in: device.workspaceID) {
                            device throws(Refused) in
                            device.nickname = "\(number)"
                            return []
                        }
                    }
                }
                try await group.waitForAll()
            }
            let shown = try await engine.device(device.id, in: device.workspaceID)
            #expect(try await harness.store.device(device.id, in: nil) == shown)
        }
    }

    @Test("a change that is refused leaves everything as it was")
    func refusal() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let device = Samples.lock()
            let result = try await harness.engine.updateDevice(device.id, in: device.workspaceID) {
                device throws(Refused) in
                device.nickname = "Changed"
                throw Refused()
            }
            #expect(result == .failure(Refused()))
            #expect(try await harness.store.device(device.id, in: nil)?.nickname == nil)
        }
    }

    @Test("G11 a device of another workspace cannot be changed")
    func foreign() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let result = try await harness.engine.updateDevice(Samples.lock().id, in: Samples.id(2)) {
                device throws(Refused) in
                device.nickname = "Changed"
                return []
            }
            #expect(result == nil)
            #expect(try await harness.store.device(Samples.lock().id, in: nil)?.nickname == nil)
        }
    }

    @Test("G3 a deleted device is gone at once, and what waited for it is never sent")
    func deletion() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let device = Samples.lock()
            let sent = try await harness.request()
            _ = try await harness.nextCommand()
            let waiting = try await harness.request(.lockDoor)
            try await harness.engine.delete(device)
            #expect(try await harness.engine.device(device.id, in: device.workspaceID) == nil)
            let cancelled = try await harness.engine.resolution(of: waiting, within: .seconds(1))
            #expect(cancelled.outcome == .failure(.cancelled, "The device was deleted."))
            await #expect(throws: EngineError(.unknownDevice, message: "")) { try await harness.request() }
            try await harness.report(.unlocked)
            let confirmed = try await harness.engine.resolution(of: sent, within: .seconds(1))
            #expect(confirmed.outcome == .success(wasConfirmedByDevice: true))
            #expect(try await harness.events().map(\.type).prefix(2) == [.lockDoorFailed, .deviceDeleted])
        }
    }

    @Test("a device that its owner deleted stays deleted, though its driver finds it again")
    func foundAgain() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let device = Samples.lock()
            try await harness.engine.delete(device)
            try await harness.engine.discovered(device)
            #expect(try await harness.engine.device(device.id, in: device.workspaceID) == nil)
            #expect(try await harness.events().map(\.type) == [.deviceDeleted])
        }
    }

    @Test("a new device is managed only if its account says so")
    func unmanaged() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            _ = try await harness.store.updateConnectedAccount(Samples.account().id, in: nil) {
                account throws(Refused) in
                account.automaticallyManagesNewDevices = false
                return []
            }
            try await harness.engine.discovered(Samples.lock(50))
            #expect(try await harness.store.device(Samples.id(50), in: nil)?.isManaged == false)
        }
    }
}

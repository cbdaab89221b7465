import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@Suite("The engine and devices that drivers find", .timeLimit(.minutes(1)))
struct EngineDiscoveryTests {
    private static let found = Samples.lock(50, state: DeviceState(reportedBolt: .unlocked, reportedAt: Samples.start))

    @Test("G7 a device that is new is stored, with one event that says so")
    func new() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            for _ in 1...2 { try await harness.engine.discovered(Self.found) }
            #expect(try await harness.store.device(Self.found.id, in: nil) == Self.found)
            let events = try await harness.events()
            #expect(events.map(\.type) == [.deviceAdded])
            #expect(events.first?.deviceID == Self.found.id)
            #expect(events.first?.connectedAccountID == Self.found.connectedAccountID)
            _ = try await harness.request(on: Self.found)
            #expect(try await harness.nextCommand().deviceID == Self.found.id)
        }
    }

    @Test("an account that its owner deleted gets no new device, should its driver not know yet")
    func removedAccount() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            try await harness.store.removeConnectedAccount(Self.found.connectedAccountID, at: Samples.start)
            try await harness.engine.discovered(Self.found)
            #expect(try await harness.store.device(Self.found.id, in: nil) == nil)
            #expect(try await harness.events().isEmpty)
        }
    }

    @Test("of a device that is known only the description and the driver settings change")
    func known() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            // With a lane of its own, which must learn it too.
            try await harness.report(.unlocked)
            var again = Samples.lock(1, capabilities: [.canRemotelyUnlock])
            again.description.name = "Renamed"
            again.driverSettings = .string("x")
            try await harness.engine.discovered(again)
            again.state = try #require(try await harness.engine.device(again.id, in: again.workspaceID)).state
            #expect(again.state.reportedBolt == .unlocked)
            #expect(try await harness.store.device(again.id, in: nil) == again)
            #expect(try await harness.engine.device(again.id, in: again.workspaceID) == again)
            let refused = try await harness.request(.lockDoor, on: again)
            let resolved = try await harness.engine.resolution(of: refused, within: .seconds(1))
            #expect(resolved.outcome == .failure(.notSupported))
            #expect(try await !harness.events().contains { $0.type == .deviceAdded })
        }
    }

    @Test("a device that was removed is back, and that is told")
    func back() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            try await harness.engine.deliver(DeviceReport(deviceID: Samples.lock().id, content: .removed))
            for _ in 1...2 { try await harness.engine.discovered(Samples.lock()) }
            #expect(try await harness.events().map(\.type) == [.deviceRemoved, .deviceAdded])
            #expect(try await harness.store.device(Samples.lock().id, in: nil)?.state.isOnline == true)
        }
    }

    @Test(
        "a device that cannot be stored is not said to be",
        arguments: [FailingStore.Mode.failing, .failingAfterwards]
    )
    func failing(mode: FailingStore.Mode) async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            harness.store.become(mode)
            var code: EngineError.Code?
            do { try await harness.engine.discovered(Self.found) } catch let error as EngineError { code = error.code }
            #expect(code == .storeUnavailable)
            harness.store.become(.working)
            try await harness.engine.discovered(Self.found)
            #expect(try await harness.events().map(\.type) == [.deviceAdded])
        }
    }

    @Test("whoever brings a report need not wait for a store that does not come back")
    func cancelledDelivery() async throws {
        var harness = try await EngineHarness()
        let (engine, store, clock) = (harness.engine, harness.store, harness.clock)
        store.become(.failing)
        try await harness.run { harness in
            let delivery = Task {
                try await engine.deliver(DeviceReport(deviceID: Samples.lock().id, content: .bolt(.unlocked)))
            }
            await clock.waitForSleeper(at: clock.now().monotonic + .milliseconds(100))
            delivery.cancel()
            let result = await delivery.result
            #expect(throws: CancellationError.self) { try result.get() }
            // The report is not lost by that.
            store.become(.working)
            clock.advance(by: .milliseconds(100))
            try await harness.report(.unlocked)
            #expect(try await harness.events().map(\.type) == [.lockUnlocked])
        }
    }

    @Test("G1 a report that is not durable when the engine ends is not said to be")
    func endOfEngine() async throws {
        var harness = try await EngineHarness()
        let engine = harness.engine
        let store = harness.store
        let clock = harness.clock
        let delivery = Task {
            try await engine.deliver(DeviceReport(deviceID: Samples.lock().id, content: .bolt(.unlocked)))
        }
        store.become(.failing)
        try await harness.run { _ in
            // The lane has failed to write once, and waits to try again.
            await clock.waitForSleeper(until: clock.now().monotonic + .seconds(1))
        }
        let result = await delivery.result
        let error = #expect(throws: EngineError.self) { try result.get() }
        #expect(error?.code == .shuttingDown)
    }
}

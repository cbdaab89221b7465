import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Synchronization
import Testing

@Suite("Resetting a sandbox workspace", .timeLimit(.minutes(1)))
struct EngineResetTests {
    private func reset(
        _ harness: EngineHarness,
        to devices: [Device] = [Samples.lock()],
        key: String? = nil
    ) async throws -> ActionAttempt {
        try await harness.engine.resetSandbox(
            EngineHarness.workspace.id,
            to: [Samples.account()],
            devices,
            by: .apiKey(Samples.id(1)),
            idempotency: key.map { IdempotencyClaim(key: $0, requestHash: [1]) },
            forget: { _ in }
        )
    }

    @Test("G2 it is an attempt that is over, and ends everything that the devices were asked for")
    func ends() async throws {
        var harness = try await EngineHarness(locks: 2)
        try await harness.run { harness in
            let sent = try await harness.request()
            _ = try await harness.nextCommand()
            let waiting = try await harness.request(.lockDoor)
            let attempt = try await reset(harness)
            #expect(attempt.actionType == .resetSandboxWorkspace)
            #expect(attempt.status == .success)
            #expect(attempt.deviceID == nil)
            let stored = try await harness.store.actionAttempt(attempt.id, in: EngineHarness.workspace.id)
            #expect(stored == attempt)
            for (attempt, cause) in [(sent, FailureCause.uncategorizedError), (waiting, .cancelled)] {
                let ended = try await harness.engine.resolution(of: attempt, within: .seconds(1))
                #expect(ended.outcome == .failure(cause, "The sandbox workspace was reset."))
            }
            _ = try await harness.request()
            #expect(try await harness.nextCommand().actionType == .unlockDoor)
        }
    }

    @Test("devices are as they were at the beginning, deleted ones too, and others are gone")
    func devices() async throws {
        var harness = try await EngineHarness(locks: 3)
        try await harness.run { harness in
            try await harness.report(.unlocked)
            try await harness.engine.delete(Samples.lock(2))
            _ = try await reset(harness, to: [Samples.lock(1), Samples.lock(2)])
            let query = DeviceQuery(workspaceID: EngineHarness.workspace.id)
            #expect(try await harness.store.devices(query).elements == [Samples.lock(1), Samples.lock(2)])
            for number: UInt64 in 1...2 {
                let device = Samples.lock(number)
                #expect(try await harness.engine.device(device.id, in: device.workspaceID) == device)
            }
        }
    }

    @Test("real devices and accounts in the workspace stay as they are")
    func realOnesStay() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let account = ConnectedAccount(
                id: Samples.id(70),
                workspaceID: EngineHarness.workspace.id,
                provider: .deviceCloud,
                displayName: "Real",
                createdAt: Samples.start,
                settings: .string("secret")
            )
            let real = Device(
                id: Samples.id(71),
                workspaceID: EngineHarness.workspace.id,
                connectedAccountID: account.id,
                provider: .deviceCloud,
                nativeID: "real",
                createdAt: Samples.start,
                description: Samples.lock().description
            )
            try await harness.store.add(account, devices: [real], events: [])
            _ = try await reset(harness)
            #expect(try await harness.store.connectedAccount(account.id) == account)
            #expect(try await harness.store.device(real.id, in: real.workspaceID) == real)
        }
    }

    @Test("each device is forgotten by its driver before and after it is made anew")
    func forgets() async throws {
        var harness = try await EngineHarness(locks: 2)
        try await harness.run { harness in
            let forgotten = Mutex<[Identifier<Device>]>([])
            _ = try await harness.engine.resetSandbox(
                EngineHarness.workspace.id,
                to: [Samples.account()],
                [Samples.lock(1), Samples.lock(2)],
                by: .apiKey(Samples.id(1)),
                idempotency: nil,
                forget: { id in forgotten.withLock { $0.append(id) } }
            )
            #expect(forgotten.withLock { $0 } == [1, 1, 2, 2].map { Samples.lock($0).id })
        }
    }

    @Test("G9 the same key gets the same reset")
    func again() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let first = try await reset(harness, key: "k")
            try await harness.report(.unlocked)
            #expect(try await reset(harness, key: "k") == first)
            let device = try await harness.store.device(Samples.lock().id, in: nil)
            #expect(device?.state.reportedBolt == .unlocked)
        }
    }

    @Test("a store that fails is told, and the next try goes on")
    func failing() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            try await harness.report(.unlocked)
            harness.store.become(.failing)
            let (engine, clock) = (harness.engine, harness.clock)
            async let failed = engine.resetSandbox(
                EngineHarness.workspace.id,
                to: [Samples.account()],
                [Samples.lock()],
                by: .apiKey(Samples.id(1)),
                idempotency: nil,
                forget: { _ in }
            )
            await clock.waitForSleeper(at: clock.now().monotonic + .seconds(5))
            clock.advance(by: .seconds(5))
            do {
                _ = try await failed
                Issue.record("a reset that was not stored is said to be done")
            } catch {
                #expect(error as? EngineError == EngineError(.storeUnavailable, message: ""))
            }
            harness.store.become(.working)
            clock.advance(by: .seconds(5))
            _ = try await reset(harness)
            #expect(try await harness.store.device(Samples.lock().id, in: nil)?.state.reportedBolt == .locked)
        }
    }
}

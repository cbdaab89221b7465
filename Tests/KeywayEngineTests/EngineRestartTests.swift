import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Logging
import ServiceLifecycle
import Testing

@Suite("Stopping and starting again", .timeLimit(.minutes(1)))
struct EngineRestartTests {
    /// Leaves one attempt sent and one waiting in the store, and stops.
    func crashed() async throws -> (
        store: MemoryStore, clock: ManualTimeSource, sent: ActionAttempt, waiting: ActionAttempt
    ) {
        let store = MemoryStore()
        var harness = try await EngineHarness(store: store)
        var attempts: [ActionAttempt] = []
        try await harness.run { harness in
            attempts.append(try await harness.request(.unlockDoor))
            _ = try await harness.nextCommand()
            attempts.append(try await harness.request(.lockDoor))
        }
        return (store, harness.clock, attempts[0], attempts[1])
    }

    @Test("G4 a restart never sends a command twice: it reads the device, then goes on with the next attempt")
    func neverTwice() async throws {
        let before = try await crashed()
        let driver = ScriptedDriver()
        driver.read(.unlocked)
        var harness = try await EngineHarness(
            store: before.store,
            driver: driver,
            clock: before.clock,
            firstID: 5_000_000
        )
        try await harness.run { harness in
            #expect(try await harness.nextCommand().attemptID == before.waiting.id)
            let resolved = try await harness.engine.resolution(of: before.sent, within: .seconds(1))
            #expect(resolved.outcome == .success(wasConfirmedByDevice: true))
            try await harness.report(.locked)
            let next = try await harness.engine.resolution(of: before.waiting, within: .seconds(1))
            #expect(next.outcome == .success(wasConfirmedByDevice: true))
        }
    }

    @Test("G2 G3 what is past its deadline at the restart resolves without a command")
    func pastDeadline() async throws {
        let before = try await crashed()
        before.clock.advance(by: .seconds(60))
        var harness = try await EngineHarness(store: before.store, clock: before.clock, firstID: 5_000_000)
        try await harness.run { harness in
            let sent = try await harness.engine.resolution(of: before.sent, within: .seconds(1))
            #expect(sent.outcome == .failure(.outcomeUnknown))
            let waiting = try await harness.engine.resolution(of: before.waiting, within: .seconds(1))
            #expect(waiting.outcome == .failure(.actionAttemptExpired))
        }
    }

    @Test("G8 a late truth is kept although Keyway was restarted since")
    func lateTruth() async throws {
        let before = try await crashed()
        before.clock.advance(by: .seconds(60))
        var second = try await EngineHarness(store: before.store, clock: before.clock, firstID: 5_000_000)
        try await second.run { harness in
            _ = try await harness.engine.resolution(of: before.sent, within: .seconds(1))
            _ = try await harness.engine.resolution(of: before.waiting, within: .seconds(1))
        }
        var third = try await EngineHarness(store: before.store, clock: before.clock, firstID: 9_000_000)
        try await third.run { harness in
            try await harness.report(.unlocked)
            let late = try await harness.events().filter { $0.type == .actionAttemptLateReport }
            #expect(late.map(\.actionAttemptID) == [before.sent.id])
        }
    }

    @Test("a graceful shutdown lets the attempt in flight end, and leaves the rest for the next start")
    func drains() async throws {
        var harness = try await EngineHarness()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            services: [
                DriverService(driver: harness.driver, sink: harness.engine, logger: logger), harness.engine,
            ],
            logger: logger
        )
        let running = Task { try await group.run() }
        let first = try await harness.request(.unlockDoor)
        _ = try await harness.nextCommand()
        let second = try await harness.request(.lockDoor)
        await group.triggerGracefulShutdown()
        // The drain has begun when it waits for the attempt in flight with a limit.
        await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(10))
        try await harness.report(.unlocked)
        try await running.value
        let store = harness.store
        #expect(try await store.actionAttempt(first.id, in: first.workspaceID)?.status == .success)
        #expect(try await store.actionAttempt(second.id, in: second.workspaceID)?.status == .pending)
        await #expect(throws: EngineError(.shuttingDown, message: "")) { try await harness.request() }
    }

    @Test("a graceful shutdown waits no longer than its limit")
    func drainLimit() async throws {
        var harness = try await EngineHarness()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [harness.engine], logger: logger)
        let running = Task { try await group.run() }
        let attempt = try await harness.request(.unlockDoor)
        _ = try await harness.nextCommand()
        await group.triggerGracefulShutdown()
        await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(10))
        harness.clock.advance(by: .seconds(10))
        try await running.value
        #expect(try await harness.store.actionAttempt(attempt.id, in: attempt.workspaceID)?.status == .pending)
    }

    @Test("an engine can be started and stopped at once, any number of times")
    func startStop() async throws {
        for round in 0..<50 {
            var harness = try await EngineHarness(firstID: UInt64(round) * 1000 + 1_000_000)
            try await harness.run { _ in }
        }
    }

    @Test("G3 as soon as the server is told to stop nothing is sent, and who waits for an outcome is answered")
    func drainsBeforeTheHTTPSide() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let first = try await harness.request(.unlockDoor)
            _ = try await harness.nextCommand()
            let second = try await harness.request(.lockDoor)
            let (engine, clock) = (harness.engine, harness.clock)
            async let waited = engine.resolution(of: second, within: .seconds(600))
            await clock.waitForSleeper(until: clock.now().monotonic + .seconds(600))
            engine.beginDraining()
            let answer = try await waited
            #expect(answer.status == .pending)
            await clock.waitForSleeper(until: clock.now().monotonic + .seconds(10))
            try await harness.report(.unlocked)
            let late = try await engine.resolution(of: second, within: .seconds(600))
            #expect(late.status == .pending, "nobody waits in a stopping server, and the second was not sent")
            let done = try await harness.store.actionAttempt(first.id, in: first.workspaceID)
            #expect(done?.status == .success)
        }
    }
}

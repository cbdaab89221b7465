import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@Suite("The engine", .timeLimit(.minutes(1)))
struct EngineTests {
    @Test("an attempt goes from accepted over sent and reported to resolved, and the store agrees")
    func wholeWay() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await harness.request()
            #expect(attempt.status == .pending)
            let stored = try await harness.store.actionAttempt(attempt.id, in: attempt.workspaceID)
            #expect(stored == attempt, "G1: durable before the caller is told")
            let command = try await harness.nextCommand()
            #expect(command.attemptID == attempt.id)
            try await harness.report(.unlocked)
            let resolved = try await harness.engine.resolution(of: attempt, within: .seconds(1))
            #expect(resolved.outcome == .success(wasConfirmedByDevice: true))
            #expect(try await harness.store.actionAttempt(attempt.id, in: attempt.workspaceID) == resolved)
            #expect(try await harness.events().map(\.type) == [.unlockDoorSucceeded, .lockUnlocked])
            let device = try await harness.engine.device(Samples.lock().id, in: attempt.workspaceID)
            #expect(device?.state.reportedBolt == .unlocked)
        }
    }

    @Test("G5 the next command leaves when the one before is resolved")
    func oneAtATime() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let first = try await harness.request(.unlockDoor)
            let second = try await harness.request(.lockDoor)
            #expect(try await harness.nextCommand().attemptID == first.id)
            try await harness.report(.unlocked)
            #expect(try await harness.nextCommand().attemptID == second.id)
            try await harness.report(.locked)
            let resolved = try await harness.engine.resolution(of: second, within: .seconds(1))
            #expect(resolved.status == .success)
        }
    }

    @Test("G2 a silent device's attempt is resolved when deadline and grace have passed")
    func deadline() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await harness.request(within: .seconds(5))
            _ = try await harness.nextCommand()
            let start = harness.clock.now().monotonic
            await harness.clock.waitForSleeper(until: start + .seconds(5))
            harness.clock.advance(by: .seconds(5))
            let resolved = try await harness.engine.resolution(of: attempt, within: .seconds(60))
            #expect(resolved.outcome == .failure(.outcomeUnknown))
        }
    }

    @Test("waiting for an outcome ends with the time, with the attempt as it is then")
    func waitingEnds() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await harness.request()
            _ = try await harness.nextCommand()
            let (engine, clock) = (harness.engine, harness.clock)
            async let waited = engine.resolution(of: attempt, within: .seconds(3))
            await clock.waitForSleeper(until: clock.now().monotonic + .seconds(3))
            clock.advance(by: .seconds(3))
            #expect(try await waited.status == .pending)
        }
    }

    @Test("a tester decides the outcome of a pending attempt, once")
    func simulated() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await harness.request()
            let resolved = try await harness.engine.simulateOutcome(.failure(.deviceBusy), of: attempt)
            #expect(resolved.outcome == .failure(.deviceBusy))
            await #expect(throws: EngineError(.notPending, message: "")) {
                try await harness.engine.simulateOutcome(.failure(.deviceBusy), of: attempt)
            }
        }
    }

    @Test("G12 a full lane and an unknown device are refused with their codes")
    func refusals() async throws {
        let configuration = EngineConfiguration(lane: LaneLimits(maximumLength: 1))
        var harness = try await EngineHarness(configuration: configuration)
        try await harness.run { harness in
            _ = try await harness.request()
            await #expect(throws: EngineError(.laneFull, message: "")) { try await harness.request() }
            await #expect(throws: EngineError(.unknownDevice, message: "")) {
                try await harness.report(.locked, device: Samples.lock(77))
            }
        }
    }

    @Test("G1 while the store fails a request is refused, and accepted once it works again")
    func storeFails() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            harness.store.become(.failing)
            await #expect(throws: EngineError(.storeUnavailable, message: "")) { try await harness.request() }
            harness.store.become(.working)
            let attempt = try await harness.request()
            #expect(try await harness.nextCommand().attemptID == attempt.id)
        }
    }

    @Test("G7 a resolution that the store took but denied is announced once, with its events once")
    func failsAfterwards() async throws {
        var harness = try await EngineHarness()
        try await harness.run { harness in
            let attempt = try await harness.request()
            _ = try await harness.nextCommand()
            harness.store.become(.failingAfterwards)
            let (engine, clock, store) = (harness.engine, harness.clock, harness.store)
            async let delivered: Void = engine.deliver(
                DeviceReport(deviceID: Samples.lock().id, content: .bolt(.unlocked))
            )
            await clock.waitForSleeper(until: clock.now().monotonic + .milliseconds(100))
            store.become(.working)
            clock.advance(by: .milliseconds(100))
            try await delivered
            let resolved = try await engine.resolution(of: attempt, within: .seconds(1))
            #expect(resolved.status == .success)
            #expect(try await harness.events().map(\.type) == [.unlockDoorSucceeded, .lockUnlocked])
        }
    }

    @Test("G2 G7 many attempts on many devices at once: each resolves once, with its events once")
    func many() async throws {
        let driver = ScriptedDriver(reportsAtOnce: true)
        var harness = try await EngineHarness(locks: 16, driver: driver)
        try await harness.run { harness in
            let engine = harness.engine
            let attempts = try await withThrowingTaskGroup(of: ActionAttempt.self) { group in
                for number in 0..<800 {
                    group.addTask {
                        let device = Samples.lock(UInt64(number % 16) + 1)
                        let type: ActionType = number % 3 == 0 ? .lockDoor : .unlockDoor
                        return try await engine.request(type, on: device, by: .apiKey(Samples.id(1)))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for attempt in attempts {
                let resolved = try await engine.resolution(of: attempt, within: .seconds(30))
                #expect(resolved.status == .success)
            }
            let events = try await harness.events()
            let resolutions = events.filter { $0.type == .lockDoorSucceeded || $0.type == .unlockDoorSucceeded }
            #expect(Set(resolutions.compactMap(\.actionAttemptID)) == Set(attempts.map(\.id)))
            #expect(resolutions.count == attempts.count)
        }
    }
}

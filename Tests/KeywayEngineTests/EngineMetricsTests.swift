import KeywayDriver
import KeywayEngine
import KeywayMetrics
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@Suite("What the engine measures", .timeLimit(.minutes(1)))
struct EngineMetricsTests {
    private let metrics = MetricsRegistry()

    private func attempts(_ actionType: String, _ outcome: String) -> String? {
        metrics.shown(#"keyway_action_attempts_total{action_type="\#(actionType)",outcome="\#(outcome)"}"#)
    }

    /// The count and the sum of a stage's times.
    private func stage(_ name: String) -> [String?] {
        ["count", "sum"].map { metrics.shown(#"keyway_action_attempt_stage_seconds_\#($0){stage="\#(name)"}"#) }
    }

    private var unresolved: String? { metrics.shown("keyway_action_attempts_unresolved") }

    @Test("two attempts on one lock: the second waits in the queue while the device is at the first")
    func stages() async throws {
        var harness = try await EngineHarness(metrics: metrics)
        try await harness.run { harness in
            let first = try await harness.request(.unlockDoor)
            let second = try await harness.request(.lockDoor)
            _ = try await harness.nextCommand()
            #expect(unresolved == "2")
            harness.clock.advance(by: .seconds(3))
            try await harness.report(.unlocked)
            _ = try await harness.engine.resolution(of: first, within: .seconds(1))
            _ = try await harness.nextCommand()
            harness.clock.advance(by: .seconds(4))
            try await harness.report(.locked)
            _ = try await harness.engine.resolution(of: second, within: .seconds(1))
            #expect(stage("accept") == ["2", "0"])
            #expect(stage("queue") == ["2", "3"])
            #expect(stage("device") == ["2", "7"])
            #expect(stage("resolve") == ["2", "0"])
            #expect(attempts("UNLOCK_DOOR", "success") == "1")
            #expect(attempts("LOCK_DOOR", "success") == "1")
            #expect(unresolved == "0")
            #expect(metrics.shown("keyway_lane_depth_count") == "2")
            #expect(metrics.shown("keyway_lane_depth_sum") == "3")
        }
    }

    @Test("a failure counts under its cause, and the time of an attempt that was never sent as the queue's alone")
    func failures() async throws {
        var harness = try await EngineHarness(metrics: metrics)
        try await harness.run { harness in
            let sent = try await harness.request()
            let waiting = try await harness.request(.lockDoor)
            _ = try await harness.nextCommand()
            harness.clock.advance(by: .seconds(2))
            _ = try await harness.engine.cancel(waiting)
            _ = try await harness.engine.simulateOutcome(.failure(.lockJammed), of: sent)
            #expect(attempts("LOCK_DOOR", "cancelled") == "1")
            #expect(attempts("UNLOCK_DOOR", "lock_jammed") == "1")
            #expect(stage("queue") == ["2", "2"])
            #expect(stage("device") == ["1", "2"])
            #expect(unresolved == "0")
        }
    }

    @Test("a request that is refused is no attempt, and the time of a write that has to be repeated is the outcome's")
    func storeFails() async throws {
        var harness = try await EngineHarness(metrics: metrics)
        try await harness.run { harness in
            harness.store.become(.failing)
            await #expect(throws: EngineError(.storeUnavailable, message: "")) { try await harness.request() }
            #expect(unresolved == "0" && stage("accept") == ["0", "0"])
            harness.store.become(.working)
            let attempt = try await harness.request()
            _ = try await harness.nextCommand()
            harness.store.become(.failing)
            let (engine, clock, store) = (harness.engine, harness.clock, harness.store)
            async let delivered: Void = engine.deliver(
                DeviceReport(deviceID: Samples.lock().id, content: .bolt(.unlocked))
            )
            await clock.waitForSleeper(until: clock.now().monotonic + .milliseconds(100))
            #expect(attempts("UNLOCK_DOOR", "success") == "0" && unresolved == "1", "not durable yet")
            store.become(.working)
            clock.advance(by: .milliseconds(100))
            try await delivered
            _ = try await engine.resolution(of: attempt, within: .seconds(1))
            #expect(stage("device") == ["1", "0"])
            #expect(stage("resolve") == ["1", "0.1"])
            #expect(attempts("UNLOCK_DOOR", "success") == "1" && unresolved == "0")
        }
    }

    @Test("an outcome that is decided while the store fails was the device's work until then, and the store's after it")
    func decidedMeanwhile() async throws {
        var harness = try await EngineHarness(metrics: metrics)
        try await harness.run { harness in
            let attempt = try await harness.request()
            _ = try await harness.nextCommand()
            harness.store.become(.failing)
            let (engine, clock, store) = (harness.engine, harness.clock, harness.store)
            // Something else has to be written, and cannot be.
            async let presence: Void = engine.deliver(
                DeviceReport(deviceID: Samples.lock().id, content: .online(false))
            )
            await clock.waitForSleeper(until: clock.now().monotonic + .milliseconds(100))
            clock.advance(by: .milliseconds(60))
            async let delivered: Void = engine.deliver(
                DeviceReport(deviceID: Samples.lock().id, content: .bolt(.unlocked))
            )
            while stage("device")[0] != "1" { await Task.yield() }
            store.become(.working)
            clock.advance(by: .milliseconds(40))
            try await presence
            try await delivered
            _ = try await engine.resolution(of: attempt, within: .seconds(1))
            #expect(stage("device") == ["1", "0.06"])
            #expect(stage("resolve") == ["1", "0.04"])
        }
    }

    @Test("an attempt that was refused, though the store may have it, is none")
    func refusedAfterwards() async throws {
        var harness = try await EngineHarness(metrics: metrics)
        try await harness.run { harness in
            harness.store.become(.failingAfterwards)
            await #expect(throws: EngineError(.storeUnavailable, message: "")) { try await harness.request() }
            harness.store.become(.working)
            let (clock, store) = (harness.clock, harness.store)
            await clock.waitForSleeper(until: clock.now().monotonic + .milliseconds(100))
            clock.advance(by: .milliseconds(100))
            while try await !store.unresolvedAttempts().isEmpty { await Task.yield() }
            #expect(attempts("UNLOCK_DOOR", "uncategorized_error") == "0" && unresolved == "0")
        }
    }

    @Test("attempts that a restart takes up are unresolved again, and counted when they are resolved")
    func restart() async throws {
        let store = MemoryStore()
        var before = try await EngineHarness(store: store)
        try await before.run { harness in
            _ = try await harness.request()
            _ = try await harness.nextCommand()
            _ = try await harness.request(.lockDoor)
        }
        var after = try await EngineHarness(store: store, firstID: 3_000_000, metrics: metrics)
        try await after.run { harness in
            _ = try await harness.engine.device(Samples.lock().id, in: EngineHarness.workspace.id)
            let third = try await harness.request()
            #expect(unresolved == "3")
            harness.driver.read(.unlocked)
            try await harness.report(.unlocked)
            _ = try await harness.nextCommand()
            try await harness.report(.locked)
            _ = try await harness.nextCommand()
            try await harness.report(.unlocked)
            _ = try await harness.engine.resolution(of: third, within: .seconds(1))
            #expect(unresolved == "0")
            #expect(attempts("UNLOCK_DOOR", "success") == "2")
            #expect(attempts("LOCK_DOOR", "success") == "1")
            #expect(stage("device")[0] == "1", "the two others began before the restart")
        }
    }
}

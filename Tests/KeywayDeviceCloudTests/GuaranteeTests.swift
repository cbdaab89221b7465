import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Logging
import Testing

@testable import KeywayDeviceCloud

/// The driver under a real engine and a store in memory, against a scripted maker.
@Suite("The guarantees, over a network", .timeLimit(.minutes(1)))
struct GuaranteeTests {
    private static let route = "POST /api/locks/lock-1/actions"

    private struct World: Sendable {
        let maker: ScriptedMaker
        let driver: DeviceCloudDriver
        let engine: Engine
        let store: MemoryStore
        let clock: ManualTimeSource
        let device: Device

        func unlock(within deadline: Duration = .seconds(30)) async throws -> ActionAttempt {
            try await engine.request(.unlockDoor, on: device, by: .apiKey(Samples.id(1)), deadlineAfter: deadline)
        }

        func call(_ body: String, id: String) async -> CallbackVerdict {
            let seconds = clock.now().wall.microseconds / 1_000_000
            let headers = [
                "svix-id": id, "svix-timestamp": "\(seconds)",
                "svix-signature": CloudHarness.sign(body, id: id, at: seconds),
            ]
            return await driver.receive(Callback(headers: headers, body: Array(body.utf8)), for: CloudHarness.accountID)
        }

        /// The attempt once it has its outcome.
        func resolved(_ attempt: ActionAttempt) async throws -> ActionAttempt {
            try await engine.resolution(of: attempt, within: .seconds(3600))
        }

        func events() async throws -> [EventType] {
            try await store.events(EventQuery(workspaceID: Samples.id(1))).map(\.type)
        }
    }

    /// Runs an engine and a driver until the body returns, once the lock is known to both.
    private func run(
        on store: MemoryStore = MemoryStore(),
        firstID: UInt64 = 1000,
        _ script: (ScriptedMaker) -> Void,
        body: @escaping @Sendable (World) async throws -> Void
    ) async throws {
        try await ScriptedMaker.run { maker, baseURL in
            let clock = ManualTimeSource()
            maker.on("GET /api/locks", .answer(200, #"{"locks":[{"lock_id":"lock-1"}]}"#))
            maker.on("GET /api/locks/lock-1", .answer(200, CloudHarness.lockBody()))
            script(maker)
            let account = try CloudHarness.account(baseURL: baseURL)
            if try await store.workspaces().isEmpty {
                try await store.add(Samples.workspace(), accounts: [account], devices: [])
            }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let driver = DeviceCloudDriver(
                source: AccountSource(
                    accounts: { [account] },
                    devices: { try await store.devices(DeviceQuery(workspaceID: $0.workspaceID)).elements }
                ),
                time: clock,
                logger: logger
            )
            let engine = Engine(
                store: store,
                drivers: DriverRegistry([driver]),
                time: clock,
                ids: CountingIdentifiers(startingAt: firstID),
                logger: logger
            )
            let running = Task {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await engine.run() }
                    group.addTask { await driver.run(reportingTo: engine) }
                }
            }
            // The next reading of all locks is due in a minute: the first is over.
            await clock.waitForSleeper(at: clock.now().monotonic + .seconds(60))
            do {
                let device = try #require(try await engine.device(CloudHarness.deviceID(), in: Samples.id(1)))
                try await body(
                    World(
                        maker: maker,
                        driver: driver,
                        engine: engine,
                        store: store,
                        clock: clock,
                        device: device
                    )
                )
            } catch {
                running.cancel()
                await running.value
                throw error
            }
            running.cancel()
            await running.value
        }
    }

    private func completed(_ attempt: ActionAttempt, _ more: String = #""status":"success""#) -> String {
        // The maker's clock is a day behind.
        CloudHarness.completed(timestamp: "2025-12-31T00:00:00Z", more + #","custom_id":"\#(attempt.id)""#)
    }

    @Test("G6 G7 an unlock is confirmed by its callback, and duplicates of it change nothing")
    func confirmed() async throws {
        try await run {
            $0.on(Self.route, .answer(200, #"{"action_id":"a1"}"#))
        } body: { world in
            let attempt = try await world.unlock()
            await world.maker.wait(for: 1, "POST")
            for id in ["m1", "m1", "m2"] { #expect(await world.call(completed(attempt), id: id) == .accepted) }
            #expect(try await world.resolved(attempt).outcome == .success(wasConfirmedByDevice: true))
            #expect(try await world.events() == [.deviceAdded, .unlockDoorSucceeded, .lockUnlocked])
        }
    }

    @Test("G6 a jam told by a callback ends the attempt at once, and a failure with a code of its own keeps it")
    func failures() async throws {
        try await run {
            $0.on(Self.route, .answer(200, #"{"action_id":"a1"}"#))
        } body: { world in
            let jammed = try await world.unlock()
            await world.maker.wait(for: 1, "POST")
            let jam = #""status":"failed","error_code":"LOCK_JAMMED""#
            #expect(await world.call(completed(jammed, jam), id: "m1") == .accepted)
            #expect(try await world.resolved(jammed).outcome == .failure(.lockJammed))
            let device = try await world.engine.device(world.device.id, in: world.device.workspaceID)
            #expect(device?.state.reportedBolt == .jammed)
            let refused = try await world.unlock()
            await world.maker.wait(for: 2, "POST")
            let moon = #""status":"failed","error_code":"MOON_PHASE","message":"Full.""#
            #expect(await world.call(completed(refused, moon), id: "m2") == .accepted)
            let resolved = try await world.resolved(refused)
            #expect(resolved.outcome == .failure(.rejectedByDevice))
            #expect(resolved.timeline.contains { $0.detail == "MOON_PHASE: Full." })
        }
    }

    @Test(
        "G2 G6 without an answer or a callback the bolt is read at the deadline",
        arguments: [
            ("unlocked", Outcome.success(wasConfirmedByDevice: true)), ("locked", .failure(.timedOut)),
            ("unknown", .failure(.outcomeUnknown)),
        ]
    )
    func readBack(bolt: String, outcome: Outcome) async throws {
        try await run {
            $0.on(Self.route, .hold)
        } body: { world in
            let attempt = try await world.unlock(within: .seconds(5))
            await world.maker.wait(for: 1, "POST")
            world.maker.on("GET /api/locks/lock-1", .answer(200, CloudHarness.lockBody(bolt: bolt)))
            await world.clock.waitForSleeper(at: world.clock.now().monotonic + .seconds(5))
            world.clock.advance(by: .seconds(5))
            #expect(try await world.resolved(attempt).outcome == outcome)
            #expect(world.maker.requests("POST").count == 1)
        }
    }

    @Test("G6 a late callback of another attempt does not confirm the one in flight")
    func foreign() async throws {
        try await run {
            $0.on(Self.route, .answer(200, #"{"action_id":"a1"}"#))
        } body: { world in
            let attempt = try await world.unlock()
            await world.maker.wait(for: 1, "POST")
            let older = CloudHarness.completed(
                "unlock",
                #""status":"success","custom_id":"\#(Samples.id(5, of: Device.self))""#
            )
            #expect(await world.call(older, id: "m1") == .accepted)
            let byHand = CloudHarness.completed("unlock", #""status":"success","performed_via":"manual_turn""#)
            #expect(await world.call(byHand, id: "m2") == .accepted)
            let stored = try await world.store.actionAttempt(attempt.id, in: attempt.workspaceID)
            #expect(stored?.status == .pending)
        }
    }

    @Test("G4 after a crash the command is not sent again, and the bolt is read")
    func crash() async throws {
        let store = MemoryStore()
        try await run(on: store) {
            $0.on(Self.route, .hold)
        } body: { world in
            _ = try await world.unlock()
            await world.maker.wait(for: 1, "POST")
        }
        try await run(on: store, firstID: 2000) { maker in
            maker.on(Self.route, .answer(200, #"{"action_id":"a2"}"#))
            maker.on("GET /api/locks/lock-1", .answer(200, CloudHarness.lockBody(bolt: "unlocked")))
        } body: { world in
            let attempts = try await world.store.actionAttempts(ActionAttemptQuery(workspaceID: Samples.id(1)))
            let resolved = try await world.resolved(attempts.elements[0])
            #expect(resolved.outcome == .success(wasConfirmedByDevice: true))
            #expect(world.maker.requests("POST").isEmpty)
        }
    }

    @Test("G3 a lock that comes back late gets no command")
    func offline() async throws {
        try await run {
            $0.on(Self.route, .answer(200, #"{"action_id":"a1"}"#))
        } body: { world in
            let offline = #"{"event_type":"device.offline","device_id":"lock-1","timestamp":"2026-01-01T00:00:00Z"}"#
            #expect(await world.call(offline, id: "m1") == .accepted)
            let attempt = try await world.unlock()
            #expect(try await world.resolved(attempt).outcome == .failure(.deviceOffline))
            let online = #"{"event_type":"device.online","device_id":"lock-1","timestamp":"2026-01-01T00:00:01Z"}"#
            #expect(await world.call(online, id: "m2") == .accepted)
            #expect(world.maker.requests("POST").isEmpty)
        }
    }
}

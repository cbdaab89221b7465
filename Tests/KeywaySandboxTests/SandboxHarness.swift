import KeywayDriver
import KeywayModel
import KeywaySandbox
import KeywayTestKit
import Synchronization

/// A sandbox driver with everything around it under a test's control.
struct SandboxHarness {
    let time = ManualTimeSource()
    let sink = CollectingSink()
    let saved = SavedSettings()
    let driver: SandboxDriver

    init(seed: UInt64 = 1, fastLocks: Int = 0) {
        driver = SandboxDriver(
            time: time,
            random: SteppingGenerator(seed: seed),
            fastLocks: fastLocks,
            saveSettings: saved.save,
            noteBadSettings: saved.note
        )
    }

    /// Runs the driver while the body runs, and stops it.
    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await driver.run(reportingTo: sink) }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// Takes the place of the store: keeps settings, or refuses them.
final class SavedSettings: Sendable {
    struct Failure: Error {}

    private struct State {
        var settings: [Identifier<Device>: [JSONValue]] = [:]
        var notes: [SandboxError] = []
        var isFailing = false
    }

    private let state = Mutex(State())

    /// Takes the longer the earlier it is called, so that callers who do not take turns come back in reverse.
    func save(_ settings: JSONValue, of id: Identifier<Device>) async throws {
        let count = try state.withLock { state in
            if state.isFailing { throw Failure() }
            state.settings[id, default: []].append(settings)
            return state.settings[id, default: []].count
        }
        for _ in stride(from: count, to: 50, by: 1) { await Task.yield() }
    }

    func note(_ error: SandboxError, of _: Identifier<Device>) {
        state.withLock { $0.notes.append(error) }
    }

    func fail() { state.withLock { $0.isFailing = true } }

    func settings(of device: Device) -> [JSONValue] { state.withLock { $0.settings[device.id] ?? [] } }

    var notes: [SandboxError] { state.withLock { $0.notes } }
}

/// A lock that behaves in a way.
func device(
    _ number: UInt64,
    _ behavior: LockBehavior,
    bolt: BoltState = .locked,
    isOnline: Bool = true
) -> Device {
    var device = Samples.lock(number, state: DeviceState(isOnline: isOnline, reportedBolt: bolt))
    device.driverSettings = behavior.driverSettings
    return device
}

/// Lock 1, which behaves in a way.
func device(_ behavior: LockBehavior, bolt: BoltState = .locked, isOnline: Bool = true) -> Device {
    device(1, behavior, bolt: bolt, isOnline: isOnline)
}

import KeywayDriver
import KeywayEngine
import KeywayMetrics
import KeywayModel
import KeywayStore
import KeywayTestKit
import Logging
import ServiceLifecycle

/// An engine with a scripted driver and a store in memory, on a clock that the test moves.
struct EngineHarness {
    let store: FailingStore
    let driver: ScriptedDriver
    let clock: ManualTimeSource
    let engine: Engine
    var commands: AsyncStream<Command>.Iterator

    static let workspace = Samples.workspace()

    /// An engine over a store that has `locks` locks, numbered from 1.
    init(
        locks: UInt64 = 1,
        store: (any Store)? = nil,
        driver: ScriptedDriver = ScriptedDriver(),
        clock: ManualTimeSource = ManualTimeSource(),
        firstID: UInt64 = 1_000_000,
        configuration: EngineConfiguration = EngineConfiguration(),
        metrics: MetricsRegistry = MetricsRegistry()
    ) async throws {
        self.store = FailingStore(around: store ?? MemoryStore())
        self.driver = driver
        self.clock = clock
        commands = driver.commands.makeAsyncIterator()
        engine = Engine(
            store: self.store,
            drivers: DriverRegistry([driver]),
            time: clock,
            ids: CountingIdentifiers(startingAt: firstID),
            configuration: configuration,
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await self.store.add(
            Self.workspace,
            accounts: [Samples.account()],
            devices: (1...locks).map { Samples.lock($0) }
        )
    }

    /// The command the driver is given next.
    mutating func nextCommand() async throws -> Command {
        var iterator = commands
        defer { commands = iterator }
        guard let command = await iterator.next(isolation: nil) else { throw CancellationError() }
        return command
    }

    func request(
        _ actionType: ActionType = .unlockDoor,
        on device: Device = Samples.lock(),
        within deadline: Duration? = nil
    ) async throws -> ActionAttempt {
        try await engine.request(actionType, on: device, by: .apiKey(Samples.id(1)), deadlineAfter: deadline)
    }

    func report(_ bolt: BoltState, device: Device = Samples.lock()) async throws {
        try await engine.deliver(DeviceReport(deviceID: device.id, content: .bolt(bolt)))
    }

    func events() async throws -> [Event] {
        try await store.events(EventQuery(workspaceID: Self.workspace.id, limit: 100_000))
    }

    /// Runs the engine and its driver while the body runs, and then cancels both, as a crash does.
    mutating func run(_ body: (inout Self) async throws -> Void) async throws {
        let (engine, driver) = (self.engine, self.driver)
        let running = Task {
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                group.addTask { try await driver.run(reportingTo: engine) }
            }
        }
        do {
            try await body(&self)
        } catch {
            running.cancel()
            await running.value
            throw error
        }
        running.cancel()
        await running.value
    }
}

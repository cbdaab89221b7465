#if MQTT
import KeywayDriver
import KeywayEngine
import KeywayMetrics
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayMQTT

/// The driver under a real engine and a store in memory, with a real broker and a lock on it, on a clock that the test
/// moves.
struct DriverHarness: Sendable {
    let driver: Recorder
    let engine: Engine
    let store: MemoryStore
    let clock: ManualTimeSource
    let sink: RecordingSink
    let log: WatchedLog
    /// What was written down about the account's connection.
    let connections: Watched<[Bool]>
    let metrics: MetricsRegistry

    static let accountID: Identifier<ConnectedAccount> = Samples.id(7)

    /// Takes what the driver says to the engine, and remembers it once it is durable.
    final class RecordingSink: ReportSink {
        let engine: Engine
        let reports = Watched<[DeviceReport]>([])
        let devices = Watched<[Device]>([])
        /// Whether nothing can be made durable.
        let isOut = Watched(false)
        /// How often something could not be.
        let refusals = Watched(0)

        struct Outage: Error {}

        init(_ engine: Engine) {
            self.engine = engine
        }

        func deliver(_ report: DeviceReport) async throws {
            guard !isOut.value else {
                refusals.change { $0 += 1 }
                throw Outage()
            }
            try await engine.deliver(report)
            reports.change { $0.append(report) }
        }

        func discovered(_ device: Device) async throws {
            try await engine.discovered(device)
            devices.change { $0.append(device) }
        }
    }

    /// Passes commands on to the driver, and remembers which ones it has answered.
    final class Recorder: DeviceDriver {
        let driver: MQTTDriver
        let answered = Watched<[Identifier<ActionAttempt>]>([])

        init(_ driver: MQTTDriver) {
            self.driver = driver
        }

        var provider: Provider { driver.provider }

        func run(reportingTo sink: any ReportSink) async {
            await driver.run(reportingTo: sink)
        }

        func perform(_ command: Command, on device: Device) async -> CommandAnswer {
            let answer = await driver.perform(command, on: device)
            answered.change { $0.append(command.attemptID) }
            return answer
        }

        func readBolt(of device: Device) async -> BoltState? {
            await driver.readBolt(of: device)
        }
    }

    /// Runs an engine and a driver with one account at a broker's port for as long as the body does.
    static func run(
        on port: Int,
        store: MemoryStore = MemoryStore(),
        clock: ManualTimeSource = ManualTimeSource(),
        firstID: UInt64 = 1000,
        _ body: (DriverHarness) async throws -> Void
    ) async throws {
        if try await store.workspaces().isEmpty {
            let account = ConnectedAccount(
                id: accountID,
                workspaceID: Samples.id(1),
                provider: .mqtt,
                displayName: "House",
                createdAt: Samples.start,
                settings: try MQTTSettings(host: "127.0.0.1", port: port).json
            )
            try await store.add(Samples.workspace(), accounts: [account], devices: [])
        }
        let harness = DriverHarness(store, clock, firstID)
        let running = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await harness.engine.run() }
                group.addTask { await harness.driver.run(reportingTo: harness.sink) }
            }
        }
        do {
            try await body(harness)
        } catch {
            running.cancel()
            await running.value
            throw error
        }
        running.cancel()
        await running.value
    }

    /// How many accounts are shown in a state, `connected` or `disconnected`.
    func accounts(_ state: String) -> String? {
        metrics.shown(#"keyway_connected_accounts{provider="mqtt",state="\#(state)"}"#)
    }

    private init(_ store: MemoryStore, _ clock: ManualTimeSource, _ firstID: UInt64) {
        let metrics = MetricsRegistry()
        self.metrics = metrics
        let (log, connections) = (WatchedLog(), Watched<[Bool]>([]))
        let driver = MQTTDriver(
            source: AccountSource(
                accounts: { try await store.connectedAccounts(of: .mqtt) },
                devices: { try await store.devices(DeviceQuery(workspaceID: $0.workspaceID)).elements }
            ),
            noteConnection: { _, stands in connections.change { $0.append(stands) } },
            time: clock,
            random: SystemRandomNumberGenerator(),
            // Nothing about the connection itself hangs on the clock, so moving it never ends a try.
            configuration: MQTTConfiguration(connectTimeout: .seconds(86400), longestReconnectPause: .zero),
            metrics: metrics,
            logger: log.logger
        )
        self.driver = Recorder(driver)
        engine = Engine(
            store: store,
            drivers: DriverRegistry([self.driver]),
            time: clock,
            ids: CountingIdentifiers(startingAt: firstID),
            logger: log.logger
        )
        sink = RecordingSink(engine)
        (self.store, self.clock, self.log, self.connections) = (store, clock, log, connections)
    }

    // MARK: What is known

    static func deviceID(_ identity: String = "front") -> Identifier<Device> {
        .derived(from: identity, in: accountID)
    }

    /// Returns once something was reported, and is durable.
    func reported(_ content: DeviceReport.Content, count: Int = 1) async {
        await sink.reports.wait { $0.count { $0.content == content } >= count }
    }

    func device() async throws -> Device {
        try #require(try await engine.device(Self.deviceID(), in: Samples.id(1)))
    }

    func events() async throws -> [EventType] {
        try await store.events(EventQuery(workspaceID: Samples.id(1))).map(\.type)
    }

    // MARK: Attempts

    func request(
        _ action: ActionType = .unlockDoor,
        _ parameters: ActionParameters = .none,
        within deadline: Duration = .seconds(30)
    ) async throws -> ActionAttempt {
        let device = try await device()
        return try await engine.request(
            action,
            parameters,
            on: device,
            by: .apiKey(Samples.id(1)),
            deadlineAfter: deadline
        )
    }

    /// The attempt once it has its outcome.
    func resolved(_ attempt: ActionAttempt) async throws -> ActionAttempt {
        try await engine.resolution(of: attempt, within: .seconds(86400))
    }

    /// Returns once the driver's answer to an attempt's command has put something on its timeline.
    func reached(_ kind: TimelineEntry.Kind, _ attempt: ActionAttempt) async {
        await driver.answered.wait { $0.contains(attempt.id) }
        // The engine has it in its hands now, so that takes but a moment.
        while !Task.isCancelled, await !engine.latest(attempt).timeline.contains(where: { $0.kind == kind }) {
            await Task.yield()
        }
    }

    /// Moves the clock beyond an attempt's deadline and the reading after it, and returns the outcome.
    func outcomeAfterDeadline(of attempt: ActionAttempt) async throws -> Outcome? {
        clock.advance(by: .seconds(30))
        return try await outcomeAfterReading(of: attempt)
    }

    /// Moves the clock beyond the reading after an attempt's deadline, and returns the outcome.
    func outcomeAfterReading(of attempt: ActionAttempt) async throws -> Outcome? {
        let resolving = Task { try await resolved(attempt) }
        // The reading that nobody answers, and then the grace.
        for _ in 0..<4 where !Task.isCancelled {
            await clock.waitForSleeper()
            clock.advance(by: .seconds(1))
        }
        return try await resolving.value.outcome
    }
}

/// A lock on the broker that a test plays.
struct PlayedLock: Sendable {
    let client: PlainClient

    static let commandTopic = "front/set"
    static let stateTopic = "front/state"
    static let availabilityTopic = "front/availability"

    /// Announces it and says where its bolt is.
    func appear(_ options: String = "", isAvailable: Bool = true, listens: Bool = true) async throws {
        if listens { try await client.subscribe(Self.commandTopic) }
        let config = """
            {"name":"Front","unique_id":"front","command_topic":"\(Self.commandTopic)",\
            "state_topic":"\(Self.stateTopic)","availability_topic":"\(Self.availabilityTopic)"\(options)}
            """
        try await client.publish("homeassistant/lock/front/config", config, retain: true)
        try await client.publish(Self.availabilityTopic, isAvailable ? "online" : "offline", retain: true)
        try await client.publish(Self.stateTopic, "LOCKED", retain: true)
    }

    /// Says where the bolt is, live.
    func say(_ state: String) async throws {
        try await client.publish(Self.stateTopic, state, retain: true)
    }

    /// Returns once a command has come so often.
    func commanded(_ command: String, count: Int = 1) async {
        await client.messages.wait { messages in
            messages.count { $0.topic == Self.commandTopic && $0.text == command } >= count
        }
    }

    /// How often a command has come.
    func count(_ command: String) -> Int { client.count(Self.commandTopic, command) }
}
#endif

import ArgumentParser
import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayStoreSQLite
import Logging
import Synchronization

/// How long it takes from a request to its command at the driver, beside the disk's own commits.
struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract:
            "Unlocks doors at a rate through the engine and the store; the driver notes when it gets each command. "
            + "After it, the disk's smallest commits, and the same rows by hand."
    )

    @Option(help: "A new file for Keyway's database; what stands beside it goes into others next to it.")
    var database: String

    @Option(help: "Unlocks per second.")
    var rate = 500

    @Option(help: "How many seconds each of the three is measured.")
    var seconds = 5

    func run() async throws {
        let traffic = Traffic(writers: 64, attemptsEach: 0)
        let store = try SQLiteStore(SQLiteStoreConfiguration(path: database))
        try await traffic.prepare(store)
        let driver = StampingDriver()
        var logger = Logger(label: "bench")
        logger.logLevel = .warning
        let engine = Engine(
            store: store,
            drivers: DriverRegistry([driver]),
            time: Clocks.system,
            ids: Clocks.identifiers,
            logger: logger
        )
        let latencies = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            group.addTask { try await driver.run(reportingTo: engine) }
            // The first requests make the lanes.
            for lock in traffic.locks { try await Self.unlock(lock, engine) }
            // Once to make the log and its file what they are on any day but the first, and once to be measured.
            for _ in 1...2 {
                driver.forget()
                try await unlock(traffic.locks, engine, driver)
            }
            try await Clocks.system.sleep(for: .milliseconds(200))
            group.cancelAll()
            return driver.latencies()
        }
        let disk = try await DiskCommand.measure(database: database + ".disk", rate: rate, seconds: seconds)
        let byHand = try await acceptancesByHand()
        var figures: [String: Double] = [:]
        for (name, value) in latencies.summary { figures["command_\(name)"] = value }
        for (name, value) in disk.summary { figures["disk_\(name)"] = value }
        for (name, value) in byHand.summary { figures["hand_\(name)"] = value }
        try report(figures)
        try? await store.close()
    }

    private func acceptancesByHand() async throws -> Latencies {
        let lanes = 64
        let traffic = Traffic(writers: lanes, attemptsEach: 2 * rate * seconds / lanes + 1)
        let path = database + ".hand"
        let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
        try await traffic.prepare(store)
        try await store.close()
        return try await HandWrittenStore.acceptances(of: traffic, database: path, rate: rate, seconds: seconds)
    }

    /// Unlocks one lock after the other at the rate, and tells the driver when each was asked for.
    private func unlock(_ locks: [Device], _ engine: Engine, _ driver: StampingDriver) async throws {
        try await withThrowingTaskGroup(of: Void.self) { requests in
            for tick in Ticks(perSecond: rate, seconds: seconds) {
                try await tick.wait()
                let lock = locks[tick.number % locks.count]
                requests.addTask {
                    let start = Clocks.nanoseconds()
                    let attempt = try await Self.unlock(lock, engine)
                    driver.noteRequest(of: attempt, at: start)
                }
            }
            try await requests.waitForAll()
        }
    }

    @discardableResult
    private static func unlock(_ lock: Device, _ engine: Engine) async throws -> Identifier<ActionAttempt> {
        try await engine.request(.unlockDoor, on: lock, by: .apiKey(Identifier(high: 1, low: 1))).id
    }
}

/// A driver of instant locks that notes when each command came.
private final class StampingDriver: DeviceDriver {
    private struct State {
        var requestedAt: [Identifier<ActionAttempt>: Int64] = [:]
        var commandedAt: [Identifier<ActionAttempt>: Int64] = [:]
    }

    let provider = Provider.sandbox
    private let state = Mutex(State())
    private let reports: AsyncStream<DeviceReport>
    private let newReports: AsyncStream<DeviceReport>.Continuation

    init() { (reports, newReports) = AsyncStream.makeStream() }

    func run(reportingTo sink: any ReportSink) async throws {
        await withDiscardingTaskGroup { group in
            for await report in reports { group.addTask { try? await sink.deliver(report) } }
            group.cancelAll()
        }
    }

    func perform(_ command: Command, on device: Device) async -> CommandAnswer {
        let now = Clocks.nanoseconds()
        state.withLock { $0.commandedAt[command.attemptID] = now }
        newReports.yield(
            DeviceReport(deviceID: device.id, content: .bolt(.unlocked), attemptID: command.attemptID)
        )
        return .acknowledged
    }

    func readBolt(of _: Device) async -> BoltState? { .unlocked }

    func noteRequest(of id: Identifier<ActionAttempt>, at instant: Int64) {
        state.withLock { $0.requestedAt[id] = instant }
    }

    func forget() { state.withLock { $0 = State() } }

    func latencies() -> Latencies {
        var latencies = Latencies()
        state.withLock { state in
            for (id, start) in state.requestedAt {
                if let end = state.commandedAt[id] { latencies.add(end - start) }
            }
        }
        return latencies
    }
}

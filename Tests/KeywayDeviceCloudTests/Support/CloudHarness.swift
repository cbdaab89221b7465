import Crypto
import Foundation
import KeywayDriver
import KeywayMetrics
import KeywayModel
import KeywayTestKit
import Logging
import Synchronization

@testable import KeywayDeviceCloud

/// A driver with one account at a scripted maker, on a clock that the test moves.
struct CloudHarness {
    let maker: ScriptedMaker
    let driver: DeviceCloudDriver
    let clock = ManualTimeSource()
    let sink = CollectingSink()
    let accounts: Accounts
    let log = CollectedLog()
    let metrics = MetricsRegistry()

    static let token = "tok_hush-hush.42"
    static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    static let accountID: Identifier<ConnectedAccount> = Samples.id(7)

    /// What the driver reads of the store.
    final class Accounts: Sendable {
        private let state = Mutex<(accounts: [ConnectedAccount], devices: [Device])>(([], []))

        func set(_ accounts: [ConnectedAccount]) { state.withLock { $0.accounts = accounts } }
        func set(_ devices: [Device]) { state.withLock { $0.devices = devices } }
        var all: [ConnectedAccount] { state.withLock { $0.accounts } }

        var source: AccountSource {
            AccountSource(
                accounts: { self.all },
                devices: { account in
                    self.state.withLock { $0.devices.filter { $0.connectedAccountID == account.id } }
                }
            )
        }
    }

    static func account(
        _ id: Identifier<ConnectedAccount> = accountID,
        baseURL: String,
        removedAt: Timestamp? = nil
    ) throws -> ConnectedAccount {
        let settings = try DeviceCloudSettings(baseURL: baseURL, token: token, callbackSecret: secret)
        return ConnectedAccount(
            id: id,
            workspaceID: Samples.id(1),
            provider: .deviceCloud,
            displayName: "Maker & Sons",
            createdAt: Samples.start,
            settings: removedAt == nil ? settings.json : .null,
            removedAt: removedAt
        )
    }

    /// Where the account's maker is; nothing listens at the second one.
    enum Place { case reachable, nowhere }

    /// Runs a driver with a maker that has the locks `lock-1` and `lock 2/ü`, until the body returns.
    static func run(
        _ configuration: DeviceCloudConfiguration = DeviceCloudConfiguration(),
        at place: Place = .reachable,
        prepare: (ScriptedMaker, Accounts) throws -> Void = { _, _ in },
        body: @escaping @Sendable (CloudHarness) async throws -> Void
    ) async throws {
        try await ScriptedMaker.run { maker, baseURL in
            let accounts = Accounts()
            // Port 1 is reserved, and nobody listens there.
            accounts.set([try account(baseURL: place == .reachable ? baseURL : "http://127.0.0.1:1/api")])
            maker.on("GET /api/locks", .answer(200, listOfTwo))
            maker.on("GET /api/locks/lock-1", .answer(200, lockBody()))
            maker.on("GET /api/locks/lock%202%2F%C3%BC", .answer(200, lockBody(bolt: "unlocked")))
            try prepare(maker, accounts)
            let harness = CloudHarness(maker: maker, accounts: accounts, configuration)
            let (driver, sink) = (harness.driver, harness.sink)
            let running = Task { await driver.run(reportingTo: sink) }
            let result = await Result { try await body(harness) }
            running.cancel()
            await running.value
            try result.get()
        }
    }

    private init(maker: ScriptedMaker, accounts: Accounts, _ configuration: DeviceCloudConfiguration) {
        self.maker = maker
        self.accounts = accounts
        driver = DeviceCloudDriver(
            source: accounts.source,
            time: clock,
            configuration: configuration,
            metrics: metrics,
            logger: log.logger
        )
    }

    static let listOfTwo = """
        {"locks":[{"lock_id":"lock-1","name":"Front","model":"M1","address":"Street 1"},{"lock_id":"lock 2/ü"}]}
        """

    /// A lock's own answer.
    static func lockBody(bolt: String = "locked", online: Bool = true, more: String = "") -> String {
        #"{"device_id":"x","device_type":"smart_lock","device_model":"M1","online":\#(online),"lock_state":"\#(bolt)""#
            + #","updated_at":"2026-01-01T00:00:00Z"\#(more)}"#
    }

    /// How many accounts are shown in a state, `connected` or `disconnected`.
    func accounts(_ state: String) -> String? {
        metrics.shown(#"keyway_connected_accounts{provider="device_cloud",state="\#(state)"}"#)
    }

    /// Returns once the first reading of the two locks is over, and leaves out what it reported.
    func discovered() async -> [DeviceReport] {
        await sink.reports(count: 4)
    }

    // MARK: Commands

    static func device(_ lockID: String = "lock-1") -> Device {
        var state = DeviceState(reportedBolt: .locked)
        state.isOnline = true
        return Device(
            id: deviceID(lockID),
            workspaceID: Samples.id(1),
            connectedAccountID: accountID,
            provider: .deviceCloud,
            nativeID: lockID,
            createdAt: Samples.start,
            description: Samples.lock().description,
            state: state
        )
    }

    static func deviceID(_ lockID: String = "lock-1") -> Identifier<Device> {
        Identifier<Device>.derived(from: lockID, in: accountID)
    }

    func command(
        _ number: UInt64 = 1,
        _ actionType: ActionType = .unlockDoor,
        on device: Device = device(),
        within deadline: Duration = .seconds(30)
    ) -> Command {
        let now = clock.now()
        return Command(
            attemptID: Samples.id(number),
            deviceID: device.id,
            actionType: actionType,
            deadline: now.monotonic + deadline,
            deadlineAt: now.wall + deadline
        )
    }

    // MARK: Callbacks

    /// Signs a callback as Standard Webhooks says, in a second way beside the one under test.
    static func sign(_ body: String, id: String, at seconds: Int64, secret: String = secret) -> String {
        let key = SymmetricKey(data: Data(base64Encoded: String(secret.dropFirst(6))) ?? Data())
        let content = Data("\(id).\(seconds).\(body)".utf8)
        return "v1," + Data(HMAC<SHA256>.authenticationCode(for: content, using: key)).base64EncodedString()
    }

    /// Brings a signed callback.
    func call(
        _ body: String,
        id: String = "msg_1",
        for accountID: Identifier<ConnectedAccount> = accountID,
        changing change: (inout [String: String]) -> Void = { _ in }
    ) async -> CallbackVerdict {
        let seconds = clock.now().wall.microseconds / 1_000_000
        var headers = [
            "webhook-id": id, "webhook-timestamp": "\(seconds)",
            "webhook-signature": Self.sign(body, id: id, at: seconds),
        ]
        change(&headers)
        return await driver.receive(Callback(headers: headers, body: Array(body.utf8)), for: accountID)
    }

    /// A completed action's event.
    static func completed(
        _ action: String = "unlock",
        lockID: String = "lock-1",
        timestamp: String = "2026-01-01T00:00:00Z",
        _ more: String = #""status":"success""#
    ) -> String {
        #"{"event_type":"lock.action_completed","device_id":"\#(lockID)","timestamp":"\#(timestamp)","#
            + #""action":"\#(action)",\#(more)}"#
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// Everything that is logged, as text.
final class CollectedLog: Sendable {
    private let text = Mutex("")

    var all: String { text.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: CollectedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.text.withLock { $0 += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
        }
    }
}

package import KeywayDriver
package import KeywayModel
package import Logging
package import Metrics
import Synchronization

/// The driver of locks behind makers' HTTP APIs (docs/device-cloud.md), for any number of connected accounts.
///
/// Commands go out over HTTP; what the locks say comes in by signed callbacks, and by reading all locks now and then.
/// Only a callback that names the attempt, or a reading made for it, can confirm it (G6).
package final class DeviceCloudDriver: DeviceDriver, AccountSynchronizer {
    /// Always ``KeywayModel/Provider/deviceCloud``.
    package let provider = Provider.deviceCloud

    let configuration: DeviceCloudConfiguration
    let time: any TimeSource
    let logger: Logger
    let client: MakerClient
    let tally: ConnectionTally
    private let source: AccountSource
    private let accounts: ServedAccounts<CloudAccount>
    private let sink = Mutex<(any ReportSink)?>(nil)

    /// Makes a driver, which must be run, as only then it lets go of its connections.
    ///
    /// - Parameters:
    ///   - source: Where it learns of connected accounts and their locks.
    ///   - time: What intervals, time limits and deadlines are counted on.
    ///   - configuration: The settings.
    ///   - metrics: Who is told how many accounts are connected; by default nobody.
    ///   - logger: Where it says what is wrong with an account, once, and when it is right again.
    package init(
        source: AccountSource,
        time: any TimeSource,
        configuration: DeviceCloudConfiguration = DeviceCloudConfiguration(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) {
        self.source = source
        self.time = time
        self.configuration = configuration
        self.logger = logger
        client = MakerClient(maximumAnswerBytes: configuration.maximumAnswerBytes)
        tally = ConnectionTally(of: provider, metrics)
        accounts = ServedAccounts(
            source: source,
            pollInterval: configuration.accountPollInterval,
            time: time,
            tally: tally,
            logger: logger
        ) { stored in
            CloudAccount(stored, try DeviceCloudSettings(stored.settings), configuration)
        }
    }

    /// Serves the accounts that there are, until the task is cancelled; once in a driver's life.
    package func run(reportingTo sink: any ReportSink) async {
        self.sink.withLock { $0 = sink }
        await accounts.run(reportingTo: sink) { await self.discoverRepeatedly($0, reportingTo: sink) }
        await client.shutDown()
    }

    // MARK: Accounts

    private func discoverRepeatedly(_ account: CloudAccount, reportingTo sink: any ReportSink) async {
        while !account.isReady.isOpen {
            do {
                for device in try await source.devices(account.account) {
                    let lock = CloudAccount.KnownLock(
                        bridgeID: device.driverSettings[Self.bridgeKey]?.stringValue,
                        isRemoved: device.state.offlineCause == .removed
                    )
                    account.remember(device.nativeID, as: lock)
                }
                account.isReady.open()
            } catch {
                guard (try? await time.sleep(for: configuration.accountPollInterval)) != nil else { return }
            }
        }
        repeat {
            // Before the reading: what changes after somebody asks for one may be missed by one that is under way.
            let summons = account.awaitSummons()
            await discover(account, reportingTo: sink)
            await pause(untilSummonedBy: summons)
        } while !Task.isCancelled
    }

    /// Waits for the next reading of all locks to be due, or asked for.
    private func pause(untilSummonedBy summons: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await self.time.sleep(for: self.configuration.discoveryInterval) }
            group.addTask { await summons.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Has the locks of an account read now, or once more if they are being read, without waiting for that.
    ///
    /// An account that the driver does not serve yet is read as soon as it does.
    package func synchronize(_ accountID: Identifier<ConnectedAccount>) async {
        accounts[accountID]?.summon()
    }

    /// The account with this id and where its locks' reports go; waits until the driver knows which accounts there are.
    func service(
        of id: Identifier<ConnectedAccount>
    ) async throws -> (account: CloudAccount, sink: any ReportSink)? {
        guard let account = try await accounts.account(id), let sink = sink.withLock(\.self) else { return nil }
        return (account, sink)
    }

    // MARK: Readings

    /// Asks a lock's maker where its bolt is.
    ///
    /// - Returns: Nil if it does not know, or does not say so within ``DeviceCloudConfiguration/readTimeout``.
    package func readBolt(of device: Device) async -> BoltState? {
        let limit = time.now().monotonic + configuration.readTimeout
        return try? await within(limit, on: time) {
            guard let account = try await self.service(of: device.connectedAccountID)?.account else { return nil }
            let answer = try await account.readingSlots.occupy {
                try await self.client.get(Self.path(of: device.nativeID), of: account.settings)
            }
            let lock: MakerLock? = answer.isSuccess ? answer.decoded() : nil
            return lock?.bolt
        }
    }

    /// Where the maker has a lock.
    static func path(of lockID: String) -> String {
        "/locks/\(MakerClient.escaped(lockID))"
    }

    /// Under which key a lock's driver settings have the id of its bridge.
    static let bridgeKey = "bridge_id"
}

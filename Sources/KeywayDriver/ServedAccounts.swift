package import KeywayModel
package import Logging
import Synchronization

/// A connected account while a driver serves it.
package protocol ServedAccount: AnyObject, Sendable {
    /// The account.
    var account: ConnectedAccount { get }
    /// Opens when the account is removed.
    var removal: Latch { get }
}

/// The connected accounts of one driver: sees which come and go, has each served as long as it is there, and says of the
/// devices of a removed one that they are removed.
package final class ServedAccounts<Served: ServedAccount>: Sendable {
    private let source: AccountSource
    private let pollInterval: Duration
    private let time: any TimeSource
    private let tally: ConnectionTally
    private let logger: Logger
    private let make: @Sendable (ConnectedAccount) throws -> Served
    private let state = Mutex(State())
    /// Opens once it is known which accounts there are.
    private let hasLooked = Latch()

    private struct State {
        var accounts: [Identifier<ConnectedAccount>: Served] = [:]
        /// Removed accounts, and those with settings that cannot be used: seen once, and done with.
        var dismissed: Set<Identifier<ConnectedAccount>> = []
        var isBlind = false
    }

    /// Begins with no account.
    ///
    /// - Parameters:
    ///   - source: Where it learns of accounts and their devices.
    ///   - pollInterval: How often it looks which accounts there are, and tries again what failed.
    ///   - time: What the interval is counted on.
    ///   - tally: Where the accounts are counted while they are served; the driver tells it which are connected.
    ///   - logger: Where it says what is wrong with an account, once.
    ///   - make: Makes what serves an account; throws if its settings cannot be used.
    package init(
        source: AccountSource,
        pollInterval: Duration,
        time: any TimeSource,
        tally: ConnectionTally,
        logger: Logger,
        make: @escaping @Sendable (ConnectedAccount) throws -> Served
    ) {
        self.source = source
        self.pollInterval = pollInterval
        self.time = time
        self.tally = tally
        self.logger = logger
        self.make = make
    }

    /// The account with this id if it is served now.
    package subscript(id: Identifier<ConnectedAccount>) -> Served? { state.withLock { $0.accounts[id] } }

    /// The account with this id if it is served, as soon as it is known which accounts there are.
    ///
    /// - Throws: `CancellationError` if the task is cancelled before.
    package func account(_ id: Identifier<ConnectedAccount>) async throws -> Served? {
        await hasLooked.wait()
        try Task.checkCancellation()
        return self[id]
    }

    /// Has the accounts that there are served, until the task is cancelled; once in a driver's life.
    ///
    /// - Parameters:
    ///   - sink: Who is told that the devices of a removed account are removed.
    ///   - serve: Serves one account until the task is cancelled.
    package func run(
        reportingTo sink: any ReportSink,
        serving serve: @escaping @Sendable (Served) async -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            repeat {
                for work in await look() {
                    group.addTask {
                        switch work {
                        case .serve(let served): await self.keep(served, reportingTo: sink, serve)
                        case .clear(let account): await self.clear(account, reportingTo: sink)
                        }
                    }
                }
            } while (try? await time.sleep(for: pollInterval)) != nil
            group.cancelAll()
        }
    }

    private enum Work: Sendable {
        case serve(Served)
        case clear(ConnectedAccount)
    }

    /// Looks which accounts there are, and returns what is to be done about those that came and went.
    private func look() async -> [Work] {
        let stored: [ConnectedAccount]
        do {
            stored = try await source.accounts()
        } catch {
            let isNew = state.withLock { state in
                defer { state.isBlind = true }
                return !state.isBlind
            }
            if isNew { logger.error("connected accounts cannot be read", metadata: ["error": "\(error)"]) }
            return []
        }
        let works = state.withLock { state in
            state.isBlind = false
            return stored.compactMap { work(for: $0, &state) }
        }
        hasLooked.open()
        return works
    }

    private func work(for stored: ConnectedAccount, _ state: inout State) -> Work? {
        if let served = state.accounts[stored.id] {
            guard stored.removedAt != nil else { return nil }
            state.accounts[stored.id] = nil
            state.dismissed.insert(stored.id)
            // Its task ends and clears up.
            served.removal.open()
            return nil
        }
        guard !state.dismissed.contains(stored.id) else { return nil }
        guard stored.removedAt == nil else {
            state.dismissed.insert(stored.id)
            return .clear(stored)
        }
        do {
            let served = try make(stored)
            state.accounts[stored.id] = served
            return .serve(served)
        } catch {
            state.dismissed.insert(stored.id)
            logger.error(
                "a connected account has settings that cannot be used and is not served",
                metadata: ["connected_account.id": "\(stored.id)", "error": "\(error)"]
            )
            return nil
        }
    }

    private func keep(
        _ served: Served,
        reportingTo sink: any ReportSink,
        _ serve: @escaping @Sendable (Served) async -> Void
    ) async {
        tally.begin(served.account.id)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve(served) }
            group.addTask { await served.removal.wait() }
            await group.next()
            group.cancelAll()
        }
        tally.end(served.account.id)
        if served.removal.isOpen { await clear(served.account, reportingTo: sink) }
    }

    /// Says of every device of a removed account that it is removed.
    private func clear(_ account: ConnectedAccount, reportingTo sink: any ReportSink) async {
        repeat {
            do {
                for device in try await source.devices(account) where device.state.offlineCause != .removed {
                    try await sink.deliver(DeviceReport(deviceID: device.id, content: .removed))
                }
                return
            } catch {
                logger.debug("the devices of a removed account are not cleared yet", metadata: ["error": "\(error)"])
            }
        } while (try? await time.sleep(for: pollInterval)) != nil
    }
}

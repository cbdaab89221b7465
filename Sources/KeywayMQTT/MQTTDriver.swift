#if MQTT
package import KeywayDriver
package import KeywayModel
package import Logging
package import Metrics

/// The driver of locks behind MQTT brokers (docs/mqtt.md), for any number of connected accounts with a broker each.
///
/// A command is published once, with QoS 1, and expires at its deadline. Only a message that came live, on the same
/// connection and after the command, can confirm it (G6).
package final class MQTTDriver: DeviceDriver {
    /// Always ``KeywayModel/Provider/mqtt``.
    package let provider = Provider.mqtt

    private let configuration: MQTTConfiguration
    private let time: any TimeSource
    private let source: AccountSource
    private let noteConnection: @Sendable (ConnectedAccount, Bool) async throws -> Void
    private let accounts: ServedAccounts<BrokerAccount>
    private let tally: ConnectionTally

    /// Makes a driver, which does nothing before ``run(reportingTo:)``.
    ///
    /// - Parameters:
    ///   - source: Where it learns of connected accounts and their locks.
    ///   - noteConnection: Writes down whether the connection of an account stands; told when that changes, and once
    ///     at the beginning.
    ///   - time: What intervals, time limits and deadlines are counted on.
    ///   - random: Where the jitter of the pauses between tries to connect comes from.
    ///   - configuration: The settings.
    ///   - metrics: Who is told how many accounts are connected; by default nobody.
    ///   - logger: Where it says what is wrong with an account, once, and when it is right again.
    package init(
        source: AccountSource,
        noteConnection: @escaping @Sendable (ConnectedAccount, Bool) async throws -> Void,
        time: any TimeSource,
        random: some RandomNumberGenerator & Sendable,
        configuration: MQTTConfiguration = MQTTConfiguration(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) {
        self.source = source
        self.noteConnection = noteConnection
        self.time = time
        self.configuration = configuration
        tally = ConnectionTally(of: provider, metrics)
        accounts = ServedAccounts(
            source: source,
            pollInterval: configuration.accountPollInterval,
            time: time,
            tally: tally,
            logger: logger
        ) { stored in
            BrokerAccount(
                stored,
                try MQTTSettings(stored.settings),
                configuration,
                time: time,
                random: random,
                logger: logger
            )
        }
    }

    /// Serves the accounts that there are, until the task is cancelled; once in a driver's life.
    package func run(reportingTo sink: any ReportSink) async {
        let listener = BrokerAccount.Listener(sink: sink) { [tally, noteConnection] account, stands in
            tally.note(account.id, isConnected: stands)
            try await noteConnection(account, stands)
        }
        await accounts.run(reportingTo: sink) { [source] account in
            await account.serve(knowing: { try await source.devices(account.account) }, for: listener)
        }
    }

    // MARK: Commands

    /// Publishes a command once, if that can be done before its deadline.
    ///
    /// - Returns: `.acknowledged` when the broker has taken it, `.delivered` if the lock never says where its bolt is;
    ///   `.refused` if it surely reached no one; `.unanswered` if it may have left and the broker has not taken it in
    ///   time.
    package func perform(_ command: Command, on device: Device) async -> CommandAnswer {
        let accountID = device.connectedAccountID
        do {
            // Noted before anything is waited for: from now on what the lock says may be an answer to this command,
            // but is none before it has left.
            var account = accounts[accountID]
            account?.begin(command, at: device.nativeID)
            if account == nil {
                account = try await within(command.deadline, on: time) { try await self.accounts.account(accountID) }
                account?.begin(command, at: device.nativeID)
            }
            guard let account else {
                return .refused(.deviceDisconnected, "The connected account is removed, or cannot be used.")
            }
            let answer = await perform(command, on: device.nativeID, of: account)
            if case .refused = answer { account.withdraw(command, from: device.nativeID) }
            return answer
        } catch {
            return .refused(.actionAttemptExpired, nil)
        }
    }

    private func perform(
        _ command: Command,
        on identity: String,
        of account: BrokerAccount
    ) async -> CommandAnswer {
        guard command.parameters == .waitWhileOffline else { return await send(command, to: identity, of: account) }
        while true {
            let limit = command.deadline + (.zero - Self.timeToAnswer)
            let isReady: Void? = try? await within(limit, on: time) {
                try await account.waitUntilReady(identity)
            }
            guard isReady != nil else { return .refused(.actionAttemptExpired, nil) }
            let answer = await send(command, to: identity, of: account)
            guard case .refused(let cause, _) = answer, [.deviceOffline, .deviceDisconnected].contains(cause),
                // It reached nobody, for example because the lock is back but does not listen yet.
                account.beginAgain(command, at: identity)
            else { return answer }
            let next = min(command.deadline, time.now().monotonic + Self.pauseBeforeNextTry)
            guard (try? await time.sleep(until: next)) != nil else { return answer }
        }
    }

    /// How long before its deadline a command is given up that waits for its lock.
    ///
    /// It could not be published any more in any case, and the answer comes before the lane asks what became of it.
    private static let timeToAnswer: Duration = .milliseconds(250)
    private static let pauseBeforeNextTry: Duration = .seconds(1)

    private func send(_ command: Command, to identity: String, of account: BrokerAccount) async -> CommandAnswer {
        let lock: AnnouncedLock
        switch account.standing(of: identity) {
        case .ready(let announced), .silent(let announced): lock = announced
        case .noConnection: return .refused(.deviceDisconnected, "There is no connection to the broker.")
        case .notAnnounced: return .refused(.deviceOffline, "Nothing on the broker announces the lock.")
        case .offline: return .refused(.deviceOffline, "The lock is not available.")
        case .bridgeOffline: return .refused(.deviceDisconnected, "The bridge of the lock is offline.")
        }
        guard let message = lock.command(command.actionType) else { return .refused(.notSupported, nil) }
        let outcome = await account.publish(message, for: command, to: identity)
        return Self.answer(to: outcome, isOptimistic: lock.isOptimistic)
    }

    private static func answer(to outcome: PublishOutcome, isOptimistic: Bool) -> CommandAnswer {
        switch outcome {
        case .acknowledged: isOptimistic ? .delivered : .acknowledged
        case .unknown(let reason): .unanswered(reason)
        case .noSubscriber: .refused(.deviceOffline, "Nobody on the broker listens to the lock's commands.")
        case .refused(0x97, let reason): .refused(.rateLimitedByProvider, "The broker refuses it: \(reason).")
        case .refused(_, let reason): .refused(.rejectedByDevice, "The broker refuses it: \(reason).")
        case .notSent(.notConnected(let reason)): .refused(.deviceDisconnected, reason)
        case .notSent(.tooLate): .refused(.actionAttemptExpired, nil)
        case .notSent(.tooMany): .refused(.providerUnavailable, "Too many commands wait for the broker.")
        case .notSent(.unsendable(let reason)): .refused(.notSupported, "It cannot be published: \(reason).")
        }
    }

    // MARK: Readings

    /// Asks a lock where its bolt is, if its bridge can be asked to ask it.
    ///
    /// - Returns: Nil if it cannot, or the lock does not say so within ``MQTTConfiguration/readTimeout``.
    package func readBolt(of device: Device) async -> BoltState? {
        let limit = time.now().monotonic + configuration.readTimeout
        return try? await within(limit, on: time) {
            guard let account = try await self.accounts.account(device.connectedAccountID),
                let question = account.standing(of: device.nativeID).reachableLock?.query
            else { return nil }
            return await account.readBolt(of: device.nativeID, with: question)
        }
    }
}
#endif

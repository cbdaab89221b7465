import FoundationEssentials
import Glibc
import Hummingbird
import KeywayAPI
import KeywayDeviceCloud
import KeywayDriver
import KeywayEngine
import KeywayMetrics
import KeywayModel
import KeywaySandbox
import KeywayStore
import KeywayStoreSQLite
import KeywayWebhooks
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import UnixSignals

#if MQTT
import KeywayMQTT
#endif

/// The whole server: makes every object, joins them, and runs them until it is told to stop.
struct Server {
    let settings: Settings

    /// Runs until SIGTERM or SIGINT; then lets requests and attempts in flight end.
    ///
    /// - Throws: `CommandFailure` with a sentence for the operator if the server cannot start.
    func run() async throws {
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        var logger = Logger(label: "keyway")
        logger.logLevel = settings.logLevel
        for name in settings.unknownNames {
            logger.warning("there is no such setting; it has no effect", metadata: ["setting": "\(name)"])
        }
        do {
            let directory = DataDirectory(path: settings.dataDirectory)
            try directory.create()
            let lock = try directory.lock()
            // Nothing is measured that nobody can see.
            let metrics = settings.api.metricsToken.map { _ in MetricsRegistry() }
            let tenancy = try await Tenancy.open(settings, measuringFor: metrics)
            try await serve(tenancy, metrics, logger: logger)
            try await tenancy.close()
            withExtendedLifetime(lock) {}
        } catch let error as StoreError {
            throw CommandFailure(message: error.message)
        }
        logger.info("stopped")
    }

    private func serve(_ tenancy: Tenancy, _ registry: MetricsRegistry?, logger: Logger) async throws {
        let store = tenancy.store
        let metrics: any MetricsFactory = registry ?? NOOPMetricsHandler.instance
        try await sealSecrets(in: tenancy, logger: logger)
        try await keepListedAccounts(in: tenancy, logger: logger)
        let sandbox = SandboxDriver(
            time: tenancy.time,
            random: SystemRandomNumberGenerator(),
            fastLocks: settings.sandboxFastLocks,
            saveSettings: { settings, id in try await store.setDriverSettings(settings, of: id) },
            noteBadSettings: { error, id in
                logger.warning(
                    "a virtual lock has settings that cannot be used and behaves as usual",
                    metadata: ["device.id": "\(id)", "error": "\(error.message)"]
                )
            }
        )
        let deviceCloud = DeviceCloudDriver(
            source: .stored(in: store, of: .deviceCloud),
            time: tenancy.time,
            configuration: settings.deviceCloud,
            metrics: metrics,
            logger: logger
        )
        let drivers: [any DeviceDriver] = [sandbox, deviceCloud] + brokerDrivers(tenancy, metrics, logger)
        let engine = Engine(
            store: store,
            drivers: DriverRegistry(drivers),
            time: tenancy.time,
            ids: tenancy.ids,
            configuration: settings.engine,
            metrics: metrics,
            logger: logger
        )
        let sender = WebhookSender(
            store: store,
            safety: settings.webhookSafety,
            time: tenancy.time,
            ids: tenancy.ids,
            random: SystemRandomNumberGenerator(),
            configuration: settings.webhooks,
            metrics: metrics,
            logger: logger
        )
        let welcome = Welcome(tenancy: tenancy, host: settings.api.host, logger: logger)
        let application = APIServer.makeApplication(
            APIServices(
                store: store,
                engine: engine,
                simulators: [sandbox.provider: sandbox],
                receivers: [deviceCloud.provider: deviceCloud],
                synchronizers: [deviceCloud.provider: deviceCloud],
                time: tenancy.time,
                ids: tenancy.ids,
                webhooks: settings.webhookSafety,
                metrics: registry,
                configuration: settings.api,
                logger: logger
            ),
            onServerRunning: { port in await welcome.say(port: port ?? settings.api.port) }
        )
        // Dependencies first: on shutdown the last one stops first. So nothing is sent to devices any more, then requests
        // end, then the engine, then its drivers, and at last what tells the world about it all.
        var configuration = ServiceGroupConfiguration(
            services: [sender] + drivers.map { DriverService(driver: $0, sink: engine, logger: logger) } + [
                engine, application, DrainingService(engine: engine),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration =
            settings.engine.drainTimeout + settings.webhooks.drainTimeout + Self.shutdownSlack
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch let error as StoreError {
            throw error
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw CommandFailure(
                message:
                    "Another program listens on port \(settings.api.port) of \(settings.api.host) already. Stop it, or "
                    + "choose another port with --port."
            )
        } catch {
            throw CommandFailure(message: "The server stopped: \(error)")
        }
    }

    /// Gives every stored webhook secret the form that the settings ask for.
    ///
    /// - Throws: `CommandFailure` if a secret cannot be read with the keys there are.
    private func sealSecrets(in tenancy: Tenancy, logger: Logger) async throws {
        do {
            let box = settings.webhookSafety.secrets
            let count = try await box.resealAll(in: tenancy.store, at: tenancy.time.now().wall)
            guard count > 0 else { return }
            logger.notice("webhook secrets were rewritten", metadata: ["webhook.count": "\(count)"])
        } catch let failure as SecretBox.Failure {
            throw CommandFailure(message: "\(failure)")
        }
        do {
            try await tenancy.emptyLog()
        } catch {
            logger.warning(
                "the database's log may hold webhook secrets as they were before, until the server stops",
                metadata: ["store.error": "\(error.code)"]
            )
        }
    }

    /// Makes the accounts of the accounts file, if there is one.
    ///
    /// - Throws: `CommandFailure` if the file, or what it lists, cannot be used.
    private func keepListedAccounts(in tenancy: Tenancy, logger: Logger) async throws {
        guard let path = settings.accountsFile else { return }
        #if MQTT
        let file: AccountsFile
        do throws(SettingsError) { file = try AccountsFile(path: path) } catch {
            throw CommandFailure(message: error.message)
        }
        try await tenancy.keep(file, logger: logger)
        #else
        throw CommandFailure(
            message: "The accounts file \(path) cannot be used: this server is built without MQTT (package trait MQTT)."
        )
        #endif
    }

    /// The time that ending takes beside the drains: writing what is left, and closing connections.
    private static let shutdownSlack: Duration = .seconds(10)
}

extension Server {
    /// The driver of locks behind MQTT brokers, if this server is built with it.
    fileprivate func brokerDrivers(
        _ tenancy: Tenancy,
        _ metrics: any MetricsFactory,
        _ logger: Logger
    ) -> [any DeviceDriver] {
        #if MQTT
        let driver = MQTTDriver(
            source: .stored(in: tenancy.store, of: .mqtt),
            noteConnection: { account, stands in try await tenancy.note(account, isConnected: stands) },
            time: tenancy.time,
            random: SystemRandomNumberGenerator(),
            configuration: MQTTConfiguration(settlingTime: settings.engine.lane.resolutionGrace + .seconds(1)),
            metrics: metrics,
            logger: logger
        )
        return [driver]
        #else
        return []
        #endif
    }
}

extension AccountSource {
    /// The accounts of a provider in a store, and their devices.
    fileprivate static func stored(in store: any Store, of provider: Provider) -> AccountSource {
        AccountSource(
            accounts: { try await store.connectedAccounts(of: provider) },
            devices: { account in
                try await store.everyDevice(
                    DeviceQuery(workspaceID: account.workspaceID, connectedAccountIDs: [account.id])
                )
            }
        )
    }
}

/// What an operator is told once the server listens.
private struct Welcome {
    let tenancy: Tenancy
    let host: String
    let logger: Logger

    func say(port: Int) async {
        let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        var lines = ["Keyway is listening on \(address)"]
        do {
            if let key = try await firstKey() {
                lines += [
                    "",
                    "This is the first start, so there is a sandbox workspace with virtual locks, and a key for it.",
                    "It is shown this once; `keyway keys create` makes more.", "", "API key: \(key.text)", "",
                    "Try:  curl -H 'Authorization: Bearer \(key.text)' \(address)/locks/list",
                    "Python:  Seam(api_key=\"\(key.text)\", endpoint=\"\(address)\")",
                ]
            }
        } catch {
            logger.error("no first API key could be made; use `keyway keys create`", metadata: ["error": "\(error)"])
        }
        // One write and no buffer, so that whoever starts the server and reads along sees all of it now.
        FileOutput.standardOutput.write(lines.joined(separator: "\n") + "\n")
    }

    /// A key for a data directory that has none.
    ///
    /// Made only now, when it can be shown.
    private func firstKey() async throws -> BearerToken? {
        guard try await tenancy.store.apiKeys(of: nil).isEmpty else { return nil }
        let workspace = try await tenancy.workspace(named: nil)
        return try await tenancy.makeKey(named: "made on first start", for: workspace).token
    }
}

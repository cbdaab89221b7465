import FoundationEssentials
import Hummingbird
import KeywayAPI
import KeywayDeviceCloud
import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywaySandbox
import KeywayStore
import KeywayStoreSQLite
import Logging
import ServiceLifecycle
import UnixSignals

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
        do {
            let directory = DataDirectory(path: settings.dataDirectory)
            try directory.create()
            let lock = try directory.lock()
            let tenancy = try await Tenancy.open(settings)
            try await serve(tenancy, logger: logger)
            try await tenancy.close()
            withExtendedLifetime(lock) {}
        } catch let error as StoreError {
            throw CommandFailure(message: error.message)
        }
        logger.info("stopped")
    }

    private func serve(_ tenancy: Tenancy, logger: Logger) async throws {
        let store = tenancy.store
        let sandbox = SandboxDriver(
            time: tenancy.time,
            random: SystemRandomNumberGenerator(),
            saveSettings: { settings, id in try await store.setDriverSettings(settings, of: id) },
            noteBadSettings: { error, id in
                logger.warning(
                    "a virtual lock has settings that cannot be used and behaves as usual",
                    metadata: ["device.id": "\(id)", "error": "\(error.message)"]
                )
            }
        )
        let welcome = try await Welcome(tenancy: tenancy, settings: settings)
        let deviceCloud = DeviceCloudDriver(
            source: .stored(in: store),
            time: tenancy.time,
            configuration: settings.deviceCloud,
            logger: logger
        )
        let engine = Engine(
            store: store,
            drivers: DriverRegistry([sandbox, deviceCloud]),
            time: tenancy.time,
            ids: tenancy.ids,
            configuration: settings.engine,
            logger: logger
        )
        let application = APIServer.makeApplication(
            APIServices(
                store: store,
                engine: engine,
                simulators: [sandbox.provider: sandbox],
                receivers: [deviceCloud.provider: deviceCloud],
                time: tenancy.time,
                ids: tenancy.ids,
                configuration: settings.api,
                logger: logger
            ),
            onServerRunning: { port in welcome.say(port: port ?? settings.api.port) }
        )
        // Dependencies first: on shutdown the last one stops first, so requests end before the engine drains, and the
        // engine drains before its drivers go.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    DriverService(driver: sandbox, sink: engine, logger: logger),
                    DriverService(driver: deviceCloud, sink: engine, logger: logger), engine, application,
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch let error as StoreError {
            throw error
        } catch {
            throw CommandFailure(
                message: "The server stopped: \(error). If it could not listen, another program may have the port "
                    + "\(settings.api.port) of \(settings.api.host)."
            )
        }
    }
}

extension AccountSource {
    /// The device-cloud accounts of a store and their devices.
    fileprivate static func stored(in store: any Store) -> AccountSource {
        AccountSource(
            accounts: { try await store.connectedAccounts(of: .deviceCloud) },
            devices: { account in
                var query = DeviceQuery(workspaceID: account.workspaceID, connectedAccountIDs: [account.id])
                var devices: [Device] = []
                repeat {
                    let page = try await store.devices(query)
                    devices += page.elements
                    query.after = page.next
                } while query.after != nil
                return devices
            }
        )
    }
}

/// What an operator is told once the server listens.
private struct Welcome {
    private let host: String
    /// The key made on the very first start, shown this once.
    private let firstKey: APIKeyToken?

    init(tenancy: Tenancy, settings: Settings) async throws {
        host = settings.api.host
        if try await tenancy.store.apiKeys(of: nil).isEmpty {
            let workspace = try await tenancy.workspace(named: nil)
            firstKey = try await tenancy.makeKey(named: "made on first start", for: workspace).token
        } else {
            firstKey = nil
        }
    }

    func say(port: Int) {
        let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        var lines = ["Keyway is listening on \(address)"]
        if let firstKey {
            lines += [
                "", "This is the first start, so there is a sandbox workspace with virtual locks, and a key for it.",
                "It is shown this once; `keyway keys create` makes more.", "", "API key: \(firstKey.text)", "",
                "Try:  curl -H 'Authorization: Bearer \(firstKey.text)' \(address)/locks/list",
                "Python:  Seam(api_key=\"\(firstKey.text)\", endpoint=\"\(address)\")",
            ]
        }
        // One write and no buffer, so that whoever starts the server and reads along sees all of it now.
        FileOutput.standardOutput.write(lines.joined(separator: "\n") + "\n")
    }
}

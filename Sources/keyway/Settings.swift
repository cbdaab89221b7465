import Configuration
import FoundationEssentials
import KeywayAPI
import KeywayDeviceCloud
import KeywayEngine
import KeywayModel
import KeywayWebhooks
import Logging

/// The server's settings.
///
/// Each is looked for first on the command line, then in the environment (`KEYWAY_` and the name in upper case), then
/// in the configuration file (a JSON object with the names as keys), and has a default.
struct Settings: Hashable, Sendable {
    /// The folder that holds the database.
    ///
    /// Default `keyway-data` in the working directory.
    var dataDirectory: String
    /// A file that lists connected accounts, taken over at each start; nil: there is none.
    var accountsFile: String?
    /// The least important level that is logged.
    ///
    /// Default `info`.
    var logLevel: Logger.Level
    /// How many locks without latency the sandbox has beside its usual ones, for load tests.
    ///
    /// Default 0.
    var sandboxFastLocks: Int
    /// How long a request for an exclusive database waits for another process.
    ///
    /// Default 2 s.
    var storeBusyTimeout: Duration
    /// The most writes that wait for the database; more are refused.
    ///
    /// Default 10,000.
    var maximumStoreQueueLength: Int
    /// The settings of the HTTP side.
    var api: APIConfiguration
    /// The engine's settings.
    var engine: EngineConfiguration
    /// The settings of the driver for makers' HTTP APIs.
    var deviceCloud: DeviceCloudConfiguration
    /// The webhook sender's settings.
    var webhooks: WebhookConfiguration
    /// Where webhooks may send, and what keeps their secrets.
    ///
    /// By default they send to public addresses only, and secrets are stored as they are.
    var webhookSafety: WebhookSafety
    /// The most deliveries that wait for one webhook; those of later events fail at once.
    ///
    /// Default 1,000,000.
    var maximumPendingDeliveries: Int
    /// Names in the environment or the file that look like settings and are none.
    var unknownNames: [String]

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - commandLine: What was given on the command line, by name.
    ///   - environment: The environment's variables.
    ///   - file: The path of the configuration file; nil: the one the environment names, if any.
    /// - Throws: ``SettingsError`` for a value that cannot be used, or a file that cannot be read.
    init(commandLine: [String: String], environment: [String: String], file: String?) async throws {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(
                environmentVariables: Dictionary(
                    uniqueKeysWithValues: commandLine.map { ("KEYWAY_\($0.key.uppercased())", $0.value) }
                )
            )
            .prefixKeys(with: "keyway"),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "keyway"),
        ]
        if let file = file ?? environment["KEYWAY_CONFIG"] {
            do {
                let path = InMemoryProvider(values: ["filePath": ConfigValue(.string(file), isSecret: false)])
                providers.append(try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: path)))
            } catch {
                throw SettingsError(message: "The configuration file \(file) cannot be used: \(error)")
            }
        }
        let reader = SettingsReader(config: ConfigReader(providers: providers))
        unknownNames = try Self.unknownNames(environment: environment, file: file ?? environment["KEYWAY_CONFIG"])
        dataDirectory = try await reader.text("data_directory") ?? "keyway-data"
        accountsFile = try await reader.text("accounts_file")
        let level = try await reader.text("log_level") ?? "info"
        guard let logLevel = Logger.Level(rawValue: level) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(message: "log_level is \(level); it must be one of \(levels).")
        }
        self.logLevel = logLevel
        sandboxFastLocks = try await reader.number("sandbox_fast_locks", in: 0...10000) ?? 0
        maximumStoreQueueLength = try await reader.number("maximum_store_queue_length", in: 1...1_000_000) ?? 10000
        storeBusyTimeout = .seconds(try await reader.number("store_busy_timeout_seconds", in: 0...60) ?? 2)
        api = APIConfiguration(
            host: try await reader.text("host") ?? "127.0.0.1",
            port: try await reader.number("port", in: 0...65535) ?? 8080,
            maximumBodyBytes: try await reader.number("maximum_body_bytes", in: 1024...1 << 30) ?? 1 << 20,
            maximumPageSize: try await reader.number("maximum_page_size", in: 1...100_000) ?? 1000,
            maximumUnpagedRows: try await reader.number("maximum_unpaged_rows", in: 1...1_000_000) ?? 10000,
            publicBaseURL: try await reader.url("public_url"),
            idleTimeout: .seconds(try await reader.number("idle_timeout_seconds", in: 1...3600) ?? 60),
            maximumConnections: try await reader.number("maximum_connections", in: 1...1_000_000) ?? 4096,
            maximumSyncWait: .seconds(try await reader.number("maximum_sync_wait_seconds", in: 1...600) ?? 60),
            defaultWait: .milliseconds(try await reader.number("default_wait_ms", in: 0...60000) ?? 0),
            maximumEventStreams: try await reader.number("maximum_event_streams", in: 1...100_000) ?? 2048,
            maximumEventStreamsPerKey: try await reader.number("maximum_event_streams_per_key", in: 1...100_000)
                ?? 1024,
            eventStreamHeartbeat: .seconds(
                try await reader.number("event_stream_heartbeat_seconds", in: 1...300) ?? 15
            ),
            eventStreamWriteTimeout: .seconds(
                try await reader.number("event_stream_write_timeout_seconds", in: 1...600) ?? 30
            ),
            metricsToken: try await reader.token("metrics_token")
        )
        engine = EngineConfiguration(
            defaultDeadline: .seconds(try await reader.number("default_deadline_seconds", in: 1...86400) ?? 30),
            lane: LaneLimits(
                maximumLength: try await reader.number("maximum_lane_length", in: 1...10000) ?? 64,
                resolutionGrace: .seconds(try await reader.number("resolution_grace_seconds", in: 0...60) ?? 2),
                lateReportWindow: .seconds(
                    try await reader.number("late_report_window_seconds", in: 0...604_800) ?? 3600
                ),
                maximumTimelineReports: try await reader.number("maximum_timeline_reports", in: 1...1000) ?? 32
            ),
            rateLimit: RateLimit(
                perMinute: try await reader.number("rate_limit_per_minute", in: 0...1_000_000) ?? 15,
                includesSandbox: try await reader.flag("rate_limit_sandbox") ?? false
            ),
            drainTimeout: .seconds(try await reader.number("drain_timeout_seconds", in: 0...600) ?? 10)
        )
        webhooks = try await WebhookConfiguration(reader, drainTimeout: engine.drainTimeout)
        webhookSafety = try await WebhookSafety(reader)
        maximumPendingDeliveries = try await reader.number("webhook_maximum_pending", in: 1...10_000_000) ?? 1_000_000
        deviceCloud = DeviceCloudConfiguration(
            discoveryInterval: .seconds(
                try await reader.number("device_cloud_discovery_interval_seconds", in: 1...86400) ?? 60
            ),
            accountPollInterval: .seconds(
                try await reader.number("device_cloud_account_poll_seconds", in: 1...60) ?? 2
            ),
            readTimeout: .milliseconds(
                try await reader.number("device_cloud_read_timeout_milliseconds", in: 100...2000) ?? 1500
            ),
            callbackTimeout: .seconds(
                try await reader.number("device_cloud_callback_timeout_seconds", in: 1...60) ?? 15
            ),
            maximumConcurrentCommands: try await reader.number("device_cloud_concurrent_commands", in: 1...256) ?? 16,
            maximumConcurrentReadings: try await reader.number("device_cloud_concurrent_readings", in: 1...256) ?? 8,
            maximumLocks: try await reader.number("device_cloud_maximum_locks", in: 1...100_000) ?? 10_000,
            maximumAnswerBytes: try await reader.number("device_cloud_maximum_answer_bytes", in: 1024...1 << 26)
                ?? 4 << 20
        )
    }
}

extension Settings {
    /// Every name there is.
    ///
    /// `account_password` and `account_token` are no settings of the server; `keyway accounts add` reads them. Nor are
    /// `endpoint` and `api_key`, which the commands for a running server read.
    static let names: Set<String> = [
        "account_password", "account_token", "accounts_file", "api_key", "config", "data_directory",
        "default_deadline_seconds",
        "default_wait_ms", "device_cloud_account_poll_seconds", "device_cloud_callback_timeout_seconds",
        "device_cloud_concurrent_commands", "device_cloud_concurrent_readings",
        "device_cloud_discovery_interval_seconds", "device_cloud_maximum_answer_bytes", "device_cloud_maximum_locks",
        "device_cloud_read_timeout_milliseconds", "drain_timeout_seconds", "endpoint",
        "event_stream_heartbeat_seconds", "event_stream_write_timeout_seconds", "host", "idle_timeout_seconds",
        "late_report_window_seconds", "log_level", "maximum_body_bytes", "maximum_connections",
        "maximum_event_streams", "maximum_event_streams_per_key", "maximum_lane_length",
        "maximum_page_size", "maximum_store_queue_length", "maximum_sync_wait_seconds", "maximum_timeline_reports",
        "maximum_unpaged_rows", "metrics_token", "port", "public_url", "rate_limit_per_minute", "rate_limit_sandbox",
        "resolution_grace_seconds", "sandbox_fast_locks", "secret_key", "secret_key_previous",
        "store_busy_timeout_seconds", "webhook_allowed_networks", "webhook_maximum_pending", "webhook_maximum_requests",
        "webhook_maximum_requests_per_endpoint", "webhook_poll_seconds", "webhook_retention_days",
        "webhook_timeout_seconds",
    ]

    /// The names that look like settings and are none, as a misspelt bound would be.
    private static func unknownNames(environment: [String: String], file: String?) throws -> [String] {
        var unknown = environment.keys.filter { name in
            name.hasPrefix("KEYWAY_") && !names.contains(name.dropFirst("KEYWAY_".count).lowercased())
        }
        if let file, let text = FileManager.default.contents(atPath: file),
            case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: text)
        {
            unknown += members.keys.filter { !names.contains($0) }
        }
        return unknown.sorted()
    }
}

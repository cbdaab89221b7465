import FoundationEssentials
import KeywayAPI
import KeywayDeviceCloud
import KeywayEngine
import KeywayModel
import KeywayTestKit
import KeywayWebhooks
import Logging
import Testing

@testable import keyway

@Suite("Settings")
struct SettingsTests {
    func settings(
        commandLine: [String: String] = [:],
        environment: [String: String] = [:],
        file: String? = nil
    ) async throws -> Settings {
        guard let file else {
            return try await Settings(commandLine: commandLine, environment: environment, file: nil)
        }
        let path = FileManager.default.temporaryDirectory.appending(path: "keyway-settings-\(UUID().uuidString).json")
        try Data(file.utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try await Settings(commandLine: commandLine, environment: environment, file: path.path)
    }

    @Test("have the documented defaults")
    func defaults() async throws {
        let settings = try await settings()
        #expect(settings.api.host == "127.0.0.1")
        #expect(settings.api.port == 8080)
        #expect(settings.dataDirectory == "keyway-data")
        #expect(settings.engine == EngineConfiguration())
        #expect(settings.deviceCloud == DeviceCloudConfiguration())
        #expect(settings.webhooks == WebhookConfiguration())
        #expect(settings.webhookSafety == WebhookSafety())
        #expect(settings.maximumPendingDeliveries == 1_000_000)
        #expect(settings.sandboxFastLocks == 0)
        #expect(settings.api == APIConfiguration())
        #expect(settings.logLevel == .info)
    }

    @Test("are taken from the command line before the environment, and from that before the file")
    func precedence() async throws {
        let settings = try await settings(
            commandLine: ["port": "1"],
            environment: ["KEYWAY_PORT": "2", "KEYWAY_MAXIMUM_LANE_LENGTH": "3"],
            file: #"{"port": 4, "maximum_lane_length": 5, "default_deadline_seconds": 6, "host": "::1"}"#
        )
        #expect(settings.api.port == 1)
        #expect(settings.engine.lane.maximumLength == 3)
        #expect(settings.engine.defaultDeadline == .seconds(6))
        #expect(settings.api.host == "::1")
    }

    @Test(
        "G12 refuse what is out of range or of the wrong kind, naming the setting",
        arguments: [
            ("port", "65536"), ("port", "-1"), ("port", "http"), ("default_deadline_seconds", "0"),
            ("default_deadline_seconds", "86401"), ("maximum_lane_length", "0"), ("resolution_grace_seconds", "1.5"),
            ("log_level", "loud"), ("maximum_body_bytes", "1"), ("drain_timeout_seconds", "601"),
            ("device_cloud_discovery_interval_seconds", "0"), ("device_cloud_account_poll_seconds", "61"),
            ("device_cloud_read_timeout_milliseconds", "2001"), ("device_cloud_callback_timeout_seconds", "0"),
            ("device_cloud_concurrent_commands", "0"), ("device_cloud_concurrent_readings", "257"),
            ("maximum_event_streams", "0"), ("maximum_event_streams", "100001"),
            ("maximum_event_streams_per_key", "0"), ("maximum_event_streams_per_key", "100001"),
            ("event_stream_heartbeat_seconds", "0"), ("event_stream_heartbeat_seconds", "301"),
            ("event_stream_write_timeout_seconds", "0"), ("event_stream_write_timeout_seconds", "601"),
            ("device_cloud_maximum_locks", "0"), ("device_cloud_maximum_answer_bytes", "1023"),
            ("webhook_timeout_seconds", "61"), ("webhook_maximum_requests", "3"),
            ("webhook_maximum_requests_per_endpoint", "65"), ("webhook_poll_seconds", "0"),
            ("webhook_retention_days", "366"), ("webhook_maximum_pending", "0"),
            ("webhook_allowed_networks", "10.0.0.0/33"), ("webhook_allowed_networks", "10.0.0.0/8,"),
            ("metrics_token", ""), ("metrics_token", "fifteen-letters"),
            ("metrics_token", "one with some blanks in it"),
            ("metrics_token", String(repeating: "x", count: 257)), ("secret_key", "c2hvcnQ="), ("secret_key", ""),
            ("secret_key_previous", "no base64"),
        ]
    )
    func refuses(name: String, value: String) async throws {
        let error = await #expect(throws: SettingsError.self) {
            try await settings(environment: ["KEYWAY_\(name.uppercased())": value])
        }
        #expect(error?.message.hasPrefix(name) == true)
    }

    @Test(
        "take the edges of their ranges",
        arguments: [("default_deadline_seconds", 1), ("default_deadline_seconds", 86400)]
    )
    func edges(name: String, value: Int) async throws {
        let settings = try await settings(environment: ["KEYWAY_\(name.uppercased())": "\(value)"])
        #expect(settings.engine.defaultDeadline == .seconds(value))
    }

    @Test("G12 bound event streams as they say")
    func eventStreams() async throws {
        let api = try await settings(
            environment: [
                "KEYWAY_MAXIMUM_EVENT_STREAMS": "100000", "KEYWAY_MAXIMUM_EVENT_STREAMS_PER_KEY": "1",
                "KEYWAY_EVENT_STREAM_HEARTBEAT_SECONDS": "300", "KEYWAY_EVENT_STREAM_WRITE_TIMEOUT_SECONDS": "600",
            ]
        )
        .api
        #expect(api.maximumEventStreams == 100_000)
        #expect(api.maximumEventStreamsPerKey == 1)
        #expect(api.eventStreamHeartbeat == .seconds(300))
        #expect(api.eventStreamWriteTimeout == .seconds(600))
    }

    @Test("take networks and keys from lists, and never repeat a key that cannot be used")
    func lists() async throws {
        let keys = (1...3).map { Data(repeating: $0, count: 32).base64EncodedString() }
        let settings = try await settings(environment: [
            "KEYWAY_WEBHOOK_ALLOWED_NETWORKS": "10.0.0.0/8, fd00::/8,127.0.0.1", "KEYWAY_SECRET_KEY": keys[0],
            "KEYWAY_SECRET_KEY_PREVIOUS": "\(keys[1]),\(keys[2])",
        ])
        let networks = ["10.0.0.0/8", "fd00::/8", "127.0.0.1"].compactMap { Network($0) }
        let box = SecretBox(key: SecretKey(keys[0]), previousKeys: keys[1...].compactMap { SecretKey($0) })
        #expect(settings.webhookSafety == WebhookSafety(addresses: AddressPolicy(allowing: networks), secrets: box))
        for value in [keys[0] + "," + keys[1], keys[0] + "A"] {
            let error = await #expect(throws: SettingsError.self) {
                try await self.settings(environment: ["KEYWAY_SECRET_KEY": value])
            }
            #expect(error?.message.contains(keys[0]) == false)
        }
    }

    @Test("say which file cannot be used", arguments: ["{", "[1]", #"{"port": "many"}"#])
    func badFile(text: String) async throws {
        await #expect(throws: SettingsError.self) { try await settings(file: text) }
        let error = await #expect(throws: SettingsError.self) {
            try await Settings(commandLine: [:], environment: ["KEYWAY_CONFIG": "/nowhere.json"], file: nil)
        }
        #expect(error?.message.contains("/nowhere.json") == true)
    }
}

@Suite("Random identifiers")
struct RandomIdentifiersTests {
    @Test("are of version 7, grow, and do not repeat, even if the clock is stepped back")
    func grow() {
        let clock = ManualTimeSource()
        let ids = RandomIdentifiers(time: clock)
        var last = ids.next()
        for step in 0..<20_000 {
            if step == 10_000 { clock.stepWallClock(by: .seconds(-3600)) }
            let next = ids.next()
            #expect(next.high > last.high)
            #expect(next.high >> 12 & 0xF == 7)
            #expect(next.low >> 62 == 0b10)
            last = next
        }
    }

    @Test("begin with the time in milliseconds")
    func time() {
        let clock = ManualTimeSource()
        let id = RandomIdentifiers(time: clock).next()
        #expect(Int64(id.high >> 16) == clock.now().wall.microseconds / 1000)
    }
}

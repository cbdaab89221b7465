import KeywayModel
import KeywayWebhooks

extension WebhookConfiguration {
    /// Reads the settings of the webhook sender.
    ///
    /// - Parameters:
    ///   - reader: What reads them.
    ///   - drainTimeout: How long requests under way may go on when the server stops.
    /// - Throws: ``SettingsError`` for a value that cannot be used.
    init(_ reader: SettingsReader, drainTimeout: Duration) async throws {
        let standard = Self()
        let day = 86400
        self.init(
            requestTimeout: .seconds(try await reader.number("webhook_timeout_seconds", in: 1...60) ?? 15),
            maximumRequests: try await reader.number("webhook_maximum_requests", in: 4...1024)
                ?? standard.maximumRequests,
            maximumRequestsPerEndpoint: try await reader.number("webhook_maximum_requests_per_endpoint", in: 1...64)
                ?? standard.maximumRequestsPerEndpoint,
            pollInterval: .seconds(try await reader.number("webhook_poll_seconds", in: 1...300) ?? 10),
            retention: .seconds((try await reader.number("webhook_retention_days", in: 1...365) ?? 30) * day),
            drainTimeout: drainTimeout
        )
    }
}

extension WebhookSafety {
    /// Reads where webhooks may send, and the keys for their secrets.
    ///
    /// - Throws: ``SettingsError`` for a value that cannot be used; it never repeats a key.
    init(_ reader: SettingsReader) async throws {
        let networks = try await reader.list("webhook_allowed_networks")
            .map { text in
                guard let network = Network(text) else {
                    throw SettingsError(
                        message:
                            "webhook_allowed_networks must be addresses or networks such as 10.0.0.0/8, separated by "
                            + "commas. \(text) is none."
                    )
                }
                return network
            }
        let keys = try await Self.keys("secret_key", reader)
        guard keys.count <= 1 else { throw SettingsError(message: "secret_key must be one key.") }
        let previous = try await Self.keys("secret_key_previous", reader)
        self.init(
            addresses: AddressPolicy(allowing: networks),
            secrets: SecretBox(key: keys.first, previousKeys: previous)
        )
    }

    private static func keys(_ name: String, _ reader: SettingsReader) async throws -> [SecretKey] {
        try await reader.list(name)
            .map { text in
                guard let key = SecretKey(text) else {
                    throw SettingsError(
                        message: "\(name) must be the base64 of \(SecretKey.length) bytes, such as "
                            + "`openssl rand -base64 \(SecretKey.length)` prints."
                    )
                }
                return key
            }
    }
}

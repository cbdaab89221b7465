import FoundationEssentials
import KeywayDriver
package import KeywayModel

/// What is needed to speak with one broker on behalf of one connected account.
///
/// The password shows in no description.
package struct MQTTSettings: Hashable, Sendable {
    /// How the connection is encrypted: files in the PEM format, as absolute paths.
    package struct TLS: Hashable, Sendable {
        /// The certificates that are trusted; nil: the system's.
        package var authorities: String?
        /// The certificate by which Keyway is known; nil: none.
        package var certificate: String?
        /// The key of that certificate, not encrypted.
        package var key: String?

        /// Makes a choice of files.
        package init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
        }
    }

    /// The broker's name or address.
    package let host: String
    /// The broker's port.
    package let port: Int
    /// How the connection is encrypted; nil: not at all.
    package let tls: TLS?
    /// The user's name; nil: none.
    package let user: String?
    /// The name by which the broker knows the connection; nil: one made of the account's id.
    package let clientID: String?
    /// Where the locks' announcements begin.
    package let discoveryPrefix: String
    /// Where Zigbee2MQTT's own topics begin.
    package let zigbeeBase: String
    let password: Secret?

    /// Where announcements begin unless the operator says otherwise, as with Home Assistant.
    package static let usualDiscoveryPrefix = "homeassistant"
    /// Where the topics of Zigbee2MQTT begin unless the operator says otherwise, as with Zigbee2MQTT.
    package static let usualZigbeeBase = "zigbee2mqtt"

    /// The usual port, without and with TLS.
    package static func defaultPort(withTLS: Bool) -> Int { withTLS ? 8883 : 1883 }

    /// Checks and takes settings.
    ///
    /// - Parameters:
    ///   - host: 1 to 253 visible ASCII characters, without a scheme and without the port.
    ///   - port: 1 to 65,535; nil: the usual one.
    ///   - tls: How the connection is encrypted; a certificate and its key come together.
    ///   - user: 1 to 65,535 bytes.
    ///   - password: Up to 65,535 bytes, and only with a user.
    ///   - clientID: 1 to 64 letters, digits, `-`, `_` and `.`.
    ///   - discoveryPrefix: 1 to 256 bytes that can begin a topic, without wildcards.
    ///   - zigbeeBase: The same.
    /// - Throws: ``MQTTError`` for the first of them that is something else.
    package init(
        host: String,
        port: Int? = nil,
        tls: TLS? = nil,
        user: String? = nil,
        password: String? = nil,
        clientID: String? = nil,
        discoveryPrefix: String = usualDiscoveryPrefix,
        zigbeeBase: String = usualZigbeeBase
    ) throws(MQTTError) {
        guard (1...253).contains(host.utf8.count),
            host.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") })
        else {
            throw MQTTError(.badBroker, message: "The host must be a name or an address, without mqtt:// before it.")
        }
        let port = port ?? Self.defaultPort(withTLS: tls != nil)
        guard (1...65535).contains(port) else {
            throw MQTTError(.badPort, message: "The port must be from 1 to 65535.")
        }
        if let tls { try Self.check(tls) }
        guard user.map({ (1...65535).contains($0.utf8.count) }) ?? (password == nil),
            password.map({ $0.utf8.count <= 65535 }) ?? true, !(user ?? "").contains("\0"),
            !(password ?? "").contains("\0")
        else {
            let message = "The user must be 1 to 65,535 bytes, the password no longer, and not without a user."
            throw MQTTError(.badCredentials, message: message)
        }
        guard clientID.map(Self.isClientID) ?? true else {
            let message = "The client id must be 1 to 64 letters, digits, hyphens, underscores and dots."
            throw MQTTError(.badClientID, message: message)
        }
        for prefix in [discoveryPrefix, zigbeeBase] where !Self.isTopicPrefix(prefix) {
            let message =
                "A prefix of topics must be 1 to 256 bytes, without + and #, and not begin or end with a slash."
            throw MQTTError(.badTopic, message: message)
        }
        self.host = host
        self.port = port
        self.tls = tls
        self.user = user
        self.password = password.map { Secret($0) }
        self.clientID = clientID
        self.discoveryPrefix = discoveryPrefix
        self.zigbeeBase = zigbeeBase
    }

    private static func check(_ tls: TLS) throws(MQTTError) {
        for path in [tls.authorities, tls.certificate, tls.key].compactMap(\.self)
        where !path.hasPrefix("/") || path.contains("\0") {
            throw MQTTError(.badTLS, message: "The files for TLS must be absolute paths.")
        }
        guard (tls.certificate == nil) == (tls.key == nil) else {
            throw MQTTError(.badTLS, message: "A client certificate and its key must be given together.")
        }
    }

    private static func isClientID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || ["-", "_", "."].contains($0)
            }
    }

    private static func isTopicPrefix(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && !text.hasPrefix("/") && !text.hasSuffix("/")
            && !text.unicodeScalars.contains { $0 == "+" || $0 == "#" || $0.value < 0x20 }
    }

    // MARK: As stored

    /// Reads settings as an account has them.
    ///
    /// - Throws: ``MQTTError`` for anything that `json` did not write.
    package init(_ json: JSONValue) throws(MQTTError) {
        let tls = json["tls"]
            .map { tls in
                TLS(
                    authorities: tls["authorities"]?.stringValue,
                    certificate: tls["certificate"]?.stringValue,
                    key: tls["key"]?.stringValue
                )
            }
        try self.init(
            host: json["host"]?.stringValue ?? "",
            port: json["port"]?.numberValue.flatMap(Int.init(exactly:)) ?? 0,
            tls: tls,
            user: json["user"]?.stringValue,
            password: json["password"]?.stringValue,
            clientID: json["client_id"]?.stringValue,
            discoveryPrefix: json["discovery_prefix"]?.stringValue ?? "",
            zigbeeBase: json["zigbee2mqtt_base"]?.stringValue ?? ""
        )
    }

    /// The settings as an account has them, the password included.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "host": .string(host), "port": .number(Double(port)), "discovery_prefix": .string(discoveryPrefix),
            "zigbee2mqtt_base": .string(zigbeeBase),
        ]
        members["user"] = user.map { .string($0) }
        members["password"] = password.map { .string($0.text) }
        members["client_id"] = clientID.map { .string($0) }
        if let tls {
            var files: [String: JSONValue] = [:]
            files["authorities"] = tls.authorities.map { .string($0) }
            files["certificate"] = tls.certificate.map { .string($0) }
            files["key"] = tls.key.map { .string($0) }
            members["tls"] = .object(files)
        }
        return .object(members)
    }
}

extension BrokerOptions {
    /// How the broker of an account is reached.
    init(_ settings: MQTTSettings, of accountID: Identifier<ConnectedAccount>, _ configuration: MQTTConfiguration) {
        let id = "\(accountID)".filter { $0 != "-" }.suffix(16)
        self.init(
            host: settings.host,
            port: settings.port,
            tls: settings.tls,
            user: settings.user,
            password: settings.password,
            // 23 characters, the most that every broker of MQTT 3.1.1 must take.
            clientID: settings.clientID ?? "keyway-\(id)",
            keepAlive: configuration.keepAlive,
            connectTimeout: configuration.connectTimeout
        )
    }
}

#if MQTT
import FoundationEssentials
import KeywayMQTT
import KeywayModel

/// The connected accounts that an operator wants to be there, as a JSON file lists them (docs/mqtt.md).
///
/// Nothing in it is guessed: an unknown member, one of the wrong kind or a value out of range refuses the whole file.
struct AccountsFile: Hashable, Sendable {
    /// One account.
    struct Account: Hashable, Sendable {
        /// What tells it from the other accounts that a workspace has from a file.
        let key: String
        /// The id of its workspace; nil: the oldest one.
        let workspace: String?
        /// Its name for people.
        let name: String
        /// How its broker is reached.
        let settings: MQTTSettings
    }

    /// The accounts, in the order of the file.
    let accounts: [Account]

    /// Reads a file, and those that it names for passwords.
    ///
    /// - Parameter path: Where the file is; paths in it that are not absolute begin in its folder.
    /// - Throws: ``SettingsError`` that names the account and the member which cannot be used, and repeats no password.
    init(path: String) throws(SettingsError) {
        do throws(SettingsError) {
            let folder = URL(filePath: path).deletingLastPathComponent()
            accounts = try Self.accounts(try Self.contents(of: path)) { URL(filePath: $0, relativeTo: folder).path }
        } catch {
            throw SettingsError(message: "The accounts file \(path) cannot be used: \(error.message)")
        }
    }

    private static func accounts(
        _ text: Data,
        _ resolve: (String) -> String
    ) throws(SettingsError) -> [Account] {
        let document: JSONValue
        do throws(JSONParser.Fault) {
            document = try JSONParser.parse(Array(text))
        } catch {
            throw SettingsError(message: "It is no JSON: \(error.reason), at byte \(error.offset).")
        }
        var members = try Members(of: document, named: "the document")
        guard case .array(let elements)? = members.take("accounts") else {
            throw SettingsError(message: "\"accounts\" must be a list.")
        }
        try members.end()
        var accounts: [Account] = []
        for (index, element) in elements.enumerated() {
            let account = try Account(element, named: "accounts[\(index)]", resolve)
            guard !accounts.contains(where: { $0.key == account.key && $0.workspace == account.workspace }) else {
                throw SettingsError(message: "The key \(account.key) is there twice.")
            }
            accounts.append(account)
        }
        return accounts
    }

    fileprivate static func contents(of path: String) throws(SettingsError) -> Data {
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw SettingsError(message: "The file \(path) cannot be read.")
        }
        return contents
    }
}

extension AccountsFile.Account {
    fileprivate init(_ json: JSONValue, named name: String, _ resolve: (String) -> String) throws(SettingsError) {
        var members = try Members(of: json, named: name)
        guard let provider = try members.text("provider"), provider == Provider.mqtt.rawValue else {
            throw SettingsError(message: "\(name).provider must be \"\(Provider.mqtt.rawValue)\".")
        }
        guard let key = try members.text("key"), (1...64).contains(key.utf8.count) else {
            throw SettingsError(message: "\(name).key must be a text of 1 to 64 bytes.")
        }
        self.key = key
        workspace = try members.text("workspace_id")
        let displayName = try members.text("name")
        var password = try members.text("password")
        if let file = try members.text("password_file") {
            guard password == nil else {
                throw SettingsError(message: "\(name) has a password and a password_file; only one can count.")
            }
            let contents = try AccountsFile.contents(of: resolve(file))
            password = String(decoding: contents, as: UTF8.self)
            // Editors end a file with the end of a line.
            if password?.last?.isNewline == true { password?.removeLast() }
        }
        let tls = try members.tls(resolve)
        let host = try members.text("host") ?? ""
        let port = try members.number("port")
        let user = try members.text("user")
        let clientID = try members.text("client_id")
        let discoveryPrefix = try members.text("discovery_prefix")
        let zigbeeBase = try members.text("zigbee2mqtt_base")
        try members.end()
        do throws(MQTTError) {
            settings = try MQTTSettings(
                host: host,
                port: port,
                tls: tls,
                user: user,
                password: password,
                clientID: clientID,
                discoveryPrefix: discoveryPrefix ?? MQTTSettings.usualDiscoveryPrefix,
                zigbeeBase: zigbeeBase ?? MQTTSettings.usualZigbeeBase
            )
        } catch {
            throw SettingsError(message: "\(name): \(error.message)")
        }
        self.name = displayName ?? settings.host
    }
}

/// The members of one object of the file; each can be taken once, and what nobody takes is refused at the end.
private struct Members {
    private let name: String
    private var values: [String: JSONValue]

    init(of json: JSONValue, named name: String) throws(SettingsError) {
        guard case .object(let members) = json else {
            throw SettingsError(message: "\(name) must be an object, such as {\"provider\": \"mqtt\"}.")
        }
        self.name = name
        values = members
    }

    mutating func take(_ member: String) -> JSONValue? { values.removeValue(forKey: member) }

    mutating func text(_ member: String) throws(SettingsError) -> String? {
        guard let value = take(member) else { return nil }
        guard let text = value.stringValue else {
            throw SettingsError(message: "\(name).\(member) must be a text.")
        }
        return text
    }

    mutating func number(_ member: String) throws(SettingsError) -> Int? {
        guard let value = take(member) else { return nil }
        guard let number = value.numberValue.flatMap(Int.init(exactly:)) else {
            throw SettingsError(message: "\(name).\(member) must be a whole number.")
        }
        return number
    }

    /// How the connection is encrypted: `true`, or the files to use.
    mutating func tls(_ resolve: (String) -> String) throws(SettingsError) -> MQTTSettings.TLS? {
        switch take("tls") {
        case nil, .bool(false)?: return nil
        case .bool(true)?: return MQTTSettings.TLS()
        case let json?:
            var members = try Members(of: json, named: "\(name).tls")
            let files = MQTTSettings.TLS(
                authorities: try members.text("ca_file").map(resolve),
                certificate: try members.text("certificate_file").map(resolve),
                key: try members.text("key_file").map(resolve)
            )
            try members.end()
            return files
        }
    }

    /// - Throws: ``SettingsError`` if there is something that nobody has taken.
    func end() throws(SettingsError) {
        guard let unknown = values.keys.min() else { return }
        throw SettingsError(message: "\(name) has an unknown member \"\(unknown)\".")
    }
}
#endif

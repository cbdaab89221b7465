#if MQTT
import ArgumentParser
import FoundationEssentials
import Glibc
import KeywayMQTT
import KeywayModel
import KeywayStore

extension AccountsCommand {
    /// The command `keyway accounts add mqtt`.
    struct AddMQTT: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mqtt",
            abstract: "Connect the locks behind an MQTT broker, such as those of Zigbee2MQTT.",
            discussion: """
                The user's password is taken from the environment variable \(passwordVariable), or from a line of \
                the standard input, and never from the command line, where others could see it.
                """
        )

        static let passwordVariable = "KEYWAY_ACCOUNT_PASSWORD"

        @Option(help: "The broker's name or address.")
        var host: String

        @Option(help: "The broker's port. (default: 1883, or 8883 with TLS)")
        var port: Int?

        @Option(help: "The user's name, if the broker wants one.")
        var user: String?

        @Flag(help: "Encrypt the connection, and check the broker's certificate.")
        var tls = false

        @Option(help: "A file with the certificates to trust, instead of the system's; PEM.", completion: .file())
        var caFile: String?

        @Option(help: "A file with a certificate to show to the broker; PEM.", completion: .file())
        var certificateFile: String?

        @Option(help: "The file with the key of that certificate; PEM, not encrypted.", completion: .file())
        var keyFile: String?

        @Option(help: "The name under which the broker knows Keyway. (default: one made of the account's id)")
        var clientID: String?

        @Option(help: "Where the announcements of locks begin.")
        var discoveryPrefix = MQTTSettings.usualDiscoveryPrefix

        @Option(help: "Where the topics of Zigbee2MQTT begin.")
        var zigbee2mqttBase = MQTTSettings.usualZigbeeBase

        @Option(help: "The account's name for people. (default: the host)")
        var name: String?

        @Option(help: "The id of the workspace that its locks belong to; the oldest one, if left out.")
        var workspace: String?

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            let settings = try settings(password: user == nil ? nil : givenPassword())
            try await Tenancy.with(location, making: true) { tenancy in
                let account = ConnectedAccount(
                    id: tenancy.ids.next(),
                    workspaceID: try await tenancy.workspace(named: workspace).id,
                    provider: .mqtt,
                    displayName: name ?? settings.host,
                    createdAt: tenancy.time.now().wall,
                    settings: settings.json
                )
                try await tenancy.store.add(account)
                try output.print(
                    AccountDescription(account),
                    lines: "Connected account: \(account.id)",
                    "A running server connects to \(settings.host) within a few seconds, and finds the locks there."
                )
            }
        }

        private func settings(password: String?) throws -> MQTTSettings {
            let isEncrypted = tls || caFile != nil || certificateFile != nil || keyFile != nil
            do throws(MQTTError) {
                return try MQTTSettings(
                    host: host,
                    port: port,
                    tls: isEncrypted
                        ? MQTTSettings.TLS(
                            authorities: caFile.map(Self.absolutePath),
                            certificate: certificateFile.map(Self.absolutePath),
                            key: keyFile.map(Self.absolutePath)
                        ) : nil,
                    user: user,
                    password: password,
                    clientID: clientID,
                    discoveryPrefix: discoveryPrefix,
                    zigbeeBase: zigbee2mqttBase
                )
            } catch {
                throw ValidationError(error.message)
            }
        }

        /// The server may run in another folder than this command.
        private static func absolutePath(_ path: String) -> String {
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        }

        private func givenPassword() throws -> String {
            if let password = ProcessInfo.processInfo.environment[Self.passwordVariable] { return password }
            let line: String?
            if isatty(STDIN_FILENO) == 1 {
                line = getpass("Password of \(user ?? ""): ").map { String(cString: $0) }
            } else {
                line = readLine()
            }
            guard let line else {
                throw ValidationError("Give the password with \(Self.passwordVariable) or on the standard input.")
            }
            return line
        }
    }
}
#endif

import ArgumentParser
import FoundationEssentials
import KeywayDeviceCloud
import KeywayModel
import KeywayStore

/// The command `keyway accounts`.
struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Add, list and remove connected accounts, whether the server runs or not.",
        discussion: "A running server notices within a few seconds.",
        subcommands: [Add.self, List.self, Remove.self]
    )

    /// The command `keyway accounts add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connect an account of a provider.",
            subcommands: providers
        )

        private static var providers: [any ParsableCommand.Type] {
            #if MQTT
            [AddDeviceCloud.self, AddMQTT.self]
            #else
            [AddDeviceCloud.self]
            #endif
        }
    }

    /// The providers whose accounts are made here, and not with their workspace.
    private static let providers: [Provider] = [.deviceCloud, .mqtt]
}

extension AccountsCommand {
    /// The command `keyway accounts add device-cloud`.
    struct AddDeviceCloud: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "device-cloud",
            abstract:
                "Connect locks behind a maker's HTTP API, and show where it must call back, this once with its secret.",
            discussion: """
                The maker's token is taken from --token, --token-file or the environment variable \(tokenVariable); \
                the last two keep it out of the shell's history.
                """
        )

        static let tokenVariable = "KEYWAY_ACCOUNT_TOKEN"

        @Option(help: "Where the maker's API begins, such as https://api.example.com/v1.")
        var baseURL: String

        @Option(help: "The token for the maker's API.")
        var token: String?

        @Option(help: "A file that holds the token.", completion: .file())
        var tokenFile: String?

        @Option(help: "The secret that the maker signs callbacks with: whsec_ and Base64. (default: a new one)")
        var callbackSecret: String?

        @Option(help: "The longest that a request to the maker may take, in seconds, 0.1 to 60.")
        var requestTimeoutSeconds = DeviceCloudSettings.defaultRequestTimeout / .seconds(1)

        @Option(help: "The account's name for people. (default: the host of the base URL)")
        var name: String?

        @Option(help: "The id of the workspace that its locks belong to; the oldest one, if left out.")
        var workspace: String?

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            var generator = SystemRandomNumberGenerator()
            let secret = callbackSecret ?? DeviceCloudSettings.makeCallbackSecret(using: &generator)
            let settings = try settings(callbackSecret: secret)
            try await Tenancy.with(location, making: true) { tenancy in
                let account = ConnectedAccount(
                    id: tenancy.ids.next(),
                    workspaceID: try await tenancy.workspace(named: workspace).id,
                    provider: .deviceCloud,
                    displayName: name ?? URLComponents(string: settings.baseURL)?.host ?? settings.baseURL,
                    createdAt: tenancy.time.now().wall,
                    settings: settings.json
                )
                try await tenancy.store.add(account)
                try output.print(
                    AccountDescription(account, callbackSecret: secret),
                    lines: "Connected account: \(account.id)",
                    "The maker must send its events to this server at \(account.callbackPath ?? "")",
                    "signed with the secret \(secret), which is not shown again."
                )
            }
        }

        private func settings(callbackSecret: String) throws -> DeviceCloudSettings {
            do {
                return try DeviceCloudSettings(
                    baseURL: baseURL,
                    token: try givenToken(),
                    callbackSecret: callbackSecret,
                    requestTimeout: .seconds(requestTimeoutSeconds)
                )
            } catch let error as DeviceCloudError {
                throw ValidationError(error.message)
            }
        }

        private func givenToken() throws -> String {
            guard token == nil || tokenFile == nil else {
                throw ValidationError("Give --token or --token-file, not both.")
            }
            if let token { return token }
            if let tokenFile {
                guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
                    throw ValidationError("The file \(tokenFile) cannot be read.")
                }
                return text.filter { !$0.isWhitespace }
            }
            guard let token = ProcessInfo.processInfo.environment[Self.tokenVariable] else {
                throw ValidationError("Give the token with --token, --token-file or \(Self.tokenVariable).")
            }
            return token
        }
    }

    /// The command `keyway accounts list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the connected accounts of all workspaces, without their secrets."
        )

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            try await Tenancy.with(location, making: false) { tenancy in
                try output.print(
                    try await accounts(in: tenancy.store),
                    as: { AccountDescription($0) },
                    line: { account in
                        let state =
                            account.removedAt.map { "removed \($0)" } ?? account.callbackPath ?? account.standing
                        return "\(account.id)  \(account.provider.rawValue)  made \(account.createdAt)  \(state)  "
                            + account.displayName.withoutControls()
                    },
                    ifEmpty: "There are no connected accounts. Make one with: keyway accounts add"
                )
            }
        }

        private func accounts(in store: any Store) async throws -> [ConnectedAccount] {
            var accounts: [ConnectedAccount] = []
            for provider in AccountsCommand.providers { accounts += try await store.connectedAccounts(of: provider) }
            return accounts
        }
    }

    /// The command `keyway accounts remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a connected account for good: its secrets are forgotten, its locks count as removed.",
            discussion: "The locks and what happened to them can still be read."
        )

        @Argument(help: "The account's id, as `keyway accounts list` shows it.")
        var id: String

        @OptionGroup var location: DataLocation

        func run() async throws {
            let id: Identifier<ConnectedAccount> = try identifier(id, of: "a connected account")
            try await Tenancy.with(location, making: false) { tenancy in
                guard let account = try await tenancy.store.connectedAccount(id),
                    AccountsCommand.providers.contains(account.provider)
                else {
                    throw ValidationError("There is no connected account with the id \(id) that can be removed.")
                }
                _ = try await tenancy.store.removeConnectedAccount(id, at: tenancy.time.now().wall)
                print("The connected account \"\(account.displayName.withoutControls())\" is removed.")
            }
        }
    }
}

extension ConnectedAccount {
    /// Where its provider calls back; nil if it does not.
    fileprivate var callbackPath: String? {
        provider == .deviceCloud ? "/providers/\(provider.rawValue)/\(id)/events" : nil
    }

    /// Whether its connection stands, as far as the server has noticed.
    fileprivate var standing: String { disconnectedAt.map { "disconnected \($0)" } ?? "in use" }
}

/// An account as scripts see it.
struct AccountDescription: Encodable {
    let connectedAccountID: Identifier<ConnectedAccount>
    let workspaceID: Identifier<Workspace>
    let provider: String
    let displayName: String
    let createdAt: Timestamp
    let disconnectedAt: Timestamp?
    let removedAt: Timestamp?
    let callbackPath: String?
    let callbackSecret: String?

    init(_ account: ConnectedAccount, callbackSecret: String? = nil) {
        connectedAccountID = account.id
        workspaceID = account.workspaceID
        provider = account.provider.rawValue
        displayName = account.displayName
        createdAt = account.createdAt
        disconnectedAt = account.disconnectedAt
        removedAt = account.removedAt
        callbackPath = account.callbackPath
        self.callbackSecret = callbackSecret
    }

    private enum CodingKeys: String, CodingKey {
        case connectedAccountID = "connected_account_id"
        case workspaceID = "workspace_id"
        case provider
        case displayName = "display_name"
        case createdAt = "created_at"
        case disconnectedAt = "disconnected_at"
        case removedAt = "removed_at"
        case callbackPath = "callback_path"
        case callbackSecret = "callback_secret"
    }
}

import ArgumentParser
import KeywayAPI
import KeywayModel
import KeywayStore

/// The command `keyway keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke API keys, whether the server runs or not.",
        subcommands: [Create.self, List.self, Revoke.self]
    )
}

extension KeysCommand {
    /// The command `keyway keys create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an API key and show it, this once: Keyway keeps only a hash of it."
        )

        @Option(help: "What the key is for.")
        var name = "unnamed"

        @Option(help: "The id of the workspace it acts for; the oldest one, if left out.")
        var workspace: String?

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            try await Tenancy.with(location, making: true) { tenancy in
                let workspace = try await tenancy.workspace(named: workspace)
                let (token, key) = try await tenancy.makeKey(named: name, for: workspace)
                try output.print(
                    KeyDescription(key, token: token),
                    lines: "API key: \(token.text)",
                    "It acts for the workspace \"\(workspace.name)\" and is not shown again."
                )
            }
        }
    }

    /// The command `keyway keys list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the API keys of all workspaces.")

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            try await Tenancy.with(location, making: false) { tenancy in
                try output.print(
                    try await tenancy.store.apiKeys(of: nil),
                    as: { KeyDescription($0) },
                    line: { key in
                        let state = key.revokedAt.map { "revoked \($0)" } ?? "works"
                        return "\(key.id)  seam_\(key.shortToken)_…  made \(key.createdAt)  \(state)  \(key.name)"
                    },
                    ifEmpty: "There are no API keys. Make one with: keyway keys create"
                )
            }
        }
    }

    /// The command `keyway keys revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an API key for good. A running server refuses it within a second."
        )

        @Argument(help: "The key's id, as `keyway keys list` shows it.")
        var id: String

        @OptionGroup var location: DataLocation

        func run() async throws {
            let id: Identifier<APIKey> = try identifier(id, of: "a key")
            try await Tenancy.with(location, making: false) { tenancy in
                let now = tenancy.time.now().wall
                guard let key = try await tenancy.store.revokeAPIKey(id, at: now) else {
                    throw ValidationError("There is no API key with the id \(id).")
                }
                print("The API key \"\(key.name)\" is revoked.")
            }
        }
    }
}

/// A key as scripts see it.
private struct KeyDescription: Encodable {
    let apiKey: String?
    let apiKeyID: Identifier<APIKey>
    let workspaceID: Identifier<Workspace>
    let name: String
    let createdAt: Timestamp
    let revokedAt: Timestamp?

    init(_ key: APIKey, token: BearerToken? = nil) {
        apiKey = token?.text
        apiKeyID = key.id
        workspaceID = key.workspaceID
        name = key.name
        createdAt = key.createdAt
        revokedAt = key.revokedAt
    }

    private enum CodingKeys: String, CodingKey {
        case apiKey = "api_key"
        case apiKeyID = "api_key_id"
        case workspaceID = "workspace_id"
        case name
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
    }
}

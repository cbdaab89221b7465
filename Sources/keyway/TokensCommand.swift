import ArgumentParser
import KeywayAPI
import KeywayModel
import KeywayStore

/// The command `keyway tokens`.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Make, list and revoke personal access tokens, whether the server runs or not.",
        discussion: """
            A personal access token works in more than one workspace: in the one that each request names in its \
            seam-workspace header. Without that header it lists and makes workspaces.
            """,
        subcommands: [Create.self, List.self, Revoke.self]
    )
}

extension TokensCommand {
    /// The command `keyway tokens create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a personal access token and show it, this once: Keyway keeps only a hash of it."
        )

        @Option(help: "Whose the token is, or what it is for.")
        var name: String

        @Option(
            name: .customLong("workspace"),
            help:
                "The id of a workspace it works in, beside those it makes; may be repeated. (default: every workspace)"
        )
        var workspaces: [String] = []

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            try await Tenancy.with(location, making: true) { tenancy in
                let (token, record) = try await tenancy.makeToken(named: name, reaching: workspaces)
                let place =
                    workspaces.isEmpty ? "every workspace" : "\(workspaces.count) workspace(s) and those it makes"
                try output.print(
                    TokenDescription(record, token: token),
                    lines: "Personal access token: \(token.text)",
                    "It works in \(place), and is not shown again."
                )
            }
        }
    }

    /// The command `keyway tokens list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the personal access tokens.")

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            try await Tenancy.with(location, making: false) { tenancy in
                try output.print(
                    try await tenancy.store.personalAccessTokens(),
                    as: { TokenDescription($0) },
                    line: { token in
                        let state = token.revokedAt.map { "revoked \($0)" } ?? "works"
                        return "\(token.id)  seam_\(token.shortToken)_…  made \(token.createdAt)  \(state)  "
                            + "\(token.reach.sentence)  \(token.name)"
                    },
                    ifEmpty: "There are no personal access tokens. Make one with: keyway tokens create --name NAME"
                )
            }
        }
    }

    /// The command `keyway tokens revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a personal access token for good. A running server refuses it within a second."
        )

        @Argument(help: "The token's id, as `keyway tokens list` shows it.")
        var id: String

        @OptionGroup var location: DataLocation

        func run() async throws {
            let id: Identifier<PersonalAccessToken> = try identifier(id, of: "a personal access token")
            try await Tenancy.with(location, making: false) { tenancy in
                let now = tenancy.time.now().wall
                guard let token = try await tenancy.store.revokePersonalAccessToken(id, at: now) else {
                    throw ValidationError("There is no personal access token with the id \(id).")
                }
                print("The personal access token \"\(token.name)\" is revoked.")
            }
        }
    }
}

extension PersonalAccessToken.Reach {
    /// Where it works, for people.
    fileprivate var sentence: String {
        switch self {
        case .everyWorkspace: "every workspace"
        case .workspaces(let ids): "\(ids.count) workspace(s)"
        }
    }

    /// The workspaces it works in; nil: every one.
    fileprivate var workspaceIDs: [Identifier<Workspace>]? {
        switch self {
        case .everyWorkspace: nil
        case .workspaces(let ids): ids.sorted()
        }
    }
}

/// A token as scripts see it; no `workspace_ids`: it works in every workspace.
private struct TokenDescription: Encodable {
    let personalAccessToken: String?
    let personalAccessTokenID: Identifier<PersonalAccessToken>
    let workspaceIDs: [Identifier<Workspace>]?
    let name: String
    let createdAt: Timestamp
    let revokedAt: Timestamp?

    init(_ record: PersonalAccessToken, token: BearerToken? = nil) {
        personalAccessToken = token?.text
        personalAccessTokenID = record.id
        workspaceIDs = record.reach.workspaceIDs
        name = record.name
        createdAt = record.createdAt
        revokedAt = record.revokedAt
    }

    private enum CodingKeys: String, CodingKey {
        case personalAccessToken = "personal_access_token"
        case personalAccessTokenID = "personal_access_token_id"
        case workspaceIDs = "workspace_ids"
        case name
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
    }
}

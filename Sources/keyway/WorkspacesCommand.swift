import ArgumentParser
import KeywayModel
import KeywayStore

/// The command `keyway workspaces`.
struct WorkspacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspaces",
        abstract: "Make and list workspaces, whether the server runs or not.",
        discussion: "Real locks belong into a workspace that is no sandbox.",
        subcommands: [Create.self, List.self]
    )
}

extension WorkspacesCommand {
    /// The command `keyway workspaces create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a workspace.",
            discussion: "Make a key for it with: keyway keys create --workspace ID"
        )

        @Option(help: "Its name for people.")
        var name: String

        @Flag(help: "Fill it with virtual locks, and let its `simulate` endpoints answer.")
        var sandbox = false

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            guard !name.isEmpty else { throw ValidationError("A workspace needs a name.") }
            try await Tenancy.with(location, making: true) { tenancy in
                let workspace = try await tenancy.makeWorkspace(named: name, isSandbox: sandbox)
                try output.print(
                    WorkspaceDescription(workspace),
                    lines: "Workspace: \(workspace.id)",
                    "Make a key for it with: keyway keys create --workspace \(workspace.id)"
                )
            }
        }
    }

    /// The command `keyway workspaces list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the workspaces, the oldest first.")

        @OptionGroup var output: OutputFormat
        @OptionGroup var location: DataLocation

        func run() async throws {
            try await Tenancy.with(location, making: false) { tenancy in
                try output.print(
                    try await tenancy.store.workspaces(),
                    as: { WorkspaceDescription($0) },
                    line: { workspace in
                        let kind = workspace.isSandbox ? "sandbox" : "live"
                        let state = workspace.isSuspended ? "suspended" : "works"
                        return "\(workspace.id)  \(kind)  made \(workspace.createdAt)  \(state)  \(workspace.name)"
                    },
                    ifEmpty: "There are no workspaces. Make one with: keyway workspaces create --name NAME"
                )
            }
        }
    }
}

/// A workspace as scripts see it.
private struct WorkspaceDescription: Encodable {
    let workspaceID: Identifier<Workspace>
    let name: String
    let isSandbox: Bool
    let isSuspended: Bool
    let publishableKey: String?
    let createdAt: Timestamp

    init(_ workspace: Workspace) {
        workspaceID = workspace.id
        name = workspace.name
        isSandbox = workspace.isSandbox
        isSuspended = workspace.isSuspended
        publishableKey = workspace.publishableKey
        createdAt = workspace.createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case workspaceID = "workspace_id"
        case name
        case isSandbox = "is_sandbox"
        case isSuspended = "is_suspended"
        case publishableKey = "publishable_key"
        case createdAt = "created_at"
    }
}

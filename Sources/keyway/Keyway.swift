import ArgumentParser
import KeywayModel

/// The command line.
@main
struct Keyway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyway",
        abstract: "Locks and unlocks doors, and tells the truth about what happened.",
        version: Release.version,
        subcommands: [
            ServeCommand.self, KeysCommand.self, TokensCommand.self, WorkspacesCommand.self, AccountsCommand.self,
            DevicesCommand.self,
            LockCommand.self,
            UnlockCommand.self,
            AttemptsCommand.self,
            EventsCommand.self,
            WebhooksCommand.self,
        ]
    )
}

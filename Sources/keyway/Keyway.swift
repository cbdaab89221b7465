import ArgumentParser

/// The command line.
@main
struct Keyway: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "keyway",
        abstract: "Locks and unlocks doors, and tells the truth about what happened.",
        version: version,
        subcommands: [ServeCommand.self, KeysCommand.self, AccountsCommand.self]
    )
}

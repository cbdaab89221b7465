import ArgumentParser
import KeywayClient

/// The command `keyway unlock`.
struct UnlockCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Unlock a door, and say what it answered.",
        discussion: CommandEnd.help
    )

    @OptionGroup var action: DoorAction

    @OptionGroup var server: ClientOptions

    func run(_ client: KeywayClient) async throws {
        try await action.perform(.unlock, client, isJSON: server.json)
    }
}

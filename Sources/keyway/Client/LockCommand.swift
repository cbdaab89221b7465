import ArgumentParser
import KeywayClient

/// The command `keyway lock`.
struct LockCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Lock a door, and say what it answered.",
        discussion: CommandEnd.help
    )

    @OptionGroup var action: DoorAction

    @OptionGroup var server: ClientOptions

    func run(_ client: KeywayClient) async throws {
        try await action.perform(.lock, client, isJSON: server.json)
    }
}

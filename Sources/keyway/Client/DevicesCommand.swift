import ArgumentParser
import FoundationEssentials
import KeywayClient

/// The command `keyway devices`.
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Show the devices of a running server.",
        discussion: CommandEnd.help,
        subcommands: [List.self, Get.self],
        defaultSubcommand: List.self
    )
}

extension DevicesCommand {
    /// The command `keyway devices list`.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "List the devices.", discussion: CommandEnd.help)

        @Option(help: "Only devices with this text in their name, place or metadata.")
        var search: String?

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            let devices = try await client.devices.list(.init(search: search)).all()
            try show(devices, otherwise: "There are no such devices.") { devices in
                Table(
                    ["NAME", "STATE", "NETWORK", "BATTERY", "TYPE", "ID"],
                    devices.map { device in
                        [
                            Table.Cell(device.displayName), device.stateCell, device.reachCell, device.batteryCell,
                            Table.Cell(device.deviceType), Table.Cell(device.id, .minor),
                        ]
                    }
                )
            }
        }
    }

    /// The command `keyway devices get`.
    struct Get: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Show one device.", discussion: CommandEnd.help)

        @Argument(help: "Its id, its name, or the beginning of its id.")
        var device: String

        @OptionGroup var server: ClientOptions

        func run(_ client: KeywayClient) async throws {
            let device = try await client.device(device)
            if server.json { return try show(device) { _ in "" } }
            FileOutput.standardOutput.write(device.facts.text(coloured: Terminal.output.isColoured))
        }
    }
}

extension KeywayClient {
    /// The device that a person means by a word on the command line.
    func device(_ word: String) async throws -> Device {
        // Most installations have few devices, so asking for all of them is no burden; with the whole id it is not needed.
        if UUID(uuidString: word) != nil { return try await devices.get(word.lowercased()) }
        return try DeviceMatch(word, in: try await devices.list().all()).device(word)
    }
}

import ArgumentParser
import FoundationEssentials

/// The command `keyway serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server until SIGTERM or SIGINT.",
        discussion: """
            Every setting can also be given in the environment, as KEYWAY_ and its name in upper case, or in a JSON \
            configuration file. The README lists them all.
            """
    )

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(help: "The port to listen on; 0 picks a free one. (default: 8080)")
    var port: Int?

    @OptionGroup var location: DataLocation

    func run() async throws {
        var commandLine = location.commandLine
        commandLine["host"] = host
        commandLine["port"] = port.map(String.init)
        let settings = try await location.settings(commandLine: commandLine)
        try await Server(settings: settings).run()
    }
}

/// Where the data is, and where the rest of the settings are.
struct DataLocation: ParsableArguments {
    @Option(name: .customLong("data-directory"), help: "The folder that holds the database. (default: ./keyway-data)")
    var dataDirectory: String?

    @Option(name: .customLong("config"), help: "A JSON file with settings.")
    var configurationFile: String?

    /// What was given, by the name of the setting.
    var commandLine: [String: String] {
        dataDirectory.map { ["data_directory": $0] } ?? [:]
    }

    /// Reads the settings, with what was given on the command line on top.
    ///
    /// - Throws: `ValidationError` with a sentence about the setting that cannot be used.
    func settings(commandLine: [String: String]) async throws -> Settings {
        do {
            return try await Settings(
                commandLine: commandLine,
                environment: ProcessInfo.processInfo.environment,
                file: configurationFile
            )
        } catch let error as SettingsError {
            throw ValidationError(error.message)
        }
    }
}

import ArgumentParser
import KeywayClient

/// A command that speaks with a running server.
protocol ClientCommand: AsyncParsableCommand {
    /// Which server, and as whom.
    var server: ClientOptions { get }

    /// Does what the command is for.
    ///
    /// - Throws: What the client throws, or ``CommandTrouble``; both end the command with their exit status.
    func run(_ client: KeywayClient) async throws
}

extension ClientCommand {
    func run() async throws {
        let client = try server.makeClient()
        do {
            try await run(client)
        } catch {
            guard let trouble = CommandTrouble(error) else { throw error }
            FileOutput.standardError.write("keyway: \(trouble.message.withoutControls(exceptLineFeed: true))\n")
            throw ExitCode(trouble.end.rawValue)
        }
    }

    /// Prints an object as JSON if that is wanted, else as words.
    func show<Object: Encodable>(_ object: Object, _ words: (Object) -> String) throws {
        FileOutput.standardOutput.write((server.json ? try object.json : words(object)) + "\n")
    }

    /// Prints objects as a JSON array if that is wanted, else as a table, or a sentence if there are none.
    func show<Object: Encodable>(_ objects: [Object], otherwise sentence: String, _ table: ([Object]) -> Table) throws {
        if server.json {
            FileOutput.standardOutput.write(try objects.json + "\n")
        } else if objects.isEmpty {
            FileOutput.standardOutput.write(sentence + "\n")
        } else {
            FileOutput.standardOutput.write(table(objects).text(coloured: Terminal.output.isColoured))
        }
    }
}

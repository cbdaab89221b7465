import ArgumentParser
import Glibc

extension Keyway {
    /// Runs the command line.
    ///
    /// In the place of ArgumentParser's own, whose exit status for a wrong command line is 64; here it is that of
    /// ``CommandEnd/usage``, as is usual.
    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileOutput.standardError.write(fullMessage(for: error) + "\n")
            Glibc.exit(CommandEnd.usage.rawValue)
        }
    }
}

import ArgumentParser
import KeywayModel

/// How a command says what it found or made: in lines for people, or in JSON for scripts.
struct OutputFormat: ParsableArguments {
    @Flag(help: "Print JSON, for scripts.")
    var json = false

    /// Prints things: a JSON array, or a line for each.
    ///
    /// - Parameters:
    ///   - things: The things.
    ///   - description: A thing as scripts see it.
    ///   - line: A thing as people see it.
    ///   - hint: What people read if there is nothing.
    /// - Throws: `EncodingError` for what JSON cannot say.
    func print<Thing>(
        _ things: [Thing],
        as description: (Thing) -> some Encodable,
        line: (Thing) -> String,
        ifEmpty hint: String
    ) throws {
        if json {
            Swift.print("[\(try things.map { try description($0).json }.joined(separator: ","))]")
        } else if things.isEmpty {
            Swift.print(hint)
        } else {
            for thing in things { Swift.print(line(thing)) }
        }
    }

    /// Prints one thing: a JSON object, or lines.
    func print(_ description: some Encodable, lines: String...) throws {
        Swift.print(json ? try description.json : lines.joined(separator: "\n"))
    }
}

/// Reads the id that a command is given.
///
/// - Throws: `ValidationError` for a text that is no id.
func identifier<Subject>(_ text: String, of thing: String) throws -> Identifier<Subject> {
    guard let id = Identifier<Subject>(text) else { throw ValidationError("\(text) is not the id of \(thing).") }
    return id
}

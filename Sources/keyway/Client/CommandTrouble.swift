import KeywayClient

/// Why a command that speaks with a server did not do what it should.
struct CommandTrouble: Error {
    /// How it ends.
    let end: CommandEnd
    /// One or more sentences for a person; what others may have named has no line feeds in it.
    let message: String

    init(_ end: CommandEnd, _ message: String) {
        self.end = end
        self.message = message
    }

    /// What an error of the client means for a command; nil if it is none.
    init?(_ error: any Error) {
        switch error {
        case let error as CommandTrouble: self = error
        case let error as KeywayClient.ActionFailed:
            let advice = error.isRetryable ? " Trying again may help." : ""
            let words = "\(error.message) (\(error.cause), attempt \(error.attemptID))\(advice)"
            self.init(.actionFailed, words.withoutControls())
        case let error as KeywayClient.ActionNotResolved: self.init(.unresolved, "\(error)".withoutControls())
        case let error as KeywayClient.APIError: self.init(.refused, Self.words(of: error))
        case let error as KeywayClient.ConnectionError: self.init(.unreachable, "\(error)".withoutControls())
        case let error as KeywayClient.UnreadableAnswer: self.init(.unreachable, "\(error)".withoutControls())
        case let error as KeywayClient.InvalidConfiguration: self.init(.usage, "\(error)".withoutControls())
        default: return nil
        }
    }

    private static func words(of error: KeywayClient.APIError) -> String {
        var words = "The server refused: \(error)".withoutControls()
        for (name, texts) in error.validationErrors.sorted(by: { $0.key < $1.key }) {
            let line = "\(name.isEmpty ? "request" : name): \(texts.joined(separator: ", "))"
            words += "\n  " + line.withoutControls()
        }
        if let retryAfter = error.retryAfter { words += "\n  Try again in \(retryAfter)." }
        return words
    }
}

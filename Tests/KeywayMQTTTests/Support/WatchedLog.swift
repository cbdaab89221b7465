import Logging

/// Everything that is logged, as text, which a test can wait on.
struct WatchedLog: Sendable {
    let text = Watched("")

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(text: text) }
        logger.logLevel = .trace
        return logger
    }

    /// How often a text was logged.
    func count(_ words: String) -> Int { text.value.split(separator: "\n").count { $0.contains(words) } }

    private struct Handler: LogHandler {
        let text: Watched<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            text.change { $0 += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
        }
    }
}

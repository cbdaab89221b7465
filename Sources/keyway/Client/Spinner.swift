/// A sign of life on standard error while something takes its time; only where a person looks at it.
struct Spinner {
    private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    private static let interval: Duration = .milliseconds(100)

    /// What is being done, in one word or two.
    let text: String

    /// Shows the spinner while something is done.
    func turn<Result>(while body: () async throws -> Result) async rethrows -> Result {
        async let _: Void = turn()
        return try await body()
    }

    private func turn() async {
        guard Terminal.error.isInteractive else { return }
        let start = ContinuousClock.now
        var count = 0
        while !Task.isCancelled {
            let seconds = start.duration(to: .now).components.seconds
            let elapsed = seconds > 0 ? " \(seconds) s" : ""
            Self.rewrite("\(Self.frames[count % Self.frames.count]) \(text.withoutControls())…\(elapsed)")
            count += 1
            try? await Task.sleep(for: Self.interval)
        }
        Self.rewrite("")
    }

    private static func rewrite(_ line: String) {
        FileOutput.standardError.write("\r\u{1B}[2K\(line)")
    }
}

import KeywayModel

/// What an operator was told about the messages of one account, so that a flood of bad ones does not flood the log.
///
/// Each thing is told once an hour at most, and no more than a few things in a minute.
struct NoteBook: Sendable {
    /// The most things that it remembers to have told.
    static let capacity = 256
    /// The most things that are told in a minute.
    static let linesInAMinute = 20
    private static let lifetime: Duration = .seconds(3600)

    private var told: [String: MonotonicInstant] = [:]
    private var minuteBegan: MonotonicInstant?
    private var lineCount = 0
    private var omittedCount = 0

    /// Takes something that is to be told.
    ///
    /// - Returns: What to write into the log now, in sentences; usually one, or none.
    mutating func take(_ note: String, at now: MonotonicInstant) -> [String] {
        if let before = told[note], now < before + Self.lifetime { return [] }
        var lines: [String] = []
        if minuteBegan.map({ now >= $0 + .seconds(60) }) ?? true {
            if omittedCount > 0 { lines.append("There were \(omittedCount) more before, which are not written down.") }
            (minuteBegan, lineCount, omittedCount) = (now, 0, 0)
        }
        guard lineCount < Self.linesInAMinute else {
            omittedCount += 1
            return lines
        }
        lineCount += 1
        if told.count >= Self.capacity, let oldest = told.min(by: { $0.value < $1.value }) { told[oldest.key] = nil }
        told[note] = now
        return lines + [note]
    }
}

import FoundationEssentials

/// Times and durations as people write and read them.
enum TimeText {
    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]

    /// Reads a moment: `90s`, `15m`, `2h` or `3d` before now, a date, or a time in ISO 8601.
    ///
    /// - Returns: The moment; nil for any other text. A date alone is its first moment in UTC.
    static func moment(_ text: String, now: Date) -> Date? {
        if let unit = text.last, let seconds = units[unit], let count = Double(text.dropLast()), count >= 0,
            count.isFinite
        {
            return now.addingTimeInterval(-count * seconds)
        }
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
            Date.ISO8601FormatStyle().year().month().day(),
        ]
        return styles.lazy.compactMap { try? Date(text, strategy: $0) }.first
    }

    /// A time in UTC, to the second; empty for none.
    static func time(_ date: Date?) -> String { date?.formatted(.iso8601) ?? "" }

    /// How long something took, to a tenth of a second; empty if it is not known.
    static func duration(from start: Date?, to end: Date?) -> String {
        guard let start, let end else { return "" }
        let tenths = Int((end.timeIntervalSince(start) * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) s"
    }
}

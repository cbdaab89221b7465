/// The part of the `Prefer` header (RFC 7240) that Keyway knows: `wait=N`.
enum PreferHeader {
    /// The longest wait, in whole seconds; a longer one is taken as this.
    static let longestWait = 60

    /// How many seconds the caller would wait for an outcome; nil if it does not say, or not clearly.
    ///
    /// A preference that cannot be read is ignored, as the RFC asks for (section 2).
    static func wait(in header: String?) -> Int? {
        guard let header else { return nil }
        for preference in header.split(separator: ",") {
            // Parameters of a preference follow a semicolon; `wait` has none.
            let token = preference.prefix { $0 != ";" }
            let parts = token.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "wait" else { continue }
            // Of several the first counts (section 2).
            guard let seconds = Int(trimmed(parts[1]).trimmingQuotes), seconds >= 0 else { return nil }
            return min(seconds, longestWait)
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let rest = text.drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return rest[...last]
    }
}

extension Substring {
    fileprivate var trimmingQuotes: Substring {
        count >= 2 && first == "\"" && last == "\"" ? dropFirst().dropLast() : self
    }
}

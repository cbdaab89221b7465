/// One thing that happened to an attempt.
package struct TimelineEntry: Hashable, Codable, Sendable {
    // In the order of their names, so that the JSON comes out sorted.

    /// When Keyway saw it.
    package let at: Timestamp
    /// The cause, the reported state or what the provider said; nil where the kind says it all.
    package let detail: String?
    /// What kind of thing it was.
    package let kind: Kind

    /// Makes an entry.
    package init(_ kind: Kind, at: Timestamp, detail: String? = nil) {
        self.kind = kind
        self.at = at
        self.detail = detail
    }

    /// The kinds of entry, in the order of a usual life.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// The attempt was accepted.
        case accepted
        /// The dispatch mark was written; from here on the command may have left.
        case dispatched
        /// The device or its provider took the command.
        case acknowledged
        /// The driver does not know whether the command arrived.
        case unanswered
        /// The device reported something while the attempt was under way.
        case report
        /// Keyway was restarted while the attempt was under way.
        case recovered
        /// The outcome was decided.
        case resolved
        /// The device reported something that contradicts the outcome (G8).
        case lateReport = "late_report"
    }
}

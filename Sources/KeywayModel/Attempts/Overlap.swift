/// What becomes of a request for a device that has unresolved attempts already (G5).
package enum Overlap: String, Codable, CaseIterable, Sendable {
    /// The new attempt waits for its turn.
    case queue
    /// If the last unresolved attempt is for the same action, the caller shares it; else the new one waits its turn.
    ///
    /// The last one and no other, since an earlier one may be undone by what waits behind it.
    case join
    /// The new attempt is not accepted.
    case reject
    /// Attempts that have not been sent end as `superseded`; the new one waits only for the one in flight.
    case supersede
}

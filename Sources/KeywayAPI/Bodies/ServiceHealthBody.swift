/// The health of one part of this server (wire contract, section 4.10).
struct ServiceHealthBody: Encodable {
    /// Which part it is.
    let service: String
    /// How it is.
    let status: Status
    /// One sentence for a person.
    let description: String

    /// The contract's words.
    enum Status: String, Encodable, CaseIterable {
        case healthy
        case degraded
        case down
    }
}

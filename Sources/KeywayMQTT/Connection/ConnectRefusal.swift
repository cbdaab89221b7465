/// Why a broker did not take a connection, by the code it gave: of MQTT 5 (section 3.2.2.2), or of MQTT 3.1.1 (table 3.1).
struct ConnectRefusal: Hashable, Sendable {
    /// What kind of trouble it is.
    let kind: ConnectionTrouble.Kind
    /// A sentence for the operator.
    let reason: String

    /// Reads a code other than 0.
    init(code: Int32, version: ConnectionPlan.Version) {
        switch (version, code) {
        // The library gives 0x84 for the answer of an old broker, too, which has the form of MQTT 3.1.1.
        case (.five, 0x84): self.init(.versionRefused, "The broker does not speak MQTT 5.")
        case (.five, 0x85), (.threeOneOne, 2): self.init(.refused, "The broker does not accept the client id.")
        case (.five, 0x86), (.threeOneOne, 4):
            self.init(.refused, "The broker does not accept the user or the password.")
        case (.five, 0x87), (.threeOneOne, 5):
            self.init(
                .refused,
                "The broker does not authorise this connection: user, password or certificate are wrong."
            )
        case (.five, 0x8A): self.init(.refused, "The broker has banned this client.")
        case (.five, 0x8C): self.init(.refused, "The broker wants another way of authentication.")
        case (.threeOneOne, 1): self.init(.unavailable, "The broker speaks neither MQTT 5 nor MQTT 3.1.1.")
        case (.five, 0x88), (.five, 0x89), (.threeOneOne, 3):
            self.init(.unavailable, "The broker is not available now.")
        default: self.init(.unavailable, "The broker does not take the connection (reason \(code)).")
        }
    }

    private init(_ kind: ConnectionTrouble.Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension KeywayClient {
    /// What becomes of a request for a device that has unresolved attempts.
    public struct Overlap: OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It waits for its turn.
        public static let queue = Self(rawValue: "queue")
        /// It shares the last attempt, if that is for the same action.
        public static let join = Self(rawValue: "join")
        /// It is refused, with status 409.
        public static let reject = Self(rawValue: "reject")
        /// It takes the place of the attempts that have not been sent.
        public static let supersede = Self(rawValue: "supersede")
    }
}

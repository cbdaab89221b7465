extension KeywayClient {
    /// Where a bolt is.
    public struct BoltState: OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The door is locked.
        public static let locked = Self(rawValue: "locked")
        /// The door is unlocked.
        public static let unlocked = Self(rawValue: "unlocked")
        /// It moves to lock.
        public static let locking = Self(rawValue: "locking")
        /// It moves to unlock.
        public static let unlocking = Self(rawValue: "unlocking")
        /// It is stuck.
        public static let jammed = Self(rawValue: "jammed")
        /// Nobody knows.
        public static let unknown = Self(rawValue: "unknown")
    }
}

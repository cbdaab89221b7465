extension KeywayClient {
    /// What becomes of a request for a device that cannot be reached.
    public struct WhenOffline: OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The attempt fails as soon as its turn comes.
        public static let fail = Self(rawValue: "fail")
        /// The attempt waits for the device to come back, until its deadline.
        public static let wait = Self(rawValue: "wait")
    }
}

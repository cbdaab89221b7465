extension KeywayClient {
    /// The connection of an event stream ended, and will be made again.
    public struct StreamInterruption: Hashable, Sendable {
        /// Why, in one sentence.
        public let reason: String
        /// How long until it is made again.
        public let pause: Duration
    }
}

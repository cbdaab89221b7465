extension KeywayClient {
    /// A client cannot be made like this.
    public struct InvalidConfiguration: Error, Hashable, Sendable, CustomStringConvertible {
        /// One sentence about what is wrong; holds nothing secret.
        public let message: String

        /// The message.
        public var description: String { message }
    }
}

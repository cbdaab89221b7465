extension KeywayClient {
    /// How an action is to be done.
    public struct ActionOptions: Hashable, Sendable {
        /// How long the attempt may take: after that no command leaves for it, and it ends.
        ///
        /// 1 s to 1 day; nil: what the server is set to, 30 s by default.
        public var deadline: Duration?
        /// What becomes of it if the device has unresolved attempts; nil: it waits for its turn.
        public var overlap: Overlap?
        /// What becomes of it if the device cannot be reached; nil: it fails at once.
        public var whenOffline: WhenOffline?
        /// How long the outcome is waited for before ``ActionNotResolved`` is thrown, and how long the request is tried
        /// before ``ConnectionError`` is, should the server not even say that it has accepted it.
        ///
        /// Nil: the configuration's patience, or ten seconds beyond the deadline if that is longer.
        public var patience: Duration?
        /// By which the server knows a request that it has had before; 1 to 255 printable ASCII characters.
        ///
        /// Nil: one is made for each call, so that the client's own tries are safe. Give one of your own if you make the
        /// same call again, such as after a crash.
        public var idempotencyKey: String?

        /// Makes options; what is left out is the server's and the configuration's choice.
        public init(
            deadline: Duration? = nil,
            overlap: Overlap? = nil,
            whenOffline: WhenOffline? = nil,
            patience: Duration? = nil,
            idempotencyKey: String? = nil
        ) {
            self.deadline = deadline
            self.overlap = overlap
            self.whenOffline = whenOffline
            self.patience = patience
            self.idempotencyKey = idempotencyKey
        }
    }
}

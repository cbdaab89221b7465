package import KeywayModel

/// One thing that a message says about a lock.
package enum Observation: Hashable, Sendable {
    /// Where the bolt is, or on its way to.
    case bolt(BoltState)
    /// What one availability topic says; `Availability` puts several of them together.
    case availability(topic: String, isAvailable: Bool)
    /// The battery's charge between 0 and 1.
    case battery(Double)
    /// The lock finds its battery low, or no longer.
    case batteryLow(Bool)
    /// The door stands open, or is shut.
    case door(isOpen: Bool)
    /// Somebody or something moved the bolt, and the lock says how.
    case operation(Operation)
    /// Somebody tried an unknown code or card.
    case accessDenied
    /// A command to this lock failed, for this cause; the text is the bridge's own.
    ///
    /// `outcomeUnknown` means that the lock may have acted all the same, for example when only its answer was lost.
    case failure(FailureCause, String)
    /// The message cannot be read, for this reason; it says nothing then.
    case unreadable(String)

    /// A movement of the bolt that did not come from Keyway.
    package struct Operation: Hashable, Sendable {
        /// Where the bolt is after it.
        package let bolt: BoltState
        /// How it was moved.
        package let method: LockMethod
        /// The number of the user at the lock; nil if it does not say.
        package let user: Int?

        /// Makes an operation.
        package init(bolt: BoltState, method: LockMethod, user: Int? = nil) {
            self.bolt = bolt
            self.method = method
            self.user = user
        }
    }
}

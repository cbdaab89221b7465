/// The guarantees that a simulation can check, with the numbers of the README.
package enum Guarantee: String, CaseIterable, Sendable {
    /// What a caller was told is durable.
    case accepted = "G1"
    /// Every attempt resolves exactly once, in time.
    case resolvedOnce = "G2"
    /// No command leaves after the deadline or the end of its attempt.
    case noLateActuation = "G3"
    /// No command leaves twice, or without a durable mark.
    case noBlindRepeat = "G4"
    /// One command at a time, in order, and the overlap rules.
    case oneAtATime = "G5"
    /// An outcome is what the device and the driver said, after the command.
    case truth = "G6"
    /// State, attempts and events agree.
    case agreement = "G7"
    /// A late truth is kept.
    case lateTruth = "G8"
    /// A retry is safe.
    case safeRetry = "G9"
    /// Tenants are sealed.
    case sealed = "G11"
    /// Everything is bounded.
    case bounded = "G12"
}

/// A guarantee that was found broken.
struct Violation: Error {
    let guarantee: Guarantee
    let message: String
    /// The position of the device it is about; nil if it is about none.
    let device: Int?

    init(_ guarantee: Guarantee, _ message: String, device: Int?) {
        self.guarantee = guarantee
        self.message = message
        self.device = device
    }
}

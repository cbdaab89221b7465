package import KeywayModel

/// Why the engine did not do what a caller asked for.
///
/// Equality looks at the code only.
package struct EngineError: Error, Sendable {
    /// What kind of refusal it is.
    package let code: Code
    /// One sentence for the caller.
    ///
    /// Holds no user data.
    package let message: String
    /// When a new try has a fair chance; nil if trying again does not help.
    package let retryAfter: Duration?
    /// The attempt that is in the way; nil if none is.
    package let attemptID: Identifier<ActionAttempt>?

    /// Makes an error.
    package init(
        _ code: Code,
        message: String,
        retryAfter: Duration? = nil,
        attemptID: Identifier<ActionAttempt>? = nil
    ) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.attemptID = attemptID
    }

    /// The kinds of refusal.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case laneFull, overlapping, storeUnavailable, shuttingDown, notPending, alreadySent, keyReused
            case unknownDevice, noDriver, rateLimited
        }
        private let name: Name

        /// The device has as many unresolved attempts as it may.
        package static let laneFull = Code(name: .laneFull)
        /// The device has an unresolved attempt, and the caller did not want to wait for it.
        package static let overlapping = Code(name: .overlapping)
        /// Nothing can be made durable at the moment.
        package static let storeUnavailable = Code(name: .storeUnavailable)
        /// The server is stopping.
        package static let shuttingDown = Code(name: .shuttingDown)
        /// The attempt has its outcome already.
        package static let notPending = Code(name: .notPending)
        /// The attempt's command has left, or may have, so the attempt cannot be taken back.
        package static let alreadySent = Code(name: .alreadySent)
        /// The idempotency key was used for another request.
        package static let keyReused = Code(name: .keyReused)
        /// The device was asked for the same thing too often.
        package static let rateLimited = Code(name: .rateLimited)
        /// There is no such device.
        package static let unknownDevice = Code(name: .unknownDevice)
        /// This server was built or configured without a driver for the device's provider.
        package static let noDriver = Code(name: .noDriver)

        /// The kind's name, for logs.
        package var description: String { name.rawValue }
    }
}

extension EngineError: Equatable {
    /// Compares the codes.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

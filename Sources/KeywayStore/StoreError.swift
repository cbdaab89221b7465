/// Why a store could not do what it was asked for.
///
/// Equality looks at the code only.
package struct StoreError: Error, Sendable {
    /// What kind of trouble it is.
    package let code: Code
    /// What to tell the operator: what is wrong and what to do about it.
    ///
    /// Holds no user data.
    package let message: String
    /// True if a write may have taken effect all the same; false if it certainly did not.
    package let mayBeDurable: Bool
    /// The error underneath, for the log.
    package let cause: (any Error)?

    /// Makes an error.
    package init(_ code: Code, message: String, mayBeDurable: Bool = false, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.mayBeDurable = mayBeDurable
        self.cause = cause
    }

    /// The kinds of trouble.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String { case busy, full, unavailable, conflict, corrupt, overloaded }
        private let name: Name

        /// Another process holds the database.
        package static let busy = Code(name: .busy)
        /// There is no room left to write.
        package static let full = Code(name: .full)
        /// The storage does not answer, or answers with an error.
        package static let unavailable = Code(name: .unavailable)
        /// An identity that must be new is taken.
        package static let conflict = Code(name: .conflict)
        /// What was read back cannot be true.
        package static let corrupt = Code(name: .corrupt)
        /// More writes are waiting than may.
        package static let overloaded = Code(name: .overloaded)

        /// The kind's name, for logs.
        package var description: String { name.rawValue }
    }
}

extension StoreError: Equatable {
    /// Compares the codes.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

extension StoreError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code): \(message)" }
}

/// Why the sandbox could not do what a tester asked for.
///
/// Equality looks at the code only.
package struct SandboxError: Error, Sendable {
    /// What kind of trouble it is.
    package let code: Code
    /// What is wrong, and which values are right.
    package let message: String

    /// Makes an error.
    package init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The kinds of trouble.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String { case badBehavior, overloaded, stopped }
        private let name: Name

        /// A behaviour, or the number of commands it is for, that no virtual lock can have.
        package static let badBehavior = Code(name: .badBehavior)
        /// The lock has more to report than it may keep, because its reports are not taken.
        package static let overloaded = Code(name: .overloaded)
        /// The driver has been stopped.
        package static let stopped = Code(name: .stopped)

        /// The kind's name, for logs.
        package var description: String { name.rawValue }
    }
}

extension SandboxError: Equatable {
    /// Compares the codes.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

extension SandboxError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code): \(message)" }
}

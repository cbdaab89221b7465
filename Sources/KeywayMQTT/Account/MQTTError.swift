/// Why the settings of a connected account cannot be used.
///
/// Equality looks at the code only.
package struct MQTTError: Error, Sendable {
    /// What kind of mistake it is.
    package let code: Code
    /// What may stand there instead; holds no secret.
    package let message: String

    init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The kinds of mistake.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String { case badBroker, badPort, badTLS, badCredentials, badClientID, badTopic }
        private let name: Name

        /// The broker's host is none.
        package static let badBroker = Code(name: .badBroker)
        /// The port is out of its range.
        package static let badPort = Code(name: .badPort)
        /// The files for TLS do not fit together.
        package static let badTLS = Code(name: .badTLS)
        /// The user or the password is too long, or there is a password without a user.
        package static let badCredentials = Code(name: .badCredentials)
        /// The client id cannot be part of a topic, or is too long.
        package static let badClientID = Code(name: .badClientID)
        /// The beginning of topics is none.
        package static let badTopic = Code(name: .badTopic)

        /// The kind's name, for logs.
        package var description: String { name.rawValue }
    }
}

extension MQTTError: Equatable {
    /// Compares the codes.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

extension MQTTError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code): \(message)" }
}

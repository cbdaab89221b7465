/// Why the settings of a connected account cannot be used.
///
/// Equality looks at the code only.
package struct DeviceCloudError: Error, Sendable {
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
        private enum Name: String { case badBaseURL, badToken, badCallbackSecret, badRequestTimeout }
        private let name: Name

        /// The base URL is none, or has parts that it must not have.
        package static let badBaseURL = Code(name: .badBaseURL)
        /// The token cannot stand in a header.
        package static let badToken = Code(name: .badToken)
        /// The callback secret is not `whsec_` and the Base64 of 24 to 64 bytes.
        package static let badCallbackSecret = Code(name: .badCallbackSecret)
        /// The request timeout is out of its range.
        package static let badRequestTimeout = Code(name: .badRequestTimeout)

        /// The kind's name, for logs.
        package var description: String { name.rawValue }
    }
}

extension DeviceCloudError: Equatable {
    /// Compares the codes.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

extension DeviceCloudError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code): \(message)" }
}

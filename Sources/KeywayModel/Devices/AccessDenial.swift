/// Why somebody was refused entry (wire contract, section 3.3, `lock.access_denied`).
package struct AccessDenial: Hashable, Codable, Sendable {
    /// What was wrong.
    package let code: Code
    /// One sentence for a person.
    package let message: String

    /// Makes a denial with the code's own message.
    package init(_ code: Code) {
        self.code = code
        message = code.message
    }

    /// The reasons that Keyway gives; raw values are the wire contract's (section 8, `deny`).
    package enum Code: String, Codable, CaseIterable, Sendable {
        /// The lock does not know the digits that were entered.
        case unknownCode = "unknown_code"

        fileprivate var message: String {
            switch self {
            case .unknownCode: "The code that was entered is not known to the lock."
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case code = "reason_code"
        case message
    }
}

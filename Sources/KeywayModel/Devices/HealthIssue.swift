/// One error of a device or an account (wire contract, section 3.5).
package struct HealthIssue: Hashable, Codable, Sendable {
    /// The contract's code, such as `device_offline`.
    package let errorCode: String
    /// One sentence for a person.
    package let message: String
    /// When it began.
    package let createdAt: Timestamp

    /// Makes an issue.
    package init(errorCode: String, message: String, createdAt: Timestamp) {
        self.errorCode = errorCode
        self.message = message
        self.createdAt = createdAt
    }

    /// Whether it is an error of the device's connected account rather than of the device.
    package var isOfAccount: Bool { errorCode == "account_disconnected" }

    private enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case message
        case createdAt = "created_at"
    }
}

/// Something about a device that is not as it should be, though it works (wire contract, section 3.5).
package struct DeviceWarning: Hashable, Codable, Sendable {
    /// What it is.
    package let code: Code
    /// One sentence for a person.
    package let message: String
    /// When it began.
    package let createdAt: Timestamp

    /// Makes a warning with the code's own message.
    package init(_ code: Code, createdAt: Timestamp) {
        self.code = code
        message = code.message
        self.createdAt = createdAt
    }

    /// The warnings that Keyway gives.
    package enum Code: String, Codable, CaseIterable, Sendable {
        /// The device's clock is wrong, so codes and schedules on it may not work when they should.
        ///
        /// Keyway's own: the contract has no code for it.
        case timeWrong = "device_time_wrong"
        /// The device announces something about itself that Keyway does not understand, so part of it does not work.
        ///
        /// Keyway's own, like the one before; the server's log says what it is.
        case announcementNotUnderstood = "announcement_not_understood"

        fileprivate var message: String {
            switch self {
            case .timeWrong: "The clock of the device is wrong."
            case .announcementNotUnderstood: "Keyway does not understand all that the device announces about itself."
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case code = "warning_code"
        case message
        case createdAt = "created_at"
    }
}

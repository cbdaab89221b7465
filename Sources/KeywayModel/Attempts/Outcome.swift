/// How an attempt ended.
///
/// An attempt has at most one outcome, and it never changes.
package enum Outcome: Hashable, Sendable {
    /// The action was carried out.
    case success(ActionResult)
    /// The action was not carried out, or nobody knows.
    case failure(Failure)

    /// A failure with the cause's own message, or a better one.
    package static func failure(_ cause: FailureCause, _ message: String? = nil) -> Outcome {
        .failure(Failure(cause: cause, message: message ?? cause.defaultMessage))
    }

    /// A success, as confirmed by the device or not.
    package static func success(wasConfirmedByDevice: Bool?) -> Outcome {
        .success(ActionResult(wasConfirmedByDevice: wasConfirmedByDevice))
    }
}

/// What a successful attempt has to say.
package struct ActionResult: Hashable, Codable, Sendable {
    /// True if the device reported the wanted state after the command; false if it cannot; nil if unknown.
    package let wasConfirmedByDevice: Bool?

    /// Makes a result.
    package init(wasConfirmedByDevice: Bool?) {
        self.wasConfirmedByDevice = wasConfirmedByDevice
    }

    private enum CodingKeys: String, CodingKey {
        case wasConfirmedByDevice = "was_confirmed_by_device"
    }
}

/// Why an attempt did not succeed.
package struct Failure: Hashable, Sendable {
    /// The cause, from the closed list.
    package let cause: FailureCause
    /// One sentence for a person.
    package let message: String

    /// Makes a failure.
    package init(cause: FailureCause, message: String) {
        self.cause = cause
        self.message = message
    }
}

import KeywayDriver
import KeywayModel

/// The parameters of `/locks/simulate/set_behavior`, and the ``LockBehavior`` they describe.
enum BehaviorParameters {
    /// The latency of a lock whose behaviour is set without one, in milliseconds: about that of a real lock on a
    /// radio network.
    static let defaultLatency = 500

    private static let behavior = Parameter.required(
        "behavior",
        .oneOf(Behavior.self),
        "What the lock does with a command: `succeed`; `jam`; `fail`, for the cause `error_type`; `never_respond`; "
            + "`unconfirmed`, move but be unable to say so; `answer_late`, by `late_by_ms`; `hold`, wait until "
            + "/action_attempts/simulate/resolve says how it ends."
    )
    private static let errorType = Parameter.optional(
        "error_type",
        .oneOf(FailureCause.self),
        "The cause with which commands fail; only with `fail`. By default `rejected_by_device`."
    )
    private static let latency = Parameter.defaulted(
        "latency_ms",
        .integer(0...600_000),
        .number(Double(defaultLatency)),
        "How long the lock takes."
    )
    private static let maximumLatency = Parameter.optional(
        "latency_max_ms",
        .integer(0...600_000),
        "If given, the lock takes a random time between `latency_ms` and this."
    )
    private static let lateness = Parameter.optional(
        "late_by_ms",
        .integer(0...3_600_000),
        "How much later than its latency the lock moves; needed with `answer_late` and only with it."
    )
    private static let autoRelock = Parameter.nullable(
        "auto_relock_ms",
        .integer(0...3_600_000),
        "How long after an unlock the lock locks itself again. Null, the default: it does not."
    )
    /// For how many commands the behaviour lasts; nil: until it is changed.
    static let times = Parameter.optional(
        "times",
        .integer(1...1000),
        "For how many commands, after which the lock behaves as before. By default until it is changed."
    )

    static let all: [any DeclaredParameter] = [
        behavior, errorType, latency, maximumLatency, lateness, autoRelock, times,
    ]

    /// Which parameters go with which behaviour.
    static let rules: [ParameterRule] = [
        .only(errorType, with: behavior, .fail), .only(lateness, with: behavior, .answerLate),
        .needed(lateness, with: behavior, .answerLate),
    ]

    private enum Behavior: String, CaseIterable {
        case succeed
        case jam
        case fail
        case neverRespond = "never_respond"
        case unconfirmed
        case answerLate = "answer_late"
        case hold
    }

    /// The behaviour that a request describes.
    ///
    /// - Throws: ``APIError`` of type `invalid_input` for parameters that do not go together.
    static func behavior(_ call: Call) throws -> LockBehavior {
        let minimum = try call[latency]
        let maximum = try call[maximumLatency] ?? minimum
        guard maximum >= minimum else {
            throw APIError.invalidInput(maximumLatency, "Number must be greater than or equal to latency_ms")
        }
        return LockBehavior(
            reaction: try reaction(call),
            latencyMilliseconds: minimum...maximum,
            autoRelockMilliseconds: try call[autoRelock]
        )
    }

    private static func reaction(_ call: Call) throws -> LockBehavior.Reaction {
        switch try call[behavior] {
        case .succeed: return .succeed
        case .jam: return .jam
        case .fail: return .fail(try call[errorType] ?? .rejectedByDevice)
        case .neverRespond: return .neverRespond
        case .unconfirmed: return .unconfirmed
        case .hold: return .hold
        case .answerLate:
            guard let lateness = try call[lateness] else { throw APIError.invalidInput(lateness, InputIssue.required) }
            return .answerLate(byMilliseconds: lateness)
        }
    }
}

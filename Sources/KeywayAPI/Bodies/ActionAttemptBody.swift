import KeywayModel

/// An attempt on the wire: the contract's five keys, all always present (section 3.1), and Keyway's own, which SDKs
/// ignore.
struct ActionAttemptBody: Encodable {
    let attempt: ActionAttempt
    /// Whether the timeline is shown.
    let includesTimeline: Bool

    private enum CodingKeys: String, CodingKey {
        case id = "action_attempt_id"
        case actionType = "action_type"
        case status, result, error
        case deviceID = "device_id"
        case createdAt = "created_at"
        case deadlineAt = "deadline_at"
        case dispatchedAt = "dispatched_at"
        case acknowledgedAt = "acknowledged_at"
        case resolvedAt = "resolved_at"
        case requestedBy = "requested_by"
        case timeline
    }

    private struct ErrorBody: Encodable {
        let failure: Failure

        private enum CodingKeys: String, CodingKey {
            case type, message
            case isRetryable = "is_retryable"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(failure.cause, forKey: .type)
            try container.encode(failure.message, forKey: .message)
            try container.encode(failure.cause.isRetryable, forKey: .isRetryable)
        }
    }

    /// Writes the keys in their order, which spares ``JSONWriter`` sorting them.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(attempt.acknowledgedAt, forKey: .acknowledgedAt)
        try container.encode(attempt.id, forKey: .id)
        try container.encode(attempt.actionType, forKey: .actionType)
        try container.encode(attempt.createdAt, forKey: .createdAt)
        try container.encode(attempt.deadlineAt, forKey: .deadlineAt)
        try container.encode(attempt.deviceID, forKey: .deviceID)
        try container.encode(attempt.dispatchedAt, forKey: .dispatchedAt)
        try container.encode(failure.map { ErrorBody(failure: $0) }, forKey: .error)
        try container.encode(attempt.requestedBy.description, forKey: .requestedBy)
        try container.encode(attempt.resolvedAt, forKey: .resolvedAt)
        try container.encode(result, forKey: .result)
        try container.encode(attempt.status, forKey: .status)
        if includesTimeline { try container.encode(attempt.timeline, forKey: .timeline) }
    }

    private var result: ActionResult? {
        if case .success(let result) = attempt.outcome { result } else { nil }
    }

    private var failure: Failure? {
        if case .failure(let failure) = attempt.outcome { failure } else { nil }
    }
}

/// An attempt to act on a device: pending until it has an outcome, and then never changed again.
package struct ActionAttempt: Hashable, Sendable {
    /// Its identity, chosen when it was accepted.
    package let id: Identifier<ActionAttempt>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// The device it acts on.
    package let deviceID: Identifier<Device>
    /// What it tries to do.
    package let actionType: ActionType
    /// Who asked for it.
    package let requestedBy: Requester
    /// When it was accepted.
    package let createdAt: Timestamp
    /// After this instant no command is sent for it, and it is resolved within the grace (G2, G3).
    package let deadlineAt: Timestamp
    /// When its dispatch mark was written, just before the command was sent; nil if it never was.
    package var dispatchedAt: Timestamp?
    /// When the device or its provider said that it took the command; nil if it did not.
    package var acknowledgedAt: Timestamp?
    /// When the outcome was decided; nil while pending.
    package var resolvedAt: Timestamp?
    /// How it ended; nil while pending.
    package var outcome: Outcome?
    /// What happened to it so far, in order.
    package var timeline: [TimelineEntry]

    /// Makes an attempt in any state, as a store does when it reads one.
    package init(
        id: Identifier<ActionAttempt>,
        workspaceID: Identifier<Workspace>,
        deviceID: Identifier<Device>,
        actionType: ActionType,
        requestedBy: Requester,
        createdAt: Timestamp,
        deadlineAt: Timestamp,
        dispatchedAt: Timestamp? = nil,
        acknowledgedAt: Timestamp? = nil,
        resolvedAt: Timestamp? = nil,
        outcome: Outcome? = nil,
        timeline: [TimelineEntry] = []
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.deviceID = deviceID
        self.actionType = actionType
        self.requestedBy = requestedBy
        self.createdAt = createdAt
        self.deadlineAt = deadlineAt
        self.dispatchedAt = dispatchedAt
        self.acknowledgedAt = acknowledgedAt
        self.resolvedAt = resolvedAt
        self.outcome = outcome
        self.timeline = timeline
    }

    /// The three words of the wire contract.
    package enum Status: String, Codable, CaseIterable, Sendable {
        case pending
        case success
        case error
    }

    /// The public status, which follows from the outcome.
    package var status: Status {
        switch outcome {
        case nil: .pending
        case .success: .success
        case .failure: .error
        }
    }
}

/// Who asked for an attempt.
package enum Requester: Hashable, Sendable {
    /// The holder of an API key.
    case apiKey(Identifier<APIKey>)

    /// `api_key:<id>`, as stored and as shown under `requested_by`.
    package var description: String {
        switch self {
        case .apiKey(let id): "api_key:\(id)"
        }
    }

    /// Parses the stored text; nil for an unknown form.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0] == "api_key", let id = Identifier<APIKey>(parts[1]) else { return nil }
        self = .apiKey(id)
    }
}

/// An attempt to act on a device: pending until it has an outcome, and then never changed again.
package struct ActionAttempt: Hashable, Sendable {
    /// Its identity, chosen when it was accepted.
    package let id: Identifier<ActionAttempt>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// The device it acts on; nil if it acts on its whole workspace.
    package let deviceID: Identifier<Device>?
    /// What it tries to do.
    package let actionType: ActionType
    /// What the action needs to know besides.
    package let parameters: ActionParameters
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
        deviceID: Identifier<Device>?,
        actionType: ActionType,
        parameters: ActionParameters = .none,
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
        self.parameters = parameters
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

/// Everything a lane wants made durable next, in one transaction (G7).
///
/// Applying one twice has the effect of applying it once: acceptances and events are inserted only if their id is new,
/// and a resolution only changes an attempt that is still pending. So a commit whose end is not known is simply
/// repeated.
package struct LaneCommit: Hashable, Sendable {
    /// The device whose lane it is.
    package let deviceID: Identifier<Device>
    /// The tenant the device belongs to.
    package let workspaceID: Identifier<Workspace>
    /// What changed, in the order in which it happened, which is the order of the events' sequence numbers.
    package var changes: [Change]
    /// The state of the device after the changes; nil if it did not change.
    package var state: DeviceState?

    /// Makes a commit.
    package init(
        deviceID: Identifier<Device>,
        workspaceID: Identifier<Workspace>,
        changes: [Change] = [],
        state: DeviceState? = nil
    ) {
        self.deviceID = deviceID
        self.workspaceID = workspaceID
        self.changes = changes
        self.state = state
    }

    /// True if there is nothing to write.
    package var isEmpty: Bool { changes.isEmpty && state == nil }

    /// One thing that happened in the lane.
    package enum Change: Hashable, Sendable {
        /// A new attempt, with its dispatch mark already set if the lane was idle, and its caller's idempotency key.
        ///
        /// A record of the same requester and key, which can only be an outdated one, gives way.
        case accept(ActionAttempt, IdempotencyRecord? = nil)
        /// A request shares an attempt that is accepted already: its idempotency key points there from now on.
        ///
        /// `requestID` is the identity that the request's own attempt would have had; it is stored nowhere.
        case join(requestID: Identifier<ActionAttempt>, ActionAttempt, IdempotencyRecord?)
        /// An accepted attempt is about to be sent: its dispatch mark and its timeline so far.
        ///
        /// No effect on an attempt that is no longer pending.
        case dispatch(Identifier<ActionAttempt>, at: Timestamp, timeline: [TimelineEntry])
        /// An attempt has its outcome; its events are written if and only if the attempt was still pending.
        case resolve(ActionAttempt, events: [Event])
        /// The device contradicted a resolved attempt (G8): one more entry on its timeline.
        case lateReport(Identifier<ActionAttempt>, TimelineEntry, events: [Event])
        /// The device said something that no attempt asked for.
        case report(events: [Event])
        /// The owner deleted the device; its events are written if and only if it was not deleted before.
        case delete(at: Timestamp, events: [Event])
        /// The device is made anew: its record becomes this one, deleted or not; its state is that of the commit.
        case reset(Device)
    }
}

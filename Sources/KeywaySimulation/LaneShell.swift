import KeywayModel

/// What `LaneRunner` holds around a lane in the real server.
struct LaneShell: Sendable {
    var lane: AttemptLane
    /// The commit that the store works on.
    var writing: LaneCommit?
    /// Whether it has taken effect already.
    var hasTakenEffect = false
    /// When it was handed to the store.
    var writingSince = WorldTime.start
    /// The earliest instant for which a timer is under way.
    var armedFor: MonotonicInstant?

    init(_ lane: AttemptLane) {
        self.lane = lane
    }
}

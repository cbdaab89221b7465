/// What Keyway knows about a device right now.
///
/// Wanted, reported and in-progress state are kept apart.
package struct DeviceState: Hashable, Sendable {
    /// Whether the device can be reached.
    package var isOnline: Bool
    /// When `isOnline` last changed; nil if it never did.
    package var onlineChangedAt: Timestamp?
    /// What the device last said of its bolt once it rested; `unknown` if it never did.
    package var reportedBolt: BoltState
    /// When it said so; nil if it never did.
    package var reportedAt: Timestamp?
    /// True if `reportedBolt` is only what an unconfirmed command should have done.
    package var isAssumed: Bool
    /// The state that the last command asked for; nil before the first.
    package var wantedBolt: BoltState?
    /// Where the bolt is moving right now; nil if it is not known to move.
    package var movingBolt: BoltState?
    /// Charge between 0 and 1; nil if unknown or not on battery.
    package var batteryLevel: Double?
    /// Whether the door stands open; nil if there is no sensor.
    package var isDoorOpen: Bool?

    /// Makes a state.
    package init(
        isOnline: Bool = true,
        onlineChangedAt: Timestamp? = nil,
        reportedBolt: BoltState = .unknown,
        reportedAt: Timestamp? = nil,
        isAssumed: Bool = false,
        wantedBolt: BoltState? = nil,
        movingBolt: BoltState? = nil,
        batteryLevel: Double? = nil,
        isDoorOpen: Bool? = nil
    ) {
        self.isOnline = isOnline
        self.onlineChangedAt = onlineChangedAt
        self.reportedBolt = reportedBolt
        self.reportedAt = reportedAt
        self.isAssumed = isAssumed
        self.wantedBolt = wantedBolt
        self.movingBolt = movingBolt
        self.batteryLevel = batteryLevel
        self.isDoorOpen = isDoorOpen
    }
}

/// What Keyway knows about a device right now.
///
/// Wanted, reported and in-progress state are kept apart.
package struct DeviceState: Hashable, Sendable {
    /// Whether the device can be reached.
    package var isOnline: Bool
    /// What keeps the device from being reached, if it is not the device itself; nil while it is reached.
    package var offlineCause: OfflineCause?
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
    /// Whether the battery was found low and has not been charged or changed since.
    package var isBatteryLow: Bool
    /// Whether the door stands open; nil if there is no sensor.
    package var isDoorOpen: Bool?
    /// Whether and when it locks itself; nil if unknown.
    package var autoLock: AutoLock?
    /// Since when the owner's subscription at the maker, without which it takes no commands, has run out; nil if it has
    /// not.
    package var subscriptionExpiredAt: Timestamp?
    /// What is not as it should be, though the device works.
    package var warnings: [DeviceWarning]
    /// What the provider's clock showed at the newest report of the bolt that came with a time; nil before the first.
    package var boltClaimedAt: Timestamp?
    /// The same for reports of whether the device can be reached, or is there at all.
    package var onlineClaimedAt: Timestamp?
    /// The same for reports of the battery.
    package var batteryClaimedAt: Timestamp?

    /// Below this charge a battery is low, even if the device does not say so.
    package static var lowBatteryLevel: Double { 0.25 }
    /// From this charge on a battery that was low no longer is.
    ///
    /// Far from `lowBatteryLevel`, so that a level that goes up and down with the temperature is one low battery.
    package static var recoveredBatteryLevel: Double { 0.5 }

    /// Makes a state.
    package init(
        isOnline: Bool = true,
        offlineCause: OfflineCause? = nil,
        onlineChangedAt: Timestamp? = nil,
        reportedBolt: BoltState = .unknown,
        reportedAt: Timestamp? = nil,
        isAssumed: Bool = false,
        wantedBolt: BoltState? = nil,
        movingBolt: BoltState? = nil,
        batteryLevel: Double? = nil,
        isBatteryLow: Bool = false,
        isDoorOpen: Bool? = nil,
        autoLock: AutoLock? = nil,
        subscriptionExpiredAt: Timestamp? = nil,
        warnings: [DeviceWarning] = [],
        boltClaimedAt: Timestamp? = nil,
        onlineClaimedAt: Timestamp? = nil,
        batteryClaimedAt: Timestamp? = nil
    ) {
        self.isOnline = isOnline
        self.offlineCause = offlineCause
        self.onlineChangedAt = onlineChangedAt
        self.reportedBolt = reportedBolt
        self.reportedAt = reportedAt
        self.isAssumed = isAssumed
        self.wantedBolt = wantedBolt
        self.movingBolt = movingBolt
        self.batteryLevel = batteryLevel
        self.isBatteryLow = isBatteryLow
        self.isDoorOpen = isDoorOpen
        self.autoLock = autoLock
        self.subscriptionExpiredAt = subscriptionExpiredAt
        self.warnings = warnings
        self.boltClaimedAt = boltClaimedAt
        self.onlineClaimedAt = onlineClaimedAt
        self.batteryClaimedAt = batteryClaimedAt
    }
}

/// What keeps a device from being reached, other than the device itself.
package enum OfflineCause: String, Codable, CaseIterable, Sendable {
    /// The connection to its provider is gone.
    case account
    /// The bridge or hub that it hangs on is down.
    case bridge
    /// Its provider no longer has it; only being added again brings it back.
    case removed
}

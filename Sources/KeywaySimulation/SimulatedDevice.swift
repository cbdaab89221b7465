import KeywayModel

/// A lock as it really is, and what its driver knows; Keyway sees neither.
struct SimulatedDevice: Sendable {
    let habits: DeviceHabits
    let id: Identifier<Device>
    let workspaceID: Identifier<Workspace>

    /// Where the bolt rests, or rested before it began to move.
    var bolt: BoltState
    /// Where it is moving to; nil if it rests.
    var movingTo: BoltState?
    /// The number of the last movement.
    var movement = 0
    /// The attempt that caused it; nil for a hand, and for the door itself.
    var movedBy: Identifier<ActionAttempt>?
    /// Whether the device has its connection.
    var isOnline = true
    /// What it last said of its bolt.
    var lastWord: Utterance?

    /// When the last command left, as far as the running driver knows.
    var lastLeft: WorldTime?
    /// How many commands the driver holds that have not left.
    var commandsInHand = 0

    /// What the device says if it is asked where its bolt is.
    var reading: BoltState {
        switch movingTo {
        case nil: bolt
        case .locked: .locking
        default: .unlocking
        }
    }

    /// Whether a report may be older than the last command, so that an honest driver must mark it as replayed.
    ///
    /// What names its attempt was caused by that attempt's command, however old it is.
    func mayBeOld(_ utterance: Utterance, driverSince start: WorldTime) -> Bool {
        if utterance.isRetained { return true }
        if utterance.attemptID != nil { return false }
        return commandsInHand > 0 || utterance.madeAt <= max(lastLeft ?? start, start)
    }
}

import KeywayModel

/// What keeps a virtual lock from being reached: any number of obstacles, none of which knows of the others.
///
/// Keyway shows one at a time. That is the removal, if there is one, for nothing else counts at a provider that no
/// longer has the device; else the one that began last, which is what a tester has just asked for.
struct Reachability: Sendable {
    /// The things that can be in the way.
    enum Obstacle: Sendable {
        /// The lock itself is off the network.
        case network
        /// The hub that it hangs on is.
        case hub
        /// The connection to the provider is gone.
        case account
        /// The provider no longer has it. Never ends.
        case removal
    }

    /// What is in the way, in the order in which it began.
    private var obstacles: [Obstacle] = []

    /// As the store has it, which knows the one obstacle that was shown.
    init(_ state: DeviceState) {
        guard !state.isOnline else { return }
        let obstacle: Obstacle =
            switch state.offlineCause {
            case nil: .network
            case .bridge: .hub
            case .account: .account
            case .removed: .removal
            }
        obstacles = [obstacle]
    }

    /// The obstacle to show; nil if the lock can be reached.
    var obstacle: Obstacle? { obstacles.contains(.removal) ? .removal : obstacles.last }

    /// What Keyway is told of all this.
    var content: DeviceReport.Content {
        switch obstacle {
        case nil: .online(true)
        case .network: .online(false)
        case .hub: .bridgeOffline
        case .account: .accountDisconnected
        case .removal: .removed
        }
    }

    /// An obstacle begins.
    ///
    /// - Returns: False if it is there already.
    mutating func begin(_ obstacle: Obstacle) -> Bool {
        guard !obstacles.contains(obstacle) else { return false }
        obstacles.append(obstacle)
        return true
    }

    /// An obstacle ends.
    ///
    /// - Returns: False if there is none of this kind.
    mutating func end(_ obstacle: Obstacle) -> Bool {
        guard let index = obstacles.firstIndex(of: obstacle) else { return false }
        obstacles.remove(at: index)
        return true
    }
}

extension Reachability.Obstacle {
    /// How the lock refuses a command that it cannot be reached with.
    var refusal: CommandAnswer {
        switch self {
        case .network: .refused(.deviceOffline, "The lock is not on the network.")
        case .hub: .refused(.deviceDisconnected, "The hub of the lock is not on the network.")
        case .account: .refused(.deviceDisconnected, "The connection to the provider of the lock is gone.")
        case .removal: .refused(.deviceDisconnected, "The provider no longer has the lock.")
        }
    }
}

package import KeywayModel

/// A driver whose devices are virtual, and can be told what to do from outside.
package protocol DeviceSimulator: Sendable {
    /// Lets something happen to a device, which says so at once; what has happened to it already changes nothing.
    ///
    /// - Throws: What the report sink throws if the report could not be made durable.
    func simulate(_ happening: SimulatedHappening, to device: Device) async throws

    /// Changes how a lock answers commands.
    ///
    /// - Parameters:
    ///   - behavior: What the lock does from the next command on.
    ///   - times: For how many commands; then it goes back to the behaviour before. Nil: until changed, and kept across
    ///     restarts.
    ///   - device: The lock.
    /// - Throws: An error if a lasting behaviour could not be made durable; the lock then behaves as before.
    func setBehavior(_ behavior: LockBehavior, times: Int?, of device: Device) async throws

    /// Puts the bolt somewhere without a report, and drops a command that the lock is still working on.
    func settle(_ device: Device, at bolt: BoltState) async

    /// Forgets everything about a device: what it was doing, what it has said and nobody has taken yet, and how it
    /// behaves.
    ///
    /// The next time it is spoken of it comes into being as the store has it by then.
    func forget(_ id: Identifier<Device>) async

    /// What a new workspace has at the beginning, and has again when it is reset.
    ///
    /// - Returns: Its accounts, and their devices; the same identities each time.
    func beginning(of workspace: Workspace) -> (accounts: [ConnectedAccount], devices: [Device])

    /// A new account of a workspace with devices of its own, as a user brings it who connects one.
    ///
    /// - Parameters:
    ///   - id: The identity of the account, from which those of its devices follow.
    ///   - workspace: The workspace.
    ///   - time: When it is made.
    /// - Returns: The account and its devices.
    func newAccount(
        _ id: Identifier<ConnectedAccount>,
        in workspace: Workspace,
        at time: Timestamp
    ) -> (account: ConnectedAccount, devices: [Device])
}

/// What can happen to a virtual device.
package enum SimulatedHappening: Hashable, Sendable {
    /// It goes off the network: commands to it fail until it is connected again.
    case disconnected
    /// It is on the network again.
    case connected
    /// The hub that it hangs on goes off the network.
    case disconnectedFromHub
    /// The hub is on the network again.
    case connectedToHub
    /// The connection to the provider is lost.
    case accountDisconnected
    /// The connection to the provider stands again.
    case accountConnected
    /// The provider no longer has it; only a reset of the workspace brings it back.
    case removed
    /// The owner's subscription at the maker runs out, or is paid again.
    case subscription(isExpired: Bool)
}

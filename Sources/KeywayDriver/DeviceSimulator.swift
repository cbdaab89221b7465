package import KeywayModel

/// A driver whose devices are virtual, and can be told what to do from outside.
package protocol DeviceSimulator: Sendable {
    /// Takes a device off the network: it says so at once, and commands to it fail until it is connected again.
    ///
    /// - Throws: What the report sink throws if the report could not be made durable.
    func disconnect(_ device: Device) async throws

    /// Puts a device back on the network.
    ///
    /// - Throws: What the report sink throws if the report could not be made durable.
    func connect(_ device: Device) async throws

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
}

package import KeywayModel

/// The code that speaks to one provider.
///
/// A driver never retries an actuation, never sends a command after its deadline, and never says that a device did
/// something unless the device said so.
package protocol DeviceDriver: Sendable {
    /// The provider it speaks to.
    var provider: Provider { get }

    /// Connects, and passes on what devices say until the task is cancelled.
    ///
    /// Loss of a connection is no error: the driver says which devices are offline and connects again.
    ///
    /// - Parameter sink: Takes the reports, one device's in the order in which the device made them.
    /// - Throws: What makes it pointless to go on, such as a configuration that cannot work.
    func run(reportingTo sink: any ReportSink) async throws

    /// Sends a command once, re-checking its deadline immediately before.
    ///
    /// - Returns: What became of the command, as soon as the driver knows; at the latest a little after the deadline.
    func perform(_ command: Command, on device: Device) async -> CommandAnswer

    /// Asks a device where its bolt is.
    ///
    /// - Returns: What the device says now; nil if it does not answer, in a time that is short beside the grace (G2).
    func readBolt(of device: Device) async -> BoltState?
}

/// Where drivers bring what devices say.
package protocol ReportSink: Sendable {
    /// Takes a report.
    ///
    /// Returns when the report is durable, so a driver that owes its provider an acknowledgement gives it after this.
    ///
    /// - Throws: An error if the report is about an unknown device or could not be made durable.
    func deliver(_ report: DeviceReport) async throws

    /// Takes what a device is, from a provider that has just shown it.
    ///
    /// A device that is not stored is added as it comes, and one that its provider had removed is back; either is told
    /// with the event `device.added`. Of a stored one the description and the driver settings are replaced if they
    /// differ, and nothing else. Returns when that is durable.
    ///
    /// - Throws: An error if it could not be made durable.
    func discovered(_ device: Device) async throws
}

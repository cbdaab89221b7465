/// What becomes of a request for a device that cannot be reached.
package enum WhenOffline: String, Codable, CaseIterable, Sendable {
    /// The attempt ends at once.
    case fail
    /// The attempt waits for the device to come back, until its deadline.
    case wait
}

/// A message for a device, to be published once and never retained.
package struct OutgoingMessage: Hashable, Sendable {
    /// Where to.
    package let topic: String
    /// What, byte for byte.
    package let payload: [UInt8]

    /// Makes a message.
    package init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}

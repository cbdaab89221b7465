/// How much one announcement may hold of what is kept of it (G12): far more than any bridge has to say.
enum AnnouncementLimits {
    /// The most characters of a name, a maker's name and the like; the rest is cut off.
    static let textLength = 256
    /// The longest id, in bytes.
    static let idSize = 512
    /// The longest word for a state or a command, in bytes.
    static let wordSize = 256
    /// The longest template, in bytes.
    static let templateSize = 4096
    /// The most topics that tell whether a lock can be reached.
    static let availabilityTopics = 16
    /// The most identifiers and connections of one device together.
    static let deviceKeys = 16
    /// The most sensors of a device that count for a lock.
    static let sensors = 16
    /// The most locks and sensors in one message, or locks in one Zigbee device.
    static let components = 64

    /// A text for people, cut off where it is too long.
    static func text(_ text: String) -> String {
        // Scalars, as one character for people can have any number of them.
        text.utf8.count <= textLength ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(textLength)))
    }
}

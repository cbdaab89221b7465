/// The rules for the name of a topic: those of MQTT 5 (section 4.7.3), and what brokers and the library refuse beyond them.
///
/// A broker may end the connection over a name that it does not like, and every lock of the account hangs on that
/// connection. So a name that is not certain to be liked is not used at all (G12).
enum TopicName {
    /// The longest name, in bytes; far above what bridges use, and small beside the largest packet of any broker.
    static let maximumSize = 1024
    /// The most levels; mosquitto hangs up on more than 200.
    static let maximumLevelCount = 100

    /// Whether messages can be published to the topic and come from exactly it.
    static func isValid(_ topic: String) -> Bool {
        (1...maximumSize).contains(topic.utf8.count)
            && topic.unicodeScalars.allSatisfy(isAllowed)
            && topic.utf8.count { $0 == UInt8(ascii: "/") } < maximumLevelCount
            // Brokers give those a meaning of their own, such as to pass a message on an hour later.
            && !topic.hasPrefix("$")
    }

    /// Whether a character is neither a wildcard nor one of those that MQTT advises against (section 1.5.4).
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x23, 0x2B, 0x00...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: false
        default: scalar.value & 0xFFFE != 0xFFFE
        }
    }
}

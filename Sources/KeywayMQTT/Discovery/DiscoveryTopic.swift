/// What the topic of a discovery message says: which kind of thing it announces.
struct DiscoveryTopic: Hashable {
    /// What is announced.
    let kind: Kind
    /// The last part of the thing's own id, a name for want of a better one.
    let objectID: String

    enum Kind: String, CaseIterable {
        case lock
        case sensor
        case binarySensor = "binary_sensor"
        /// A device with all of its components in one message.
        case device
    }

    /// Reads `<prefix>/<kind>/[<node>/]<object>/config`.
    ///
    /// - Returns: Nil for every other topic, and for ids that Home Assistant does not take.
    init?(_ topic: String, prefix: String) {
        guard topic.hasPrefix(prefix + "/"), topic.utf8.count <= TopicName.maximumSize else { return nil }
        let levels = topic.dropFirst(prefix.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == 3 || levels.count == 4, levels.last == "config",
            let kind = Kind(rawValue: String(levels[0])), levels[1..<(levels.count - 1)].allSatisfy(Self.isID)
        else { return nil }
        self.kind = kind
        objectID = String(levels[levels.count - 2])
    }

    private static func isID(_ level: Substring) -> Bool {
        !level.isEmpty
            && level.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

import KeywayClient

/// The device that a person means by a word on the command line.
enum DeviceMatch: Hashable {
    case one(KeywayClient.Device)
    case several([KeywayClient.Device])
    case none

    /// The shortest beginning of an id that counts, so that a slip of a finger does not open a door.
    static let shortestPrefix = 4

    /// Looks for the device with an id, a name, a name in other case, or an id that begins so, in this order.
    ///
    /// - Returns: The device if there is exactly one in the first of these that has any.
    init(_ word: String, in devices: [KeywayClient.Device]) {
        let candidates: [(KeywayClient.Device) -> Bool] = [
            { $0.id == word },
            { $0.displayName == word },
            { $0.displayName.lowercased() == word.lowercased() },
            { word.count >= Self.shortestPrefix && $0.id.hasPrefix(word.lowercased()) },
        ]
        for isCandidate in candidates {
            let found = devices.filter(isCandidate)
            if let first = found.first {
                self = found.count == 1 ? .one(first) : .several(found)
                return
            }
        }
        self = .none
    }

    /// The one device.
    ///
    /// - Throws: ``CommandTrouble`` with status 2 if there is none, or more than one.
    func device(_ word: String) throws(CommandTrouble) -> KeywayClient.Device {
        switch self {
        case .one(let device): return device
        case .none:
            let words = "There is no device with the id or the name \"\(word)\". See: keyway devices"
            throw CommandTrouble(.usage, words.withoutControls())
        case .several(let devices):
            let words = "\"\(word)\" can mean \(devices.count) devices; give the id of one:"
            let lines = devices.prefix(10).map { "\($0.id)  \($0.displayName)" }
            throw CommandTrouble(.usage, ([words] + lines).map { $0.withoutControls() }.joined(separator: "\n  "))
        }
    }
}

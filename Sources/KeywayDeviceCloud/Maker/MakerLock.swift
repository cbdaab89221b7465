import FoundationEssentials
import KeywayModel

/// The answer to `GET /locks`.
struct MakerLockList: Decodable, Sendable {
    let locks: [Entry]

    /// One lock of the list.
    struct Entry: Decodable, Hashable, Sendable {
        let lockID: String
        let name: String?
        let model: String?
        let address: String?

        private enum CodingKeys: String, CodingKey {
            case lockID = "lock_id"
            case name, model, address
        }
    }
}

/// The answer to `GET /locks/{lock_id}`.
struct MakerLock: Decodable, Hashable, Sendable {
    /// `smart_lock`, `hub` or `bridge`.
    let deviceType: String?
    let deviceModel: String?
    let online: Bool
    /// 0 to 100.
    let batteryLevel: Double?
    let timeZone: String?
    let bridgeID: String?
    let lockState: String?
    let doorState: String?
    let deviceTime: String?

    private enum CodingKeys: String, CodingKey {
        case deviceType = "device_type"
        case deviceModel = "device_model"
        case online
        case batteryLevel = "battery_level"
        case timeZone = "timezone"
        case bridgeID = "bridge_id"
        case lockState = "lock_state"
        case doorState = "door_state"
        case deviceTime = "device_time"
    }

    /// Whether it is a lock; hubs and bridges are no devices of Keyway.
    var isLock: Bool { deviceType == nil || deviceType == "smart_lock" }

    /// Where the bolt is; nil if the maker does not know.
    var bolt: BoltState? {
        switch lockState {
        case "locked": .locked
        case "unlocked": .unlocked
        default: nil
        }
    }

    /// Whether the door stands open, be it only a little; nil if there is no sensor.
    var isDoorOpen: Bool? {
        switch doorState {
        case "open", "ajar": true
        case "closed": false
        default: nil
        }
    }

    /// The battery's charge between 0 and 1; nil if there is none.
    var charge: Double? { batteryLevel.map { min(max($0 / 100, 0), 1) } }

    /// How far a device's clock may be from Keyway's and still be right.
    private static var clockTolerance: Duration { .seconds(300) }

    /// Whether the device's own clock is known to be right at this moment.
    func hasRightTime(at now: Timestamp) -> Bool {
        guard let time = deviceTime.flatMap({ Timestamp($0) }) else { return false }
        return abs((time - now).wholeMicroseconds) <= Self.clockTolerance.wholeMicroseconds
    }

    // MARK: As Keyway has it

    /// The contract's list of lock types has none for makers at large, so this one is Keyway's own.
    static let deviceTypeName = "device_cloud_lock"

    /// What it is: the list has its name, its own answer the rest.
    func description(listedAs entry: MakerLockList.Entry, of account: ConnectedAccount) -> DeviceDescription {
        DeviceDescription(
            deviceType: Self.deviceTypeName,
            name: entry.name ?? entry.lockID,
            // The contract's word for a manufacturer that is not in its list.
            manufacturer: "unknown",
            manufacturerDisplayName: account.displayName,
            modelDisplayName: deviceModel ?? entry.model ?? "Lock",
            locationName: entry.address,
            timeZone: timeZone,
            capabilities: [.canRemotelyLock, .canRemotelyUnlock]
        )
    }

    /// What it says about itself, as reports that inform but never confirm (G6).
    func reports(of deviceID: Identifier<Device>, at now: Timestamp) -> [DeviceReport] {
        var contents: [DeviceReport.Content] = [.online(online)]
        if let bolt { contents.append(.bolt(bolt)) }
        if let charge { contents.append(.battery(charge)) }
        if let isDoorOpen { contents.append(.doorOpen(isDoorOpen)) }
        if hasRightTime(at: now) { contents.append(.warning(.timeWrong, isPresent: false)) }
        return contents.map { DeviceReport(deviceID: deviceID, content: $0, isReplay: true) }
    }
}

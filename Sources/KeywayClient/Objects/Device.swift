public import FoundationEssentials

extension KeywayClient {
    /// A device.
    public struct Device: ServerObject, Identifiable {
        /// Its identity.
        public let id: String
        /// Its kind, such as `august_lock`.
        public let deviceType: String
        /// Its name for people.
        public let displayName: String
        /// The workspace that it belongs to.
        public let workspaceID: String
        /// The connected account through which it is reached; nil if the server does not say.
        public let connectedAccountID: String?
        /// When the server first saw it; nil if it does not say.
        public let createdAt: Date?
        /// Whether it can be acted on.
        public let isManaged: Bool
        /// Whether it can be reached now; nil if the server does not say.
        public let isOnline: Bool?
        /// Whether it is locked; nil for a device that is no lock, and while its bolt moves or is stuck.
        public let isLocked: Bool?
        /// Where its bolt is, is wanted and is going; nil for a device that is no lock.
        public let lockState: LockState?
        /// How full its battery is, 0 to 1; nil if nobody knows.
        public let batteryLevel: Double?
        /// Its maker's name for people; nil if the server does not say.
        public let manufacturer: String?
        /// The name of its model for people; nil if the server does not say.
        public let model: String?
        /// What is wrong with it.
        public let errors: [Issue]
        /// What should be looked at.
        public let warnings: [Issue]
        /// What its users noted about it.
        public let customMetadata: [String: JSONValue]
        /// Everything that the server said about it.
        public let json: JSONValue

        /// Whether it can be locked over the network.
        public var canRemotelyLock: Bool { json["can_remotely_lock"]?.boolValue ?? false }

        /// Whether it can be unlocked over the network.
        public var canRemotelyUnlock: Bool { json["can_remotely_unlock"]?.boolValue ?? false }

        /// Reads a device.
        ///
        /// - Throws: ``UnreadableAnswer`` if its identity, kind, name or workspace is missing.
        public init(json: JSONValue) throws {
            let reader = try ObjectReader(json, kind: "device")
            let properties = json["properties"]
            self.json = json
            id = try reader.text("device_id")
            deviceType = try reader.text("device_type")
            workspaceID = try reader.text("workspace_id")
            displayName =
                try reader.textIfAny("display_name") ?? properties?["name"]?.stringValue ?? reader.text("display_name")
            connectedAccountID = reader.textIfAny("connected_account_id")
            createdAt = reader.dateIfAny("created_at")
            isManaged = reader.flagIfAny("is_managed") ?? true
            isOnline = properties?["online"]?.boolValue
            isLocked = properties?["locked"]?.boolValue
            lockState = properties?["lock_state"].flatMap(LockState.init(json:))
            batteryLevel = properties?["battery_level"]?.numberValue ?? properties?["battery"]?["level"]?.numberValue
            manufacturer =
                json["device_manufacturer"]?["display_name"]?.stringValue ?? properties?["manufacturer"]?.stringValue
            model = properties?["model"]?["display_name"]?.stringValue
            errors = reader.list("errors").compactMap { Issue(json: $0, codeName: "error_code") }
            warnings = reader.list("warnings").compactMap { Issue(json: $0, codeName: "warning_code") }
            customMetadata = json["custom_metadata"]?.objectValue ?? [:]
        }
    }
}

extension KeywayClient.Device {
    /// What is known about a bolt.
    public struct LockState: Hashable, Sendable {
        /// What the device last said.
        public let reported: KeywayClient.BoltState
        /// When it said so; nil if it never did.
        public let reportedAt: Date?
        /// Whether this was not said but concluded, as the device cannot say.
        public let isAssumed: Bool
        /// Where it should be; nil if nobody asked for anything.
        public let wanted: KeywayClient.BoltState?
        /// What is being done about it; nil if nothing is.
        public let inProgress: KeywayClient.BoltState?

        init?(json: KeywayClient.JSONValue) {
            guard let reader = try? ObjectReader(json, kind: "lock state"),
                let reported: KeywayClient.BoltState = reader.wordIfAny("reported")
            else { return nil }
            self.reported = reported
            reportedAt = reader.dateIfAny("reported_at")
            isAssumed = reader.flagIfAny("is_assumed") ?? false
            wanted = reader.wordIfAny("wanted")
            inProgress = reader.wordIfAny("in_progress")
        }
    }

    /// Something that is wrong with a device.
    public struct Issue: Hashable, Sendable {
        /// What it is, such as `device_disconnected`.
        public let code: String
        /// One sentence for a person.
        public let message: String
        /// Since when; nil if the server does not say.
        public let createdAt: Date?

        init?(json: KeywayClient.JSONValue, codeName: String) {
            guard let code = json[codeName]?.stringValue else { return nil }
            self.code = code
            message = json["message"]?.stringValue ?? code
            createdAt = json["created_at"]?.stringValue.flatMap(Date.init(wireText:))
        }
    }
}

extension KeywayClient {
    /// What kind of thing happened.
    ///
    /// The server knows more kinds than there are constants here.
    public struct EventType: OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// In a webhook's types: all of them, now and in future.
        public static let every = Self(rawValue: "*")
        /// A door became locked.
        public static let lockLocked = Self(rawValue: "lock.locked")
        /// A door became unlocked.
        public static let lockUnlocked = Self(rawValue: "lock.unlocked")
        /// Somebody was refused at a lock.
        public static let lockAccessDenied = Self(rawValue: "lock.access_denied")
        /// An attempt to lock a door succeeded.
        public static let lockDoorSucceeded = Self(rawValue: "action_attempt.lock_door.succeeded")
        /// An attempt to lock a door failed.
        public static let lockDoorFailed = Self(rawValue: "action_attempt.lock_door.failed")
        /// An attempt to unlock a door succeeded.
        public static let unlockDoorSucceeded = Self(rawValue: "action_attempt.unlock_door.succeeded")
        /// An attempt to unlock a door failed.
        public static let unlockDoorFailed = Self(rawValue: "action_attempt.unlock_door.failed")
        /// A device went online.
        public static let deviceConnected = Self(rawValue: "device.connected")
        /// A device went offline.
        public static let deviceDisconnected = Self(rawValue: "device.disconnected")
        /// A device appeared.
        public static let deviceAdded = Self(rawValue: "device.added")
        /// A device is gone on its provider's side.
        public static let deviceRemoved = Self(rawValue: "device.removed")
        /// The battery of a device fell under the low mark.
        public static let deviceLowBattery = Self(rawValue: "device.low_battery")
    }
}

extension KeywayClient {
    /// What an attempt does to a device.
    public struct ActionType: OpenWord {
        /// The text on the wire.
        public let rawValue: String

        /// Makes a word of the text that stands for it on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A door is locked.
        public static let lockDoor = Self(rawValue: "LOCK_DOOR")
        /// A door is unlocked.
        public static let unlockDoor = Self(rawValue: "UNLOCK_DOOR")
        /// The automatic lock of a device is set.
        public static let configureAutoLock = Self(rawValue: "CONFIGURE_AUTO_LOCK")
        /// A code is entered on a virtual keypad.
        public static let simulateKeypadCodeEntry = Self(rawValue: "SIMULATE_KEYPAD_CODE_ENTRY")
        /// A virtual door is locked by hand on its keypad.
        public static let simulateManualLockViaKeypad = Self(rawValue: "SIMULATE_MANUAL_LOCK_VIA_KEYPAD")
        /// A sandbox workspace is put back to its beginning.
        public static let resetSandboxWorkspace = Self(rawValue: "RESET_SANDBOX_WORKSPACE")
    }
}

/// How a bolt came to rest.
package struct BoltMovement: Hashable, Codable, Sendable {
    /// What moved it.
    package let method: LockMethod
    /// The access code that was entered, if Keyway knows it.
    package let accessCodeID: String?
    /// Whether Keyway manages that code.
    package let accessCodeIsManaged: Bool?
    /// The digits that were entered, if the device tells.
    package let code: String?
    /// Whether it was moved over Bluetooth, if the device tells.
    package let isViaBluetooth: Bool?
    /// Whether it was moved over NFC, if the device tells.
    package let isViaNFC: Bool?

    /// Makes a movement; what is not known is left out.
    package init(
        method: LockMethod,
        accessCodeID: String? = nil,
        accessCodeIsManaged: Bool? = nil,
        code: String? = nil,
        isViaBluetooth: Bool? = nil,
        isViaNFC: Bool? = nil
    ) {
        self.method = method
        self.accessCodeID = accessCodeID
        self.accessCodeIsManaged = accessCodeIsManaged
        self.code = code
        self.isViaBluetooth = isViaBluetooth
        self.isViaNFC = isViaNFC
    }

    private enum CodingKeys: String, CodingKey {
        case method
        case accessCodeID = "access_code_id"
        case accessCodeIsManaged = "access_code_is_managed"
        case code
        case isViaBluetooth = "is_via_bluetooth"
        case isViaNFC = "is_via_nfc"
    }
}

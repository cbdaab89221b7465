import KeywayModel

extension Device {
    /// Whether the `locks` endpoints show it: it is of one of the contract's lock types (section 8), or can do what
    /// only locks can.
    var isLock: Bool {
        Self.lockTypes.contains(description.deviceType)
            || !description.capabilities.isDisjoint(with: [.canRemotelyLock, .canRemotelyUnlock])
    }

    private static let lockTypes: Set<String> = [
        "akuvox_lock", "august_lock", "brivo_access_point", "butterflymx_panel", "avigilon_alta_entry",
        "doorking_lock", "genie_door", "igloo_lock", "linear_lock", "lockly_lock", "kwikset_lock", "nuki_lock",
        "salto_lock", "schlage_lock", "smartthings_lock", "wyze_lock", "yale_lock", "two_n_intercom",
        "controlbyweb_device", "ttlock_lock", "igloohome_lock", "four_suites_door", "dormakaba_oracode_door",
        "tedee_lock", "akiles_lock", "ultraloq_lock", "yacan_lock", "keyincode_lock", "omnitec_lock", "kisi_lock",
        "aqara_lock",
    ]
}

import KeywayModel

/// The short forms of the names in discovery messages, of those that mean something to Keyway.
enum DiscoveryNames {
    /// Of an entity.
    static let entity: [String: String] = [
        "avty": "availability", "avty_mode": "availability_mode", "avty_t": "availability_topic",
        "avty_tpl": "availability_template", "cmd_t": "command_topic", "cmd_tpl": "command_template",
        "cmps": "components", "cod_form": "code_format", "dev": "device", "dev_cla": "device_class", "e": "encoding",
        "o": "origin", "obj_id": "object_id", "opt": "optimistic", "p": "platform", "pl_avail": "payload_available",
        "pl_lock": "payload_lock", "pl_not_avail": "payload_not_available", "pl_off": "payload_off",
        "pl_on": "payload_on", "pl_open": "payload_open", "pl_rst": "payload_reset", "pl_unlk": "payload_unlock",
        "ret": "retain", "stat_jam": "state_jammed", "stat_jammed": "state_jammed", "stat_locked": "state_locked",
        "stat_locking": "state_locking", "stat_open": "state_open", "stat_opening": "state_opening",
        "stat_t": "state_topic", "stat_unlocked": "state_unlocked", "stat_unlocking": "state_unlocking", "t": "topic",
        "uniq_id": "unique_id", "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template",
    ]

    /// Of the block that describes the device.
    static let device: [String: String] = [
        "cns": "connections", "cu": "configuration_url", "hw": "hw_version", "ids": "identifiers",
        "mdl": "model", "mdl_id": "model_id", "mf": "manufacturer", "sa": "suggested_area", "sn": "serial_number",
        "sw": "sw_version",
    ]

    /// Of the block that says which program announces.
    static let origin: [String: String] = ["sw": "sw_version", "url": "support_url"]

    /// Of an item of a list of availability topics.
    static let availability: [String: String] = [
        "pl_avail": "payload_available", "pl_not_avail": "payload_not_available", "t": "topic",
        "val_tpl": "value_template",
    ]

    /// An object with every name in full; where both forms are there the full one counts.
    static func expanded(_ members: [String: JSONValue], by names: [String: String]) -> [String: JSONValue] {
        var expanded: [String: JSONValue] = [:]
        for (name, value) in members {
            guard let full = names[name] else {
                expanded[name] = value
                continue
            }
            if members[full] == nil { expanded[full] = value }
        }
        return expanded
    }
}

import KeywayModel

extension NamedSchema {
    /// The shape of a ``DevicePropertiesBody``.
    static let deviceProperties = NamedSchema(
        "device_properties",
        .object([
            .always("name", .text, "The name at its provider."),
            .always(
                "appearance",
                .object([.always("name", .text, "The name at its provider.")]),
                "How its provider shows it."
            ),
            .always("model", .object(model), "The model."),
            .always("online", .boolean, "Whether it can be reached."),
            .always("manufacturer", .text, "The maker's short name, such as `august`."),
            .sometimes("locked", .boolean, "Whether the bolt is out; left out where that is not known."),
            .sometimes("battery_level", charge, "The charge of its battery, from 0 to 1, if known."),
            .sometimes("battery", .object(battery), "Its battery, if known."),
            .sometimes("door_open", .boolean, "Whether the door stands open, if there is a sensor."),
            .sometimes("has_direct_power", .boolean, "Whether it runs on mains power, if known."),
            .sometimes("serial_number", .text, "The maker's serial number, if known."),
            .sometimes("auto_lock_enabled", .boolean, "Whether it locks itself after an unlock, if known."),
            .sometimes("auto_lock_delay_seconds", .number(1...60), "How long after, if it does."),
            .always("lock_state", .object(lockState), "What is reported, wanted and under way. Keyway's own."),
        ]),
        "The state of a device, as last reported."
    )

    /// The shape of the `properties` of a device that is not managed.
    static let unmanagedProperties: [ParameterDeclaration] = [
        .always("name", .text, "The name at its provider."),
        .always("model", .object(model), "The model."),
        .always("online", .boolean, "Whether it can be reached."),
        .always("manufacturer", .text, "The maker's short name, such as `august`."),
        .sometimes("battery_level", charge, "The charge of its battery, from 0 to 1, if known."),
        .sometimes("battery", .object(battery), "Its battery, if known."),
    ]

    private static let charge = Schema.number(0...1)

    private static let model: [ParameterDeclaration] = [
        .always("display_name", .text, "The model's name for people."),
        .always("manufacturer_display_name", .text, "The maker's name for people."),
        .sometimes("has_built_in_keypad", .boolean, "Whether it has a keypad of its own, if known."),
    ]

    private static let battery: [ParameterDeclaration] = [
        .always("level", charge, "The charge, from 0 to 1."),
        .always("status", .oneOf(BatteryStatus.self), "The charge in a word."),
    ]

    private static let lockState: [ParameterDeclaration] = [
        .always("reported", .oneOf(BoltState.self), "What the lock last said of its bolt once it rested."),
        .always("reported_at", .nullable(.dateTime), "When it said so; null if it never did."),
        .always("is_assumed", .boolean, "Whether `reported` is only what an unconfirmed command should have done."),
        .always(
            "wanted",
            .nullable(.oneOf(BoltState.self)),
            "What the last command asked for; null before the first."
        ),
        .always(
            "in_progress",
            .nullable(.oneOf(BoltState.self)),
            "Where the bolt is moving right now; null if it is not known to move."
        ),
    ]
}

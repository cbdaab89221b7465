import KeywayModel

extension NamedSchema {
    /// The shape of a ``DeviceBody``.
    static let device = NamedSchema(
        "device",
        .object(
            [
                .always("device_id", .uuid, "Its identity."),
                .always("device_type", .text, "What it is, such as `august_lock`."),
                .always("display_name", .text, "The nickname, or else the name at its provider."),
                .sometimes("nickname", .text, "The name its users gave it, if they did."),
                .always("workspace_id", .uuid, "The workspace it belongs to."),
                .always("connected_account_id", .uuid, "The connected account it is reached through."),
                .always("created_at", .dateTime, "When it was first seen."),
                .always("is_managed", .literal(true), "Always true: the owner lets Keyway act on it."),
                .always("capabilities_supported", .list(of: .text), "What it can do, in rough words."),
                .always("custom_metadata", .metadata, "The owner's own keys and values."),
                .always("space_ids", .list(of: .uuid), "Always empty: Keyway has no spaces."),
                .sometimes("location", .object(location), "Where it is, if known."),
                .always("device_manufacturer", .object(manufacturer), "Who made it."),
                .always("device_provider", .object(provider), "The brand through which it is reached."),
                .always("errors", .list(of: .object(deviceError)), "What keeps it from working right now."),
                .always(
                    "warnings",
                    .list(of: .named(.deviceWarning)),
                    "What is not as it should be, though it works."
                ),
                .always("properties", .named(.deviceProperties), "Its state, as last reported."),
            ] + capabilityFlags
        ),
        "A device of a workspace, with what is known about it right now."
    )

    /// The capability flags of a device.
    static let capabilityFlags = DeviceCapability.allCases.map { capability in
        ParameterDeclaration.sometimes(capability.rawValue, .literal(true), "Left out if it cannot.")
    }

    /// The `location` of a device.
    static let location: [ParameterDeclaration] = [
        .sometimes("location_name", .text, "In the owner's words, if known."),
        .sometimes("time_zone", .text, "Its IANA time zone, if known."),
    ]

    private static let manufacturer: [ParameterDeclaration] = [
        .always("manufacturer", .text, "The maker's short name, such as `august`."),
        .always("display_name", .text, "The maker's name for people."),
    ]

    private static let provider: [ParameterDeclaration] = [
        .always("device_provider_name", .text, "The brand's short name."),
        .always("display_name", .text, "The brand's name for people."),
        .always("provider_category", .text, "How well the brand is supported."),
    ]

    /// The keys of an error of a device.
    static let deviceError =
        healthIssue + [
            .always("is_device_error", .boolean, "Whether it is an error of the device itself."),
            .sometimes(
                "is_connected_account_error",
                .literal(true),
                "Left out unless it is an error of the connected account."
            ),
        ]

    /// The keys of a `HealthIssue`.
    static let healthIssue: [ParameterDeclaration] = [
        .always("error_code", .text, "What is wrong, such as `device_offline`."),
        .always("message", .text, "One sentence for a person."),
        .always("created_at", .dateTime, "Since when."),
    ]

    /// The shape of a `DeviceWarning`.
    static let deviceWarning = NamedSchema(
        "device_warning",
        .object([
            .always("warning_code", .oneOf(DeviceWarning.Code.self), "What is not as it should be."),
            .always("message", .text, "One sentence for a person."),
            .always("created_at", .dateTime, "Since when."),
        ]),
        "Something about a device that is not as it should be, though the device works."
    )
}

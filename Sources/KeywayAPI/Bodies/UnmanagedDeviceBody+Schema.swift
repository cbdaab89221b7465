extension NamedSchema {
    /// The shape of a ``DeviceBody`` of a device that is not managed.
    static let unmanagedDevice = NamedSchema(
        "unmanaged_device",
        .object(
            [
                .always("device_id", .uuid, "Its identity."),
                .always("device_type", .text, "What it is, such as `august_lock`."),
                .always("display_name", .text, "The nickname, or else the name at its provider."),
                .always("workspace_id", .uuid, "The workspace it belongs to."),
                .always("connected_account_id", .uuid, "The connected account it is reached through."),
                .always("created_at", .dateTime, "When it was first seen."),
                .always("is_managed", .literal(false), "Always false: Keyway only shows it."),
                .always("capabilities_supported", .list(of: .text), "What it can do, in rough words."),
                .always("custom_metadata", .metadata, "The owner's own keys and values."),
                .sometimes("location", .object(location), "Where it is, if known."),
                .always("errors", .list(of: .object(deviceError)), "What keeps it from working right now."),
                .always(
                    "warnings",
                    .list(of: .named(.deviceWarning)),
                    "What is not as it should be, though it works."
                ),
                .always("properties", .object(unmanagedProperties), "Some of its state, as last reported."),
            ] + capabilityFlags
        ),
        "A device of a workspace that Keyway only shows."
    )
}

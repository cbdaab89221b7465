extension NamedSchema {
    /// The shape of a ``DeviceProviderBody``.
    static let deviceProvider = NamedSchema(
        "device_provider",
        .object(
            [
                .always("device_provider_name", .text, "The brand's short name, as devices show it."),
                .always("display_name", .text, "The brand's name for people."),
                .always("image_url", .text, "Always empty: Keyway has no pictures of brands."),
                .always(
                    "provider_categories",
                    .list(of: .oneOf(DeviceProvider.Category.self)),
                    "What it is filed under."
                ),
            ] + capabilityFlags
        ),
        "A brand of which this server has devices, with what any of them can do."
    )
}

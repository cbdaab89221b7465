extension NamedSchema {
    /// The shape of a ``ServiceHealthBody``.
    static let serviceHealth = NamedSchema(
        "service_health",
        .object([
            .always("service", .text, "Which part it is."),
            .always("status", .oneOf(ServiceHealthBody.Status.self), "How it is."),
            .always("description", .text, "One sentence for a person."),
        ]),
        "The health of one part of this server."
    )
}

extension NamedSchema {
    /// The shape of an ``APIError/Body``.
    static let errorResponse = NamedSchema(
        "error_response",
        .object([
            .always("ok", .literal(false), "Always false."),
            .always("error", .object(error), "What went wrong."),
        ]),
        "Why a request was refused. The header `seam-request-id` names the request."
    )

    private static let error: [ParameterDeclaration] = [
        .always("type", .text, "What went wrong, in one word for programs, such as `device_not_found`."),
        .always("message", .text, "What went wrong, in one sentence for a person."),
        .sometimes("data", .record(of: .text), "What it is about, such as the id that was not found."),
        .sometimes(
            "validation_errors",
            .record(of: .anything),
            "What is wrong with the parameters: `_errors` has messages about all of them, and each other key is the "
                + "name of a parameter, whose own `_errors` has those about it."
        ),
    ]
}

import KeywayModel

extension NamedSchema {
    /// The shape of an ``ActionAttemptBody``.
    static let actionAttempt = NamedSchema(
        "action_attempt",
        .object([
            .always("action_attempt_id", .uuid, "Its identity."),
            .always("action_type", .oneOf(ActionType.self), "What it tries to do."),
            .always(
                "status",
                .oneOf(ActionAttempt.Status.self),
                "`pending` until it has its outcome, and then never changed again."
            ),
            .always("result", .nullable(.object(result)), "What a success says; null for anything else."),
            .always("error", .nullable(.object(error)), "Why it failed; null unless it did."),
            .always("device_id", .nullable(.uuid), "The device it acts on; null if it acts on its whole workspace."),
            .always("created_at", .dateTime, "When it was accepted."),
            .always("deadline_at", .dateTime, "After this time nothing is sent for it any more."),
            .always("dispatched_at", .nullable(.dateTime), "When its command was sent; null if it was not."),
            .always(
                "acknowledged_at",
                .nullable(.dateTime),
                "When the device or its provider took the command; null if it has not."
            ),
            .always("resolved_at", .nullable(.dateTime), "When the outcome was decided; null while pending."),
            .always("requested_by", .text, "Who asked for it: the kind and the id of the credential."),
            .sometimes("timeline", .list(of: .object(entry)), "Everything that happened to it, if asked for."),
        ]),
        "An attempt to act on a device. It is pending until it has an outcome, which never changes."
    )

    private static let result: [ParameterDeclaration] = [
        .sometimes(
            "was_confirmed_by_device",
            .boolean,
            "True: the device reported the wanted state. False: it cannot. Left out: unknown."
        )
    ]

    private static let error: [ParameterDeclaration] = [
        .always("type", .oneOf(FailureCause.self), "The cause."),
        .always("message", .text, "One sentence for a person."),
        .always(
            "is_retryable",
            .boolean,
            "Whether the same request, made again a little later, has a fair chance."
        ),
    ]

    private static let entry: [ParameterDeclaration] = [
        .always("kind", .oneOf(TimelineEntry.Kind.self), "What kind of thing happened."),
        .always("at", .dateTime, "When Keyway saw it."),
        .sometimes("detail", .text, "The cause, the reported state or what the provider said."),
    ]
}

import KeywayModel

extension NamedSchema {
    /// The shape of a ``WebhookDeliveryBody``.
    static let webhookDelivery = NamedSchema(
        "webhook_delivery",
        .object([
            .always("webhook_delivery_id", .uuid, "Its identity, which the receiver sees as `svix-id`."),
            .always("webhook_id", .uuid, "The webhook it goes to."),
            .always("event_id", .uuid, "The event it tells."),
            .always("event_type", .oneOf(EventType.self), "The type of the event."),
            .sometimes("device_id", .uuid, "The device whose deliveries arrive in order."),
            .always("status", .oneOf(Delivery.Status.self), "Where it stands."),
            .sometimes("reason", .oneOf(Delivery.Reason.self), "Why it is not sent any more, if it is not."),
            .always("created_at", .dateTime, "When the event was written."),
            .sometimes(
                "next_try_at",
                .dateTime,
                "When it is tried next; absent also while it waits for an older one about the same device."
            ),
            .sometimes("finished_at", .dateTime, "When it was taken or given up."),
            .always("try_count", .integer(0 ... .max), "How often it was tried."),
            .always(
                "tries",
                .array(of: .object(deliveryTry), count: 0...Delivery.maximumTries),
                "The latest \(Delivery.maximumTries) tries, the latest one last."
            ),
        ]),
        "One event on its way to one webhook."
    )

    private static let deliveryTry: [ParameterDeclaration] = [
        .always("started_at", .dateTime, "When it began."),
        .always("latency_milliseconds", .integer(0 ... .max), "How long it took."),
        .sometimes("response_status", .integer(100...999), "The HTTP status of the answer."),
        .sometimes(
            "response_body",
            .text,
            "The beginning of the answer, at most \(DeliveryTry.longestAnswer) bytes."
        ),
        .sometimes("error_code", .oneOf(DeliveryTry.Trouble.self), "Why there was no answer that counts."),
    ]
}

import KeywayModel

extension NamedSchema {
    /// The shape of an event: one flat object, in which each type of event has its own keys.
    static let event = NamedSchema(
        "event",
        .object([
            .always("event_id", .uuid, "Its identity, the same on every delivery."),
            .always("event_type", .oneOf(EventType.self), "What happened."),
            .always("event_description", .text, "What happened, in one sentence for a person."),
            .always("workspace_id", .uuid, "The workspace it belongs to."),
            .always("created_at", .dateTime, "When it was written."),
            .always("occurred_at", .dateTime, "When it happened, as far as Keyway knows."),
            .sometimes("connected_account_id", .uuid, "The connected account it is about."),
            .sometimes("connected_account_custom_metadata", .metadata, "The owner's keys on that account."),
            .sometimes("device_id", .uuid, "The device it is about."),
            .sometimes("device_custom_metadata", .metadata, "The owner's keys on that device."),
            .sometimes("customer_key", .text, "The owner's key of the customer it is about."),
            .sometimes("action_attempt_id", .uuid, "The attempt it is about, or that caused it."),
            .sometimes("client_session_id", .uuid, "The client session it is about."),
            .sometimes("connect_webview_id", .uuid, "The Connect Webview it is about, or that caused it."),
            .sometimes("action_type", .oneOf(ActionType.self), "What the attempt tried to do."),
            .sometimes("status", .oneOf(ActionAttempt.Status.self), "How the attempt ended."),
            .sometimes(
                "reported_state",
                .oneOf(BoltState.self),
                "What the device reported against the outcome of the attempt. Keyway's own."
            ),
            .sometimes("method", .oneOf(LockMethod.self), "What moved the bolt."),
            .sometimes("access_code_id", .text, "The access code that was entered, if known."),
            .sometimes("access_code_is_managed", .boolean, "Whether Keyway manages that code."),
            .sometimes("code", .text, "The digits that were entered, if the device tells."),
            .sometimes("is_via_bluetooth", .boolean, "Whether the bolt was moved over Bluetooth, if known."),
            .sometimes("is_via_nfc", .boolean, "Whether the bolt was moved over NFC, if known."),
            .sometimes("reason", .object(denial), "Why somebody was refused entry."),
            .sometimes("error_code", .oneOf(DisconnectionCause.self), "Why the device can no longer be reached."),
            .sometimes("device_errors", .list(of: .object(healthIssue)), "The device's errors at the time."),
            .sometimes("device_warnings", .list(of: .named(.deviceWarning)), "The device's warnings at the time."),
            .sometimes(
                "connected_account_errors",
                .list(of: .object(healthIssue)),
                "The connected account's errors at the time."
            ),
            .sometimes(
                "connected_account_warnings",
                .list(of: .named(.deviceWarning)),
                "The connected account's warnings at the time."
            ),
            .sometimes("device_name", .text, "The name of the device at the time."),
            .sometimes("battery_level", .number(0...1), "The charge of the battery, from 0 to 1."),
            .sometimes("webhook_id", .uuid, "The webhook that was disabled. Keyway's own."),
            .sometimes("webhook_url", .url, "Where its events went. Keyway's own."),
            .sometimes(
                "disabled_reason",
                .oneOf(EndpointHealth.DisabledReason.self),
                "Why it was disabled. Keyway's own."
            ),
        ]),
        "Something that happened. Events of each type have the keys that go with it; what is not known is left out."
    )

    private static let denial: [ParameterDeclaration] = [
        .always("reason_code", .oneOf(AccessDenial.Code.self), "What was wrong."),
        .always("message", .text, "One sentence for a person."),
    ]
}

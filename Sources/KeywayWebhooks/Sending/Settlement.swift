import KeywayModel

/// What the end of a try means for the delivery and its webhook: decided once, applied in the store's transaction.
struct Settlement: Hashable, Sendable {
    /// How often the delivery had been tried before.
    private let triesBefore: Int
    private let latest: DeliveryTry
    private let verdict: Delivery.Verdict
    /// When the try ended.
    private let endedAt: Timestamp
    /// The event's identity, should this try disable the endpoint.
    private let eventID: Identifier<Event>

    /// Decides.
    ///
    /// - Parameters:
    ///   - latest: The try.
    ///   - answer: The answer, if there was a whole one.
    ///   - delivery: The delivery as it was when the try began.
    ///   - endedAt: When the try ended.
    ///   - eventID: The event's identity, should this try disable the endpoint.
    ///   - random: Where the jitter comes from.
    init(
        _ latest: DeliveryTry,
        _ answer: ReceiverAnswer?,
        of delivery: Delivery,
        endedAt: Timestamp,
        eventID: Identifier<Event>,
        using random: inout some RandomNumberGenerator
    ) {
        triesBefore = delivery.tryCount
        self.latest = latest
        self.endedAt = endedAt
        self.eventID = eventID
        if latest.isSuccess {
            verdict = .taken
        } else if latest.trouble == nil, answer?.status == 410 {
            verdict = .over(.gone)
        } else if latest.trouble == nil, answer?.aborts == true {
            verdict = .over(.abortedByReceiver)
        } else {
            let wish = answer?.retryAfter.flatMap { RetryAfter.duration($0, at: endedAt) }
            let delay = RetrySchedule.delay(
                afterFailures: delivery.failureCount + 1,
                retryAfter: wish,
                using: &random
            )
            verdict = delay.map { .retry(after: $0) } ?? .over(.triesUsedUp)
        }
    }

    /// Applies what was decided; again, or to a delivery that has been tried since, it changes nothing.
    ///
    /// - Returns: The events that tell of it.
    func apply(to delivery: inout Delivery, _ webhook: inout Webhook?) -> [Event] {
        guard delivery.tryCount == triesBefore else { return [] }
        delivery.note(latest, verdict, at: endedAt)
        guard var changed = webhook else {
            delivery.abandon(at: endedAt)
            return []
        }
        let isDisabled = note(in: &changed.health)
        changed.forgetEndedSecret(at: endedAt)
        webhook = changed
        if !changed.health.isEnabled { delivery.abandon(at: endedAt) }
        guard isDisabled, let reason = changed.health.disabledReason else { return [] }
        return [
            Event(
                id: eventID,
                type: .webhookDisabled,
                workspaceID: changed.workspaceID,
                createdAt: endedAt,
                occurredAt: endedAt,
                details: .webhookDisabled(WebhookDisablement(changed, because: reason))
            )
        ]
    }

    /// Takes note of the try in the endpoint's health.
    ///
    /// A receiver that stops one event is well, and a secret that cannot be read is the operator's trouble, not the
    /// endpoint's.
    ///
    /// - Returns: Whether the endpoint was disabled by it.
    private func note(in health: inout EndpointHealth) -> Bool {
        switch verdict {
        case .taken: health.succeeded()
        case .over(.gone): return health.gone(at: endedAt)
        case .over(.abortedByReceiver): break
        default: if latest.trouble != .secretUnusable { return health.failed(at: endedAt) }
        }
        return false
    }
}

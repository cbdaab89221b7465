/// One event on its way to one webhook: written in the transaction that writes the event, and kept until it has been
/// looked back at long enough (G10).
package struct Delivery: Hashable, Sendable {
    /// Its identity, which receivers see as `svix-id`: the same on every try, and when it is sent again.
    package let id: Identifier<Delivery>
    /// Where it goes.
    package let webhookID: Identifier<Webhook>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// What it tells.
    package let eventID: Identifier<Event>
    /// The event's place in its workspace's sequence.
    package let eventSequence: Int64
    /// The event's type.
    package let eventType: EventType
    /// The device whose deliveries arrive in order; nil: those about no device, which keep one order too.
    package let deviceID: Identifier<Device>?
    /// When the event was written.
    package let createdAt: Timestamp
    /// Where it stands.
    package var status: Status
    /// Why it will not be sent, if it failed or was abandoned; nil otherwise.
    package var reason: Reason?
    /// When it is tried next; nil unless it is pending and the first of its device.
    package var nextTryAt: Timestamp?
    /// How often it was tried, ever.
    package var tryCount: Int
    /// How often it has failed since it was written or sent again: where it stands in the ``RetrySchedule``.
    package var failureCount: Int
    /// The latest tries, at most ``maximumTries``, the latest one last.
    package var tries: [DeliveryTry]
    /// When it stopped being pending; nil while it is.
    package var finishedAt: Timestamp?

    /// How many tries are kept.
    package static let maximumTries = 10

    /// Makes a delivery; a new one is pending and untried.
    package init(
        id: Identifier<Delivery>,
        webhookID: Identifier<Webhook>,
        workspaceID: Identifier<Workspace>,
        eventID: Identifier<Event>,
        eventSequence: Int64,
        eventType: EventType,
        deviceID: Identifier<Device>?,
        createdAt: Timestamp,
        status: Status = .pending,
        reason: Reason? = nil,
        nextTryAt: Timestamp? = nil,
        tryCount: Int = 0,
        failureCount: Int = 0,
        tries: [DeliveryTry] = [],
        finishedAt: Timestamp? = nil
    ) {
        self.id = id
        self.webhookID = webhookID
        self.workspaceID = workspaceID
        self.eventID = eventID
        self.eventSequence = eventSequence
        self.eventType = eventType
        self.deviceID = deviceID
        self.createdAt = createdAt
        self.status = status
        self.reason = reason
        self.nextTryAt = nextTryAt
        self.tryCount = tryCount
        self.failureCount = failureCount
        self.tries = tries
        self.finishedAt = finishedAt
    }

    /// Makes the delivery of an event to a webhook.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - sequence: Its place in its workspace's sequence.
    ///   - webhookID: The webhook.
    ///   - isRefused: Whether more deliveries wait for the webhook than may: then it has failed from the beginning, so
    ///     that it shows in the list, from where it can be sent again.
    package init(of event: Event, at sequence: Int64, to webhookID: Identifier<Webhook>, isRefused: Bool) {
        self.init(
            id: Identifier(of: event.id, to: webhookID),
            webhookID: webhookID,
            workspaceID: event.workspaceID,
            eventID: event.id,
            eventSequence: sequence,
            eventType: event.type,
            deviceID: event.deviceID,
            createdAt: event.createdAt,
            status: isRefused ? .failed : .pending,
            reason: isRefused ? .queueFull : nil,
            finishedAt: isRefused ? event.createdAt : nil
        )
    }

    /// Where a delivery stands.
    package enum Status: String, Codable, CaseIterable, Sendable {
        /// It has not been taken, and will be tried.
        case pending
        /// The receiver has taken it.
        case succeeded
        /// The receiver has not taken it, and it is not tried again by itself.
        case failed
        /// It is not sent because its webhook was deleted or disabled.
        case abandoned
    }

    /// Why a delivery is not sent.
    package enum Reason: String, Codable, CaseIterable, Sendable {
        /// Every try of the schedule failed.
        case triesUsedUp = "tries_used_up"
        /// The receiver answered 410.
        case gone
        /// The receiver asked to stop, with the header `webhook-delivery: abort-message`.
        case abortedByReceiver = "aborted_by_receiver"
        /// As many deliveries waited for the webhook as may when it was written.
        case queueFull = "queue_full"
        /// The webhook was deleted or disabled.
        case webhookStopped = "webhook_stopped"
    }
}

extension Delivery {
    /// Sends it again from the beginning of the schedule, under the same identity; one that is pending stays as it is.
    package mutating func rearm() {
        guard status != .pending else { return }
        status = .pending
        reason = nil
        finishedAt = nil
        failureCount = 0
    }

    /// Stops it because its webhook was deleted or disabled; one that is not pending stays as it is.
    package mutating func abandon(at time: Timestamp) {
        guard status == .pending else { return }
        finish(.abandoned, because: .webhookStopped, at: time)
    }

    /// Takes note of a try's end.
    ///
    /// - Parameters:
    ///   - latest: The try.
    ///   - verdict: What it means for the delivery.
    ///   - time: When it ended.
    package mutating func note(_ latest: DeliveryTry, _ verdict: Verdict, at time: Timestamp) {
        tries = (tries + [latest]).suffix(Self.maximumTries)
        tryCount += 1
        if verdict != .taken { failureCount += 1 }
        switch verdict {
        case .taken: finish(.succeeded, because: nil, at: time)
        case .retry(let delay): if status == .pending { nextTryAt = time + delay }
        case .over(let reason): if status == .pending { finish(.failed, because: reason, at: time) }
        }
    }

    /// What a try means for its delivery.
    package enum Verdict: Hashable, Sendable {
        /// The receiver has it.
        case taken
        /// It is tried again after a while.
        case retry(after: Duration)
        /// It is given up.
        case over(Reason)
    }

    private mutating func finish(_ status: Status, because reason: Reason?, at time: Timestamp) {
        self.status = status
        self.reason = reason
        nextTryAt = nil
        finishedAt = time
    }
}

extension Identifier where Subject == Delivery {
    /// The identity of an event's delivery to a webhook.
    ///
    /// Made of both identities and nothing else, so that an event that is written again by mistake is still one
    /// delivery. The mixing is that of SplitMix64 (https://prng.di.unimi.it/splitmix64.c), which changes half of the
    /// bits whenever one bit of its input changes.
    package init(of eventID: Identifier<Event>, to webhookID: Identifier<Webhook>) {
        func mix(_ seed: UInt64) -> UInt64 {
            [eventID.high, eventID.low, webhookID.high, webhookID.low]
                .reduce(seed) { state, word in
                    var value = (state ^ word) &+ 0x9E37_79B9_7F4A_7C15
                    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
                    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
                    return value ^ value >> 31
                }
        }
        // Version 8, whose bits are free: https://www.rfc-editor.org/rfc/rfc9562#section-5.8
        self.init(high: mix(1) & ~0xF000 | 0x8000, low: mix(2) & ~(0b11 << 62) | 0b10 << 62)
    }
}

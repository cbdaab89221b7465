package import KeywayModel
package import KeywayStore
package import Logging
package import Metrics
import ServiceLifecycle
import Synchronization

/// Sends the deliveries that the store holds, each at least once, in order per device (G10).
///
/// What is to be sent, and when, is in the store and nowhere else, so after a restart it goes on where it was. A try
/// counts when the store has it; one whose end could not be written is made again.
package final class WebhookSender: Service {
    private let store: any Store
    private let exchange: Exchange
    private let time: any TimeSource
    private let ids: any IdentifierSource
    private let random: Mutex<any RandomNumberGenerator & Sendable>
    private let configuration: WebhookConfiguration
    private let instruments: SenderInstruments
    private let logger: Logger
    private let plan: Mutex<SendingPlan>
    private let isStoreFailing = Mutex(false)
    private let knownUnreadable = Mutex(Set<Identifier<Webhook>>())

    /// How long the sender waits before it asks a store again that fails.
    private static let storePause: Duration = .seconds(1)
    /// How many rows are put away in one transaction, so that others get their turn.
    private static let chunk = 1000
    /// How many deliveries are read at a time.
    private var readLimit: Int { configuration.maximumRequests * 4 }

    /// Makes a sender.
    ///
    /// - Parameters:
    ///   - store: Where the deliveries are.
    ///   - safety: Where they may go, and what opens the secrets that they are signed with.
    ///   - time: The clocks.
    ///   - ids: Where the identities of events come from.
    ///   - random: Where the jitter of retries comes from.
    ///   - resolver: What finds the addresses of hosts; nil: the system's, with as many threads as there are requests.
    ///   - configuration: The settings.
    ///   - metrics: Who is told what the sender measures; by default nobody.
    ///   - logger: Where troubles are logged.
    package init(
        store: any Store,
        safety: WebhookSafety = WebhookSafety(),
        time: any TimeSource,
        ids: any IdentifierSource,
        random: some RandomNumberGenerator & Sendable,
        resolver: HostResolver? = nil,
        configuration: WebhookConfiguration = WebhookConfiguration(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) {
        self.store = store
        exchange = Exchange(
            clients: EndpointClients(connectTimeout: configuration.requestTimeout),
            addresses: safety.addresses,
            secrets: safety.secrets,
            resolver: resolver ?? .system(maximumThreads: configuration.maximumRequests)
        )
        self.time = time
        self.ids = ids
        self.random = Mutex(random)
        self.configuration = configuration
        instruments = SenderInstruments(metrics)
        self.logger = logger
        plan = Mutex(
            SendingPlan(
                maximum: configuration.maximumRequests,
                maximumPerEndpoint: configuration.maximumRequestsPerEndpoint
            )
        )
    }

    /// Sends until graceful shutdown, and then lets the requests under way end, for a while.
    package func run() async throws {
        let (starts, feed) = AsyncStream.makeStream(of: DueDelivery.self)
        let stopping = Signal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await cancelWhenGracefulShutdown { await self.look(feed) }
                feed.finish()
                stopping.raise()
            }
            group.addTask { await cancelWhenGracefulShutdown { await self.keepHouse() } }
            group.addTask { [time, configuration] in
                try? await cancelling {
                    await stopping.wait()
                    try? await time.sleep(for: configuration.drainTimeout)
                } _: {
                    await self.send(starts)
                }
            }
        }
        await exchange.clients.shutDown(on: time)
    }

    // MARK: Looking

    /// Looks for deliveries whose turn it is until cancelled: when the store says that there are new ones, when one has
    /// ended, when the next one is due, and now and then.
    private func look(_ feed: AsyncStream<DueDelivery>.Continuation) async {
        var last: Identifier<Webhook>?
        while !Task.isCancelled {
            let now = time.now()
            var pause = configuration.pollInterval
            do {
                if let nextAt = try await lookAround(feed, at: now.wall, after: &last) {
                    pause = min(pause, nextAt - now.wall)
                }
                storeWorks()
            } catch {
                storeFails(error)
                pause = Self.storePause
            }
            await wait(until: now.monotonic + pause)
        }
    }

    /// Starts what may be started, looking once at every webhook at most.
    ///
    /// - Parameters:
    ///   - feed: Where what is started goes.
    ///   - now: The time it is.
    ///   - last: The webhook that was started last: the next one in the circle comes first, so that all take turns.
    /// - Returns: When the next delivery becomes due by itself; nil: never.
    /// - Throws: ``KeywayStore/StoreError``.
    private func lookAround(
        _ feed: AsyncStream<DueDelivery>.Continuation,
        at now: Timestamp,
        after last: inout Identifier<Webhook>?
    ) async throws(StoreError) -> Timestamp? {
        var (cursor, first, nextAt) = (last, Identifier<Webhook>?.none, Timestamp?.none)
        var unreadable: Set<Identifier<Webhook>> = []
        while true {
            let query = DueDeliveryQuery(
                now: now,
                after: cursor,
                // Those under way are due as well, until the store knows how they ended.
                maximumPerWebhook: configuration.maximumRequestsPerEndpoint * 2,
                limit: readLimit
            )
            plan.withLock { $0.look() }
            let found = try await store.dueDeliveries(query)
            let (started, isFull) = plan.withLock { ($0.start(found.deliveries), $0.isFull) }
            for due in started { feed.yield(due) }
            if let due = started.last { last = due.webhook.id }
            nextAt = [nextAt, found.nextAt].compactMap { $0 }.min()
            unreadable.formUnion(found.unreadable)
            let webhooks = found.deliveries.map(\.webhook.id)
            let isRound = first.map { webhooks.contains($0) } ?? false
            if webhooks.count < readLimit || isFull || isRound { break }
            (first, cursor) = (first ?? webhooks.first, webhooks.last)
        }
        note(unreadable)
        return nextAt
    }

    private func wait(until instant: MonotonicInstant) async {
        try? await within(instant, on: time) { [store] in await store.newDeliveries.wait() }
    }

    // MARK: Sending

    /// Sends what comes until the stream ends, each in a task of its own.
    private func send(_ starts: AsyncStream<DueDelivery>) async {
        await withDiscardingTaskGroup { group in
            for await due in starts { group.addTask { await self.deliver(due) } }
        }
    }

    private func deliver(_ due: DueDelivery) async {
        let began = time.now()
        let result = await Result { [exchange] in
            try await within(began.monotonic + self.configuration.requestTimeout, on: self.time) {
                try await exchange.perform(due, at: began.wall)
            }
        }
        // Cut off by the end of the server; the next one makes this try again.
        guard !Task.isCancelled else { return }
        let ended = time.now()
        let answer = try? result.get()
        let trouble: DeliveryTry.Trouble? =
            if case .failure(let error) = result { Exchange.trouble(error) } else { nil }
        let latest = DeliveryTry(
            startedAt: began.wall,
            latencyMilliseconds: (ended.monotonic - began.monotonic).wholeMicroseconds / 1000,
            status: answer?.status,
            trouble: trouble,
            answer: answer?.text
        )
        let eventID: Identifier<Event> = ids.next()
        let settlement = random.withLock { random in
            Settlement(latest, answer, of: due.delivery, endedAt: ended.wall, eventID: eventID, using: &random)
        }
        log(latest, of: due)
        if await settle(due.delivery, settlement) {
            plan.withLock { $0.end(due.delivery.id, after: ended.monotonic - began.monotonic) }
        } else {
            plan.withLock { $0.giveUp(due.delivery.id) }
        }
        store.newDeliveries.raise()
    }

    /// Writes the end of a try; a store that fails is asked again until it works or the server stops.
    ///
    /// - Returns: Whether it is written; false if the store holds something there that it cannot read.
    private func settle(_ delivery: Delivery, _ settlement: Settlement) async -> Bool {
        while true {
            do {
                let after = try await store.updateDelivery(delivery.id, in: delivery.workspaceID) { delivery, webhook in
                    settlement.apply(to: &delivery, &webhook)
                }
                if let after { instruments.tried(delivery, after) }
                storeWorks()
                return true
            } catch {
                guard error.code != .corrupt else {
                    logger.error(
                        "the end of a webhook delivery cannot be written, and nothing more of it is sent until a restart",
                        metadata: ["delivery.id": "\(delivery.id)", "store.advice": "\(error.message)"]
                    )
                    return false
                }
                storeFails(error)
                do { try await time.sleep(for: Self.storePause) } catch { return false }
            }
        }
    }

    // MARK: Keeping house

    /// Puts away what is done with, now and then, until cancelled.
    private func keepHouse() async {
        while !Task.isCancelled {
            do {
                let now = time.now().wall
                while try await store.abandonStoppedDeliveries(at: now, limit: Self.chunk) == Self.chunk {}
                let end = Timestamp(microseconds: now.microseconds - configuration.retention.wholeMicroseconds)
                while try await store.forgetDeliveries(finishedBefore: end, limit: Self.chunk) == Self.chunk {}
            } catch {
                storeFails(error)
            }
            try? await time.sleep(for: configuration.pollInterval)
        }
    }

    // MARK: Telling the operator

    private func log(_ latest: DeliveryTry, of due: DueDelivery) {
        guard !latest.isSuccess else { return }
        logger.log(
            level: latest.trouble == .secretUnusable ? .error : .debug,
            "a webhook delivery failed",
            metadata: [
                "webhook.id": "\(due.webhook.id)", "workspace.id": "\(due.webhook.workspaceID)",
                "delivery.id": "\(due.delivery.id)", "delivery.tries": "\(due.delivery.tryCount + 1)",
                "http.status": "\(latest.status.map(String.init) ?? "none")",
                "error": "\(latest.trouble?.rawValue ?? "none")",
            ]
        )
    }

    /// Says once of each webhook that it cannot be read.
    private func note(_ unreadable: Set<Identifier<Webhook>>) {
        let news = knownUnreadable.withLock { known in
            defer { known = unreadable }
            return unreadable.subtracting(known)
        }
        for id in news.sorted() {
            logger.error(
                "a webhook, or a delivery of it, is stored in a form that this version cannot read; it is passed over",
                metadata: ["webhook.id": "\(id)"]
            )
        }
    }

    private func storeFails(_ error: StoreError) {
        let isNews = isStoreFailing.withLock { isFailing in
            defer { isFailing = true }
            return !isFailing
        }
        guard isNews else { return }
        logger.error(
            "webhook deliveries wait until the store works again",
            metadata: ["store.error": "\(error.code)", "store.advice": "\(error.message)"]
        )
    }

    private func storeWorks() {
        let isNews = isStoreFailing.withLock { isFailing in
            defer { isFailing = false }
            return isFailing
        }
        if isNews { logger.notice("webhook deliveries go on") }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

package import KeywayModel
package import KeywayStore
package import Logging
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
    private let logger: Logger
    private let plan: Mutex<SendingPlan>
    private let isStoreFailing = Mutex(false)

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
    ///   - resolver: What finds the addresses of hosts.
    ///   - configuration: The settings.
    ///   - logger: Where troubles are logged.
    package init(
        store: any Store,
        safety: WebhookSafety = WebhookSafety(),
        time: any TimeSource,
        ids: any IdentifierSource,
        random: some RandomNumberGenerator & Sendable,
        resolver: HostResolver = .system,
        configuration: WebhookConfiguration = WebhookConfiguration(),
        logger: Logger
    ) {
        self.store = store
        exchange = Exchange(
            clients: EndpointClients(),
            addresses: safety.addresses,
            secrets: safety.secrets,
            resolver: resolver
        )
        self.time = time
        self.ids = ids
        self.random = Mutex(random)
        self.configuration = configuration
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
        await exchange.clients.shutDown()
    }

    // MARK: Looking

    /// Looks for deliveries whose turn it is until cancelled: when the store says that there are new ones, when one has
    /// ended, when the next one is due, and now and then.
    private func look(_ feed: AsyncStream<DueDelivery>.Continuation) async {
        var cursor: Identifier<Webhook>?
        while !Task.isCancelled {
            let now = time.now()
            var pause = configuration.pollInterval
            do {
                let query = DueDeliveryQuery(
                    now: now.wall,
                    after: cursor,
                    // Those under way are due as well, until the store knows how they ended.
                    maximumPerWebhook: configuration.maximumRequestsPerEndpoint * 2,
                    limit: readLimit
                )
                plan.withLock { $0.look() }
                let found = try await store.dueDeliveries(query)
                storeWorks()
                let started = plan.withLock { $0.start(found.deliveries) }
                for due in started { feed.yield(due) }
                let isCut = found.deliveries.count == readLimit
                cursor = isCut ? found.deliveries.last?.webhook.id : nil
                if let nextAt = found.nextAt { pause = min(pause, nextAt - now.wall) }
                // There may be others behind these, who have a place free.
                if isCut, !started.isEmpty { continue }
            } catch {
                storeFails(error)
                pause = Self.storePause
            }
            await wait(until: now.monotonic + pause)
        }
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
        await settle(due.delivery, settlement)
        plan.withLock { $0.end(due.delivery.id) }
        store.newDeliveries.raise()
    }

    /// Writes the end of a try; a store that fails is asked again until it works or the server stops.
    private func settle(_ delivery: Delivery, _ settlement: Settlement) async {
        while true {
            do {
                _ = try await store.updateDelivery(delivery.id, in: delivery.workspaceID) { delivery, webhook in
                    settlement.apply(to: &delivery, &webhook)
                }
                return storeWorks()
            } catch {
                storeFails(error)
                do { try await time.sleep(for: Self.storePause) } catch { return }
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

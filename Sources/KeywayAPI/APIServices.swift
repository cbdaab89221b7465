package import KeywayDriver
package import KeywayEngine
package import KeywayMetrics
package import KeywayModel
package import KeywayStore
package import KeywayWebhooks
package import Logging
import Metrics

/// What the endpoints work with.
package struct APIServices: Sendable {
    let store: any Store
    let engine: Engine
    let simulators: [Provider: any DeviceSimulator]
    let receivers: [Provider: any CallbackReceiver]
    let synchronizers: [Provider: any AccountSynchronizer]
    let time: any TimeSource
    let ids: any IdentifierSource
    let secrets: SecretSource
    let webhooks: WebhookSafety
    /// Where what is measured is shown; nil: nowhere.
    let metrics: MetricsRoute?
    let configuration: APIConfiguration
    let logger: Logger
    let authenticator: Authenticator
    let answers = AnswerMemory()
    let health: HealthMonitor
    let troubles: TroubleLog
    let streams: EventStreamSlots

    /// Brings together what the endpoints work with.
    ///
    /// - Parameters:
    ///   - store: Where everything durable is.
    ///   - engine: What performs the actions.
    ///   - simulators: The drivers whose devices the `simulate` endpoints can command, by provider.
    ///   - receivers: The drivers whose providers call back, by provider.
    ///   - synchronizers: The drivers that look at an account's devices when they are told to, by provider.
    ///   - time: The clocks.
    ///   - ids: Where new identities come from, those of requests included.
    ///   - secrets: Where new tokens and signing secrets come from.
    ///   - webhooks: Where webhooks may send, and what keeps their secrets.
    ///   - metrics: Who is told what is measured here, and what `/metrics` shows if the configuration has a token for it;
    ///     nil: nothing is measured.
    ///   - configuration: The settings.
    ///   - logger: Where requests and their troubles are logged.
    package init(
        store: any Store,
        engine: Engine,
        simulators: [Provider: any DeviceSimulator],
        receivers: [Provider: any CallbackReceiver] = [:],
        synchronizers: [Provider: any AccountSynchronizer] = [:],
        time: any TimeSource,
        ids: any IdentifierSource,
        secrets: SecretSource = SecretSource(SystemRandomNumberGenerator()),
        webhooks: WebhookSafety = WebhookSafety(),
        metrics: MetricsRegistry? = nil,
        configuration: APIConfiguration = APIConfiguration(),
        logger: Logger
    ) {
        self.store = store
        self.engine = engine
        self.simulators = simulators
        self.receivers = receivers
        self.synchronizers = synchronizers
        self.time = time
        self.ids = ids
        self.secrets = secrets
        self.webhooks = webhooks
        self.metrics = metrics.flatMap { registry in
            configuration.metricsToken.map { MetricsRoute(registry, token: $0) }
        }
        self.configuration = configuration
        self.logger = logger
        authenticator = Authenticator(store: store, time: time)
        health = HealthMonitor(store: store, time: time)
        troubles = TroubleLog(time: time, logger: logger)
        streams = EventStreamSlots(
            maximum: configuration.maximumEventStreams,
            maximumPerKey: configuration.maximumEventStreamsPerKey,
            metrics: metrics ?? NOOPMetricsHandler.instance
        )
    }
}

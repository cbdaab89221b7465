import ServiceLifecycle

/// Tells the engine that the server stops, before anything else does.
///
/// Services stop one after the other, the last one first. Put this one last: then requests that wait for an outcome are
/// answered, and nothing more is sent, while the HTTP side ends its requests.
package struct DrainingService: Service {
    private let engine: Engine

    /// Makes the service of an engine.
    package init(engine: Engine) {
        self.engine = engine
    }

    /// Waits for the shutdown, and passes it on.
    package func run() async throws {
        try? await gracefulShutdown()
        engine.beginDraining()
    }
}

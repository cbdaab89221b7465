package import KeywayDriver
import KeywayModel
package import Logging
import ServiceLifecycle

/// Runs a driver as a service of the server: until graceful shutdown, after the engine has drained.
package struct DriverService: Service {
    private let driver: any DeviceDriver
    private let sink: any ReportSink
    private let logger: Logger

    /// Makes a service that brings the driver's reports to `sink`.
    package init(driver: any DeviceDriver, sink: any ReportSink, logger: Logger) {
        self.driver = driver
        self.sink = sink
        self.logger = logger
    }

    /// Runs the driver.
    ///
    /// - Throws: What the driver throws when it is pointless to go on; the server then stops.
    package func run() async throws {
        logger.info("driver started", metadata: ["driver.provider": "\(driver.provider.rawValue)"])
        do {
            try await cancelWhenGracefulShutdown { try await driver.run(reportingTo: sink) }
        } catch is CancellationError {
            return
        }
    }
}

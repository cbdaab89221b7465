import KeywayModel
import Logging
import Synchronization

/// Logs that requests are being refused because of the store, at most once in a while.
///
/// A full disk at thousands of requests a second must not be filled further by the complaints about it.
final class TroubleLog: Sendable {
    /// The pause between two lines.
    static let pause: Duration = .seconds(10)

    private struct State {
        var quietUntil: MonotonicInstant?
        var suppressed = 0
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let logger: Logger

    init(time: any TimeSource, logger: Logger) {
        self.time = time
        self.logger = logger
    }

    /// Logs what to do about an error, unless that was done just now.
    func note(_ error: any Error, requestID: RequestID) {
        let now = time.now().monotonic
        let suppressed = state.withLock { state -> Int? in
            if let quietUntil = state.quietUntil, now < quietUntil {
                state.suppressed += 1
                return nil
            }
            defer { state.suppressed = 0 }
            state.quietUntil = now + Self.pause
            return state.suppressed
        }
        guard let suppressed else { return }
        logger.error(
            "requests are answered with 503",
            metadata: [
                "request.id": "\(requestID)",
                "error": "\(error)",
                "suppressed": "\(suppressed)",
            ]
        )
    }
}

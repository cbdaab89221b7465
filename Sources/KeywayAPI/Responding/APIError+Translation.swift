import HTTPTypes
import KeywayEngine
import KeywayModel
import KeywayStore

extension APIError {
    /// The answer to a request whose handler threw.
    ///
    /// - Returns: The error for the caller; nil if it is a mistake of this program.
    init?(translating error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as EngineError: self.init(error)
        case let error as StoreError: self.init(error)
        // The connection is gone, or the server is stopping; either way nobody was promised anything.
        case is CancellationError: self = .serviceUnavailable("The server is stopping", retryAfter: Self.pause)
        default: return nil
        }
    }

    private static let pause: Duration = .seconds(1)

    private init?(_ error: EngineError) {
        let retryAfter = error.retryAfter ?? Self.pause
        switch error.code {
        case .laneFull, .rateLimited: self = .tooManyRequests(error.message, retryAfter: retryAfter)
        case .storeUnavailable, .shuttingDown: self = .serviceUnavailable(error.message, retryAfter: retryAfter)
        case .unknownDevice: self = .notFound("device")
        case .notPending: self = .attemptAlreadyResolved
        case .alreadySent: self = APIError(.conflict, "action_attempt_already_sent", error.message)
        case .keyReused: self = APIError(.unprocessableContent, "idempotency_key_reused", error.message)
        case .overlapping:
            self = APIError(.conflict, "action_attempt_in_progress", error.message)
            if let id = error.attemptID { data["action_attempt_id"] = id.description }
        case .noDriver: self = .deviceTypeNotSupported(error.message)
        default: return nil
        }
    }

    private init?(_ error: StoreError) {
        switch error.code {
        case .busy, .full, .unavailable, .overloaded:
            self = .serviceUnavailable("Nothing can be stored or read at the moment", retryAfter: Self.pause)
        default: return nil
        }
    }
}

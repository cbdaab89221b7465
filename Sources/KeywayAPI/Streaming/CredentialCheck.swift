import KeywayModel

/// Looks from time to time whether a credential is still good.
struct CredentialCheck: Sendable {
    private let services: APIServices
    private var checkedAt: Moment
    private var generation: UInt64

    /// Begins with a credential that has just been looked at.
    init(_ services: APIServices) {
        self.services = services
        checkedAt = services.time.now()
        generation = services.authenticator.generation
    }

    /// Looks again if there is a reason to: something was changed in this process, the session's time is over, or a
    /// heartbeat's time has passed since the last look.
    ///
    /// - Returns: Who the caller is now; nil if there was no reason.
    /// - Throws: ``APIError`` with status 401 if the credential is refused; `StoreError` if it cannot be looked up.
    mutating func callerIfDue(_ credential: PresentedCredential, _ caller: Caller) async throws -> Caller? {
        let now = services.time.now()
        let generation = services.authenticator.generation
        let isOver = caller.session.map { $0.expiresAt <= now.wall } ?? false
        let isDue = now.monotonic - checkedAt.monotonic >= services.configuration.eventStreamHeartbeat
        guard isOver || isDue || generation != self.generation else { return nil }
        let principal = try await services.authenticator.principal(presenting: credential)
        guard case .caller(let caller) = principal else { throw APIError.unauthorized }
        (checkedAt, self.generation) = (now, generation)
        return caller
    }
}

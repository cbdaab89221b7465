import KeywayModel
import KeywayStore
import Synchronization

/// Tells who makes a request.
///
/// Credentials that worked are remembered for a second at most, so that a busy client does not cost a look-up per
/// request, and one that another process revokes is refused a second later at the latest. What this process changes
/// itself holds at once, see ``forget()``.
final class Authenticator: Sendable {
    private struct Remembered {
        let principal: Principal
        let until: MonotonicInstant
    }

    private struct Memory {
        var remembered: [PresentedCredential: Remembered] = [:]
        /// Grows with each ``Authenticator/forget()``, so that what was looked up before one is not remembered after it.
        var generation: UInt64 = 0
    }

    /// How long a credential is remembered.
    static let memory: Duration = .seconds(1)
    /// How many credentials are remembered; the rest is looked up each time.
    static let capacity = 4096

    private let store: any Store
    private let time: any TimeSource
    private let state = Mutex(Memory())

    init(store: any Store, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    /// Checks a credential.
    ///
    /// - Throws: ``APIError`` with status 401 for one that is unknown, wrong, expired or revoked; `StoreError` if it
    ///   cannot be looked up.
    func principal(presenting credential: PresentedCredential) async throws -> Principal {
        // Counted from before the look-up: what was read may be as old as that.
        let now = time.now()
        let (found, generation) = state.withLock { ($0.remembered[credential], $0.generation) }
        if let found, now.monotonic < found.until { return found.principal }
        let principal = try await lookUp(credential, at: now.wall)
        var lifetime = Self.memory
        if case .caller(let caller) = principal, let session = caller.session {
            lifetime = min(lifetime, session.expiresAt - now.wall)
        }
        remember(principal, for: credential, at: now.monotonic, until: now.monotonic + lifetime, generation)
        return principal
    }

    /// Grows with each ``forget()``, so that whoever keeps a principal for longer knows when to ask again.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Looks everybody up anew: to be called after a credential, or a workspace, was changed.
    func forget() {
        state.withLock { state in
            state.remembered = [:]
            state.generation += 1
        }
    }

    private func lookUp(_ credential: PresentedCredential, at now: Timestamp) async throws -> Principal {
        switch credential {
        case .apiKey(let text): .caller(try await apiKey(text))
        case .personalAccessToken(let text, let workspace): try await personalAccessToken(text, workspace)
        case .clientSession(let text): .caller(try await clientSession(text, at: now))
        case .publishableKey(let text): .app(try await workspace(publishableKey: text))
        }
    }

    private func apiKey(_ text: String) async throws -> Caller {
        guard let token = BearerToken(text), token.kind == .apiKey,
            let key = try await store.apiKey(shortToken: token.shortToken), token.matches(key.secretHash),
            key.revokedAt == nil, let workspace = try await store.workspace(key.workspaceID)
        else { throw APIError.unauthorized }
        return Caller(workspace: workspace, requester: .apiKey(key.id), session: nil)
    }

    private func personalAccessToken(_ text: String, _ workspaceText: String?) async throws -> Principal {
        guard let token = BearerToken(text), token.kind == .personalAccessToken,
            let stored = try await store.personalAccessToken(shortToken: token.shortToken),
            token.matches(stored.secretHash), stored.revokedAt == nil
        else { throw APIError.unauthorized }
        guard let workspaceText else { return .tokenHolder(stored) }
        guard let id = Identifier<Workspace>(workspaceText), stored.reaches(id),
            let workspace = try await store.workspace(id)
        else { throw APIError.unauthorized }
        return .caller(Caller(workspace: workspace, requester: .personalAccessToken(stored.id), session: nil))
    }

    private func clientSession(_ text: String, at now: Timestamp) async throws -> Caller {
        guard let session = try await store.record(ClientSession.self, globalKey: text) else {
            throw APIError.unknownClientSession
        }
        if session.revokedAt != nil { throw APIError.revokedClientSession }
        if session.expiresAt <= now { throw APIError.expiredClientSession }
        guard let workspace = try await store.workspace(session.workspaceID) else { throw APIError.unknownWorkspace }
        return Caller(workspace: workspace, requester: .clientSession(session.id), session: session)
    }

    private func workspace(publishableKey: String) async throws -> Workspace {
        guard let workspace = try await store.workspace(publishableKey: publishableKey) else {
            throw APIError.unknownWorkspace
        }
        guard workspace.isPublishableKeyAuthEnabled else { throw APIError.unauthorized }
        return workspace
    }

    private func remember(
        _ principal: Principal,
        for credential: PresentedCredential,
        at now: MonotonicInstant,
        until: MonotonicInstant,
        _ generation: UInt64
    ) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.remembered.count >= Self.capacity {
                state.remembered = state.remembered.filter { now < $0.value.until }
            }
            guard state.remembered.count < Self.capacity else { return }
            state.remembered[credential] = Remembered(principal: principal, until: until)
        }
    }
}

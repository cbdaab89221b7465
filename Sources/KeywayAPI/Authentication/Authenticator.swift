import KeywayModel
import KeywayStore
import Synchronization

/// Tells who makes a request.
///
/// Keys that worked are remembered for a second at most, so that a busy client does not cost a look-up per request, and
/// a key that another process revokes is refused a second later at the latest.
final class Authenticator: Sendable {
    private struct Remembered {
        let key: APIKey
        let until: MonotonicInstant
    }

    /// How long a key is remembered.
    static let memory: Duration = .seconds(1)
    /// How many keys are remembered; the rest is looked up each time.
    static let capacity = 4096

    private let store: any Store
    private let time: any TimeSource
    private let remembered = Mutex<[String: Remembered]>([:])

    init(store: any Store, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    /// Checks a credential.
    ///
    /// - Throws: ``APIError`` with status 401 for one that is unknown, wrong or revoked; `StoreError` if it cannot be
    ///   looked up.
    func caller(presenting credential: PresentedCredential) async throws -> Caller {
        switch credential {
        case .apiKey(let text):
            guard let token = APIKeyToken(text), let key = try await key(shortToken: token.shortToken),
                token.matches(key.secretHash), key.revokedAt == nil
            else { throw APIError.unauthorized }
            return Caller(workspaceID: key.workspaceID, requester: .apiKey(key.id))
        // There are none of these yet, so whatever is presented is unknown.
        case .personalAccessToken: throw APIError.unauthorized
        case .clientSession: throw APIError.unknownClientSession
        case .publishableKey: throw APIError.unknownPublishableKey
        }
    }

    private func key(shortToken: String) async throws(StoreError) -> APIKey? {
        let now = time.now().monotonic
        if let found = remembered.withLock({ $0[shortToken] }), now < found.until { return found.key }
        guard let key = try await store.apiKey(shortToken: shortToken), key.revokedAt == nil else { return nil }
        // Counted from before the look-up: what was read may be as old as that.
        remember(key, at: now)
        return key
    }

    private func remember(_ key: APIKey, at now: MonotonicInstant) {
        remembered.withLock { remembered in
            if remembered.count >= Self.capacity { remembered = remembered.filter { now < $0.value.until } }
            guard remembered.count < Self.capacity else { return }
            remembered[key.shortToken] = Remembered(key: key, until: now + Self.memory)
        }
    }
}

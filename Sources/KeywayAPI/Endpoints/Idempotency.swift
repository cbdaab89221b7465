import Crypto
import KeywayEngine
import KeywayModel

extension Call {
    /// The longest idempotency key.
    ///
    /// 255 characters, as is usual for this header.
    private static var longestKey: Int { 255 }

    /// The request's idempotency key with what it was sent with (G9); nil if it has none.
    ///
    /// - Throws: ``APIError`` `invalid_input` for a key that is empty, too long, or not of printable ASCII characters.
    var idempotencyClaim: IdempotencyClaim? {
        get throws(APIError) {
            guard let key = idempotencyKey else { return nil }
            guard (1...Self.longestKey).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                let reason = "The idempotency-key header must have 1 to \(Self.longestKey) printable ASCII characters"
                throw APIError.invalidInput([InputIssue([], reason)])
            }
            return IdempotencyClaim(key: key, requestHash: Array(SHA256.hash(data: Array(canonicalText().utf8))))
        }
    }

    /// Does something about an attempt once for each idempotency key; a retry gets the attempt as it is by then.
    func once(_ caller: Caller, _ perform: () async throws -> ActionAttempt) async throws -> ActionAttempt {
        let attempt = try await services.engine.once(idempotencyClaim, by: caller.requester, in: caller.workspaceID) {
            try await perform()
        }
        guard let attempt else { throw APIError.notFound("action_attempt") }
        return attempt
    }

    /// Does something that is about no attempt once for each idempotency key.
    func once(_ caller: Caller, _ perform: () async throws -> Void) async throws {
        _ = try await services.engine.once(idempotencyClaim, by: caller.requester, in: caller.workspaceID) {
            try await perform()
            return nil
        }
    }
}

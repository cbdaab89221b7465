import Crypto
import KeywayEngine
import KeywayModel

extension Call {
    /// The longest idempotency key.
    ///
    /// 255 characters, as is usual for this header.
    static var longestIdempotencyKey: Int { 255 }

    /// The request's idempotency key with what it was sent with (G9); nil if it has none.
    ///
    /// - Throws: ``APIError`` `invalid_input` for a key that is empty, too long, or not of printable ASCII characters.
    var idempotencyClaim: IdempotencyClaim? {
        get throws(APIError) {
            guard let key = idempotencyKey else { return nil }
            guard (1...Self.longestIdempotencyKey).contains(key.utf8.count),
                key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                let reason =
                    "The idempotency-key header must have 1 to \(Self.longestIdempotencyKey) printable ASCII characters"
                throw APIError.invalidInput([InputIssue([], reason)])
            }
            return IdempotencyClaim(
                key: scoped(key),
                requestHash: Array(SHA256.hash(data: Array(canonicalText().utf8)))
            )
        }
    }

    /// The key as it is remembered: what works in several workspaces has keys of its own in each (G11).
    private func scoped(_ key: String) -> String {
        guard case .caller(let caller) = principal, case .personalAccessToken = caller.requester else { return key }
        return "\(caller.workspaceID)/\(key)"
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

extension Call {
    /// Makes a thing once for each idempotency key; a retry gets the thing as it is by then.
    ///
    /// With a key, the identity of the thing follows from the key, its owner and the request, so it is known before the
    /// thing is there. A retry finds the thing by it, even if the server died before it could write down that the key was
    /// used.
    /// It follows from the caller's credential as well, so that nobody else can tell it beforehand: the identity of a
    /// Connect Webview opens its page.
    ///
    /// - Parameters:
    ///   - kind: What the thing is called in errors, such as `webhook`.
    ///   - requester: Whose key it is.
    ///   - find: Finds the thing of an identity.
    ///   - make: Makes the thing with an identity.
    /// - Returns: The thing.
    /// - Throws: ``APIError`` with status 404 if the thing was made and is gone; what `make` throws, which leaves the key
    ///   free.
    func makeOnce<Thing>(
        _ kind: String,
        by requester: Requester,
        find: (Identifier<Thing>) async throws -> Thing?,
        make: (Identifier<Thing>) async throws -> Thing
    ) async throws -> Thing {
        guard let claim = try idempotencyClaim else { return try await make(services.ids.next()) }
        let id = Identifier<Thing>(
            derivedFrom: "keyway/made/\(requester)/\(credential?.text ?? "")/\(claim.key)/\(claim.requestHash)"
        )
        var made: Thing?
        // No attempt is remembered, so it does not matter in which workspace it would be.
        _ = try await services.engine.once(claim, by: requester, in: Identifier(high: 0, low: 0)) {
            if let found = try await find(id) { made = found } else { made = try await make(id) }
            return nil
        }
        if let made { return made }
        guard let before = try await find(id) else { throw APIError.notFound(kind, ["\(kind)_id": id.description]) }
        return before
    }
}

extension Identifier {
    /// An identity that follows from a text: the first half of its SHA-256, as a UUID of version 8.
    ///
    /// Version 8 is the one left to applications (RFC 9562, section 5.8).
    init(derivedFrom text: String) {
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(
            high: word(digest[0..<8]) & ~0xF000 | 0x8000,
            low: word(digest[8..<16]) & ~(0b11 << 62) | 0b10 << 62
        )
    }
}

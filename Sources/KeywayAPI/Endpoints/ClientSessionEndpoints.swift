import HTTPTypes
import KeywayModel
import KeywayStore

/// `/client_sessions/*` (wire contract, section 4.6).
enum ClientSessionEndpoints {
    static let all = [create, getOrCreate, get, list, grantAccess, revoke, delete]

    private typealias Parameters = ClientSessionParameters
    private static let answer = [AnswerKey("client_session", .named(.clientSession))]

    // MARK: Making

    private static let create = Endpoint(
        forAnybody: "/client_sessions/create",
        .replace,
        accepts: .standard + [.publishableKey],
        "Makes a client session. If the user has one already, PUT returns that, with a new time if its own is over, and "
            + "POST is refused. A publishable key needs user_identifier_key, makes sessions that see nothing yet, and "
            + "changes none that is there.",
        parameters: [
            Parameters.userKey, Parameters.accounts, Parameters.webviews, Parameters.expiry, Parameters.identity,
            Parameters.identities, Parameters.customerKey, Parameters.customerID,
        ],
        answer: answer
    ) { call, principal in
        let asker = try ClientSessionAsker(principal)
        var wish = try await ClientSessionWish(call, asker)
        if asker.caller != nil { wish.customerKey = try call[Parameters.customerKey] }
        let session =
            call.method == .put && wish.userIdentifierKey != nil
            ? try await existingOrNew(wish, call, asker) { $0.renew(at: $1) } : try await new(wish, call, asker)
        return ["client_session": try await call.body(of: session)]
    }

    private static let getOrCreate = Endpoint(
        forAnybody: "/client_sessions/get_or_create",
        .action,
        accepts: .standard + [.publishableKey],
        "Returns the client session of a user, or makes it. One that is there already sees what is given besides what "
            + "it saw, takes over expires_at, and works again if its time was over. A publishable key needs "
            + "user_identifier_key, makes sessions that see nothing yet, and changes none that is there: one whose time is "
            + "over stays so.",
        parameters: [
            Parameters.userKey, Parameters.accounts, Parameters.webviews, Parameters.expiry, Parameters.identity,
            Parameters.identities,
        ],
        answer: answer
    ) { call, principal in
        let asker = try ClientSessionAsker(principal)
        let wish = try await ClientSessionWish(call, asker)
        let session =
            wish.userIdentifierKey == nil && wish.userIdentityID == nil
            ? try await new(wish, call, asker)
            : try await existingOrNew(wish, call, asker) { wish.apply(to: &$0, at: $1) }
        return ["client_session": try await call.body(of: session)]
    }

    /// Makes a session, once for each idempotency key of a caller; an app has none, as its user has one session anyway.
    private static func new(
        _ wish: ClientSessionWish,
        _ call: Call,
        _ asker: ClientSessionAsker
    ) async throws -> ClientSession {
        guard let caller = asker.caller else { return try await add(call.services.ids.next(), wish, call) }
        return try await call.makeOnce("client_session", by: caller.requester) { id in
            try await call.services.store.record(id, in: wish.workspaceID)
        } make: { id in
            try await add(id, wish, call)
        }
    }

    /// Adds a session.
    ///
    /// - Throws: ``APIError`` of type `client_session_token_already_exists` if the user has one.
    private static func add(
        _ id: Identifier<ClientSession>,
        _ wish: ClientSessionWish,
        _ call: Call
    ) async throws -> ClientSession {
        let session = wish.session(
            id,
            token: call.services.secrets.token(.clientSession),
            at: call.services.time.now().wall
        )
        do {
            try await call.services.store.add(session, events: [])
        } catch let error where error.code == .conflict {
            guard try await existing(wish, call) != nil else { throw error }
            throw APIError.clientSessionAlreadyExists
        }
        return session
    }

    /// Changes the session of a user, or makes one.
    ///
    /// To do it twice is as good as once, so an idempotency key is only compared with its earlier use.
    private static func existingOrNew(
        _ wish: ClientSessionWish,
        _ call: Call,
        _ asker: ClientSessionAsker,
        _ change: @escaping @Sendable (inout ClientSession, _ now: Timestamp) -> Void
    ) async throws -> ClientSession {
        if let caller = asker.caller { try await call.once(caller) {} }
        let now = call.services.time.now().wall
        if let session = try await changed(wish, call, asker, at: now, change) { return session }
        do {
            return try await add(call.services.ids.next(), wish, call)
        } catch let error as APIError where error == .clientSessionAlreadyExists {
            // Somebody made it in the meantime.
            guard let session = try await changed(wish, call, asker, at: now, change) else { throw error }
            return session
        }
    }

    private static func changed(
        _ wish: ClientSessionWish,
        _ call: Call,
        _ asker: ClientSessionAsker,
        at now: Timestamp,
        _ change: @escaping @Sendable (inout ClientSession, _ now: Timestamp) -> Void
    ) async throws -> ClientSession? {
        guard let session = try await existing(wish, call) else { return nil }
        guard asker.caller != nil else {
            // An app must not give its user more time than the owner did.
            guard session.expiresAt > now else { throw APIError.expiredClientSession }
            return session
        }
        var wanted = session
        change(&wanted, now)
        // Apps ask for their session at each start, which is no reason to write.
        guard wanted != session else { return session }
        return try await update(session.id, in: wish.workspaceID, call) { change(&$0, now) }
    }

    /// The session of the user that a wish is about: by the user's key, or else by the user's identity the oldest one
    /// that is not revoked.
    private static func existing(_ wish: ClientSessionWish, _ call: Call) async throws -> ClientSession? {
        try await session(ofKey: wish.userIdentifierKey, identity: wish.userIdentityID, in: wish.workspaceID, call)
    }

    private static func session(
        ofKey key: String?,
        identity: Identifier<UserIdentity>?,
        in workspaceID: Identifier<Workspace>,
        _ call: Call
    ) async throws -> ClientSession? {
        let store = call.services.store
        if let key { return try await store.record(ClientSession.self, localKey: key, in: workspaceID) }
        guard let identity else { return nil }
        return try await store.firstRecord(ClientSession.self, in: workspaceID) { session in
            session.userIdentityID == identity && session.revokedAt == nil
        }
    }

    /// Changes a session, which holds at once; nil if it is gone.
    private static func update(
        _ id: Identifier<ClientSession>,
        in workspaceID: Identifier<Workspace>,
        _ call: Call,
        _ change: @escaping @Sendable (inout ClientSession) -> Void
    ) async throws -> ClientSession? {
        let updated = try await call.services.store.update(id, in: workspaceID) { session throws(Never) in
            change(&session)
            return []
        }
        call.services.authenticator.forget()
        return updated.map { $0.get() }
    }

    // MARK: Reading

    private static let id = Parameter.optional("client_session_id", .uuid(ClientSession.self), "The session.")
    private static let userKey = Parameter.optional(
        "user_identifier_key",
        .nonEmptyString(),
        "The owner's own key of the user whose session it is."
    )

    private static let get = Endpoint(
        "/client_sessions/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a client session, by its id or its user's key; to a client session itself, whatever is asked for.",
        parameters: [id, userKey],
        rules: [.notBoth(id, userKey)],
        answer: answer
    ) { call, caller in
        let (id, key) = (try call[id], try call[userKey])
        let store = call.services.store
        let session: ClientSession?
        if let own = caller.session?.id ?? id {
            session = try await store.record(own, in: caller.workspaceID)
        } else if let key {
            session = try await store.record(ClientSession.self, localKey: key, in: caller.workspaceID)
        } else {
            throw APIError.invalidInput([
                InputIssue([], "At least one of client_session_id, user_identifier_key is required")
            ])
        }
        guard let session else { throw notFound(id?.description, key) }
        return ["client_session": try await call.body(of: session)]
    }

    private static func notFound(_ id: String?, _ key: String? = nil) -> APIError {
        var data: [String: String] = [:]
        if let id { data["client_session_id"] = id }
        if let key { data["user_identifier_key"] = key }
        return .notFound("client_session", data)
    }

    private static let anyID = Parameter.optional("client_session_id", .nonEmptyString(), "Only this session.")
    private static let ofUser = Parameter.optional(
        "user_identifier_key",
        .nonEmptyString(),
        "Only sessions of this user."
    )
    private static let ofWebview = Parameter.nullable(
        "connect_webview_id",
        .string(),
        "Only sessions that see this Connect Webview; null: only those that see none."
    )
    private static let withoutUser = Parameter.optional(
        "without_user_identifier_key",
        .boolean(),
        "True: only anonymous sessions. False does not filter."
    )
    private static let ofIdentity = Parameter.nullable(
        "user_identity_id",
        .string(),
        "Only sessions of this user; null: only those of none."
    )

    private static let list = Endpoint(
        "/client_sessions/list",
        .read,
        accepts: .standard,
        "Returns client sessions, revoked and expired ones included, in the order in which they were made. Filters are "
            + "joined by AND.",
        parameters: [anyID, ofUser, ofWebview, withoutUser, ofIdentity],
        answer: [AnswerKey("client_sessions", .list(of: .named(.clientSession)))]
    ) { call, caller in
        let (id, user, withoutUser) = (try call[anyID], try call[ofUser], try call[withoutUser])
        let webview = call.arguments.gives(ofWebview) ? Optional(try call[ofWebview]) : nil
        let identity = call.arguments.gives(ofIdentity) ? Optional(try call[ofIdentity]) : nil
        let sessions = try await call.services.store.records(
            ClientSession.self,
            in: caller.workspaceID,
            atMost: call.services.configuration.maximumUnpagedRows
        ) { session in
            if let id, Identifier(id) != session.id { return false }
            if let user, user != session.userIdentifierKey { return false }
            if withoutUser == true, session.userIdentifierKey != nil { return false }
            if let webview, !isOne(webview, of: session.connectWebviewIDs) { return false }
            if let identity, !isOne(identity, of: session.userIdentityID.map { [$0] } ?? []) { return false }
            return true
        }
        return ["client_sessions": try await call.bodies(of: sessions)]
    }

    /// Whether a text names one of these; nil asks for there being none.
    private static func isOne<Subject>(_ text: String?, of ids: [Identifier<Subject>]) -> Bool {
        guard let text else { return ids.isEmpty }
        return Identifier(text).map(ids.contains) ?? false
    }

    // MARK: Changing

    private static let grantID = Parameter.optional("client_session_id", .string(), "The session.")
    private static let grantIdentity = Parameter.optional(
        "user_identity_id",
        .string(),
        "The user whose session it is; the oldest one that is not revoked."
    )
    private static let grantIdentities = Parameter.optional(
        "user_identity_ids",
        .array(.string(), count: 1...1),
        "An older name of user_identity_id."
    )

    private static let grantAccess = Endpoint(
        "/client_sessions/grant_access",
        .update,
        accepts: .standard,
        "Lets a client session see connected accounts and Connect Webviews besides those it sees.",
        parameters: [
            grantID, userKey, grantIdentity, grantIdentities, Parameters.accounts, Parameters.webviews,
        ],
        needsOneOf: [grantID, userKey, grantIdentity, grantIdentities],
        answer: answer
    ) { call, caller in
        let target = try await grantTarget(call, caller)
        let accounts = try await call.existingAccounts(try call[Parameters.accounts], in: caller.workspaceID)
        let webviews = try await call.existingWebviews(try call[Parameters.webviews], in: caller.workspaceID)
        let granted = try await update(target, in: caller.workspaceID, call) { $0.grant(accounts, webviews) }
        guard let granted else { throw notFound(target.description) }
        return ["client_session": try await call.body(of: granted)]
    }

    /// The session to give access to, which everything given must fit.
    private static func grantTarget(_ call: Call, _ caller: Caller) async throws -> Identifier<ClientSession> {
        let (idText, key) = (try call[grantID], try call[userKey])
        let identityText = try call[grantIdentity] ?? call[grantIdentities]?.first
        let identity = identityText.flatMap { Identifier<UserIdentity>($0) }
        let found: ClientSession?
        if let idText {
            guard let id = Identifier<ClientSession>(idText) else { throw notFound(idText) }
            found = try await call.services.store.record(id, in: caller.workspaceID)
        } else {
            found = try await session(ofKey: key, identity: identity, in: caller.workspaceID, call)
        }
        guard let found, key == nil || key == found.userIdentifierKey,
            identityText == nil || identity != nil && identity == found.userIdentityID
        else { throw notFound(idText, key) }
        return found.id
    }

    private static let requiredID = Parameter.required(
        "client_session_id",
        .uuid(ClientSession.self),
        "The session."
    )

    private static let revoke = Endpoint(
        "/client_sessions/revoke",
        .action,
        accepts: .standard,
        "Stops the token of a client session for good; the session can still be read. To do it again changes nothing.",
        parameters: [requiredID]
    ) { call, caller in
        let id = try call[requiredID]
        try await call.once(caller) { () async throws -> Void in
            let now = call.services.time.now().wall
            let revoked = try await update(id, in: caller.workspaceID, call) { $0.revokedAt = $0.revokedAt ?? now }
            guard revoked != nil else { throw notFound(id.description) }
        }
        return .done
    }

    private static let delete = Endpoint(
        "/client_sessions/delete",
        .delete,
        accepts: .standard,
        "Deletes a client session, whose token does not work any more.",
        parameters: [requiredID]
    ) { call, caller in
        let (id, now) = (try call[requiredID], call.services.time.now().wall)
        let event = Event(
            id: call.services.ids.next(),
            type: .clientSessionDeleted,
            workspaceID: caller.workspaceID,
            createdAt: now,
            occurredAt: now,
            clientSessionID: id
        )
        defer { call.services.authenticator.forget() }
        guard try await call.services.store.remove(id, in: caller.workspaceID, events: [event]) else {
            throw notFound(id.description)
        }
        return .done
    }
}

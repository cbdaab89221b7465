import KeywayModel

/// Who asks for a client session.
struct ClientSessionAsker: Sendable {
    /// The tenant.
    let workspaceID: Identifier<Workspace>
    /// The holder of a key; nil: an app with nothing but the publishable key.
    let caller: Caller?

    /// Takes who makes a request.
    ///
    /// - Throws: ``APIError`` with status 401 for the holder of a token who has not said in which workspace.
    init(_ principal: Principal) throws(APIError) {
        switch principal {
        case .caller(let caller): (workspaceID, self.caller) = (caller.workspaceID, caller)
        case .app(let workspace): (workspaceID, caller) = (workspace.id, nil)
        case .tokenHolder: throw .unauthorized
        }
    }
}

/// What a request wants a client session to be, checked.
struct ClientSessionWish: Sendable {
    let workspaceID: Identifier<Workspace>
    let userIdentifierKey: String?
    let userIdentityID: Identifier<UserIdentity>?
    let connectedAccountIDs: [Identifier<ConnectedAccount>]
    let connectWebviewIDs: [Identifier<ConnectWebview>]
    let expiresAt: Timestamp?
    var customerKey: String?

    /// How long a session works unless its owner says otherwise.
    ///
    /// A year, as clients of the contract expect.
    static let lifetime: Duration = .seconds(365 * 86400)

    /// Reads and checks what a request says.
    ///
    /// - Throws: ``APIError`` for an app that does not name its user or wants to see something at once, for a time in the
    ///   past, and for accounts and Connect Webviews that the workspace does not have.
    init(_ call: Call, _ asker: ClientSessionAsker) async throws {
        let (accounts, webviews) = (
            try call[ClientSessionParameters.accounts], try call[ClientSessionParameters.webviews]
        )
        workspaceID = asker.workspaceID
        userIdentifierKey = try call[ClientSessionParameters.userKey]
        if asker.caller == nil {
            guard userIdentifierKey?.contains(where: { !$0.isWhitespace }) ?? false else {
                throw APIError.publishableKeyRequiresUser
            }
            guard accounts.isEmpty, webviews.isEmpty else { throw APIError.publishableKeyCreatesEmptySessions }
        }
        // Whose session it is, beyond the key of its user, is for the owner to say and not for an app.
        userIdentityID = asker.caller == nil ? nil : try call.userIdentityID
        expiresAt = try call[ClientSessionParameters.expiry]
        if let expiresAt, expiresAt <= call.services.time.now().wall {
            throw APIError.invalidInput(ClientSessionParameters.expiry, "The time must be in the future")
        }
        connectedAccountIDs = try await call.existingAccounts(accounts, in: workspaceID)
        connectWebviewIDs = try await call.existingWebviews(webviews, in: workspaceID)
    }

    /// A new session as wished for.
    func session(_ id: Identifier<ClientSession>, token: BearerToken, at now: Timestamp) -> ClientSession {
        ClientSession(
            id: id,
            workspaceID: workspaceID,
            token: token.text,
            userIdentifierKey: userIdentifierKey,
            connectedAccountIDs: connectedAccountIDs,
            connectWebviewIDs: connectWebviewIDs,
            userIdentityID: userIdentityID,
            customerKey: customerKey,
            createdAt: now,
            expiresAt: expiresAt ?? now + Self.lifetime
        )
    }

    /// Gives a session that is there already what is wished for: it sees more, never less, and works again if its time
    /// was over.
    func apply(to session: inout ClientSession, at now: Timestamp) {
        session.grant(connectedAccountIDs, connectWebviewIDs)
        session.userIdentityID = session.userIdentityID ?? userIdentityID
        if let expiresAt { session.expiresAt = expiresAt }
        session.renew(at: now)
    }
}

extension ClientSession {
    /// Lets the session see accounts and Connect Webviews besides those it sees.
    mutating func grant(_ accounts: [Identifier<ConnectedAccount>], _ webviews: [Identifier<ConnectWebview>]) {
        connectedAccountIDs += accounts.filter { !connectedAccountIDs.contains($0) }
        connectWebviewIDs += webviews.filter { !connectWebviewIDs.contains($0) }
    }

    /// Lets a session whose time is over work again.
    mutating func renew(at now: Timestamp) {
        if expiresAt <= now { expiresAt = now + ClientSessionWish.lifetime }
    }
}

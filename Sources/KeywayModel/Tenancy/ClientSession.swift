/// What an app of one of the owner's users may see and act on: the devices of some connected accounts (G11).
package struct ClientSession: OwnedRecord {
    /// Client sessions.
    package static let kind = OwnedRecordKind.clientSession

    /// Its identity, which is not secret.
    package let id: Identifier<ClientSession>
    /// The tenant it belongs to.
    package let workspaceID: Identifier<Workspace>
    /// The token that acts for it, unique; shown to the owner again and again (wire contract, section 3.7), so kept
    /// as it is.
    package let token: String
    /// The owner's own key of the user, unique among the sessions of the workspace that are not revoked; nil for an
    /// anonymous one.
    package let userIdentifierKey: String?
    /// The accounts whose devices it sees.
    package var connectedAccountIDs: [Identifier<ConnectedAccount>]
    /// The Connect Webviews it sees.
    package var connectWebviewIDs: [Identifier<ConnectWebview>]
    /// The user that the owner says it is of; Keyway knows nothing else of them.
    package var userIdentityID: Identifier<UserIdentity>?
    /// The owner's key of the customer whose it is; nil if there is none.
    package var customerKey: String?
    /// When it was made.
    package let createdAt: Timestamp
    /// When its token stops working by itself.
    package var expiresAt: Timestamp
    /// When its token was stopped; nil while it works.
    package var revokedAt: Timestamp?

    /// Makes a session.
    package init(
        id: Identifier<ClientSession>,
        workspaceID: Identifier<Workspace>,
        token: String,
        userIdentifierKey: String? = nil,
        connectedAccountIDs: [Identifier<ConnectedAccount>] = [],
        connectWebviewIDs: [Identifier<ConnectWebview>] = [],
        userIdentityID: Identifier<UserIdentity>? = nil,
        customerKey: String? = nil,
        createdAt: Timestamp,
        expiresAt: Timestamp,
        revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.token = token
        self.userIdentifierKey = userIdentifierKey
        self.connectedAccountIDs = connectedAccountIDs
        self.connectWebviewIDs = connectWebviewIDs
        self.userIdentityID = userIdentityID
        self.customerKey = customerKey
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }
}

extension ClientSession {
    /// The token, by which a request is known to act for it.
    package var globalKey: String? { token }
    /// The user's key while the session is not revoked.
    package var localKey: String? { revokedAt == nil ? userIdentifierKey : nil }
}

extension ClientSession: CustomStringConvertible, CustomReflectable {
    /// The identity, and not the token.
    package var description: String { "client session \(id)" }

    /// What debuggers and `dump` show: not the token either.
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "workspaceID": workspaceID]) }
}

/// Marks the identity of a user identity, of which Keyway knows nothing else.
package enum UserIdentity {}

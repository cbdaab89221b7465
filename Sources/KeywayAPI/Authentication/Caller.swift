package import KeywayModel

/// Who makes a request.
package enum Principal: Hashable, Sendable {
    /// Somebody who acts in one workspace.
    case caller(Caller)
    /// The holder of a personal access token who has not said in which workspace.
    case tokenHolder(PersonalAccessToken)
    /// An app of a workspace's users, which can do nothing but get a client session.
    case app(Workspace)
}

/// Who makes a request, and for which tenant: everything a handler reads or does stays inside that workspace (G11), and
/// for a client session inside its connected accounts.
package struct Caller: Hashable, Sendable {
    /// The tenant, as it was a second ago at most.
    package let workspace: Workspace
    /// Who it is, as written into attempts.
    package let requester: Requester
    /// The client session that the caller is limited to, as it was a second ago at most; nil: no limit.
    package let session: ClientSession?

    /// The tenant's identity.
    package var workspaceID: Identifier<Workspace> { workspace.id }

    /// The connected accounts that the caller sees; nil: all of the workspace.
    package var visibleAccounts: [Identifier<ConnectedAccount>]? { session?.connectedAccountIDs }

    /// Makes sure that somebody may act in the workspace.
    ///
    /// - Throws: ``APIError`` of type `workspace_suspended` if nobody may.
    func requireActive() throws(APIError) {
        if workspace.isSuspended { throw .workspaceSuspended }
    }

    /// Whether the caller sees a connected account, and its devices, of the workspace.
    package func sees(_ accountID: Identifier<ConnectedAccount>) -> Bool {
        visibleAccounts?.contains(accountID) ?? true
    }
}

import KeywayModel
import KeywayStore

// Whose connected accounts are whose, for the filters of lists. What a caller knows nothing of has no accounts.

extension Call {
    /// The accounts of a customer.
    ///
    /// - Throws: ``APIError`` of type `too_many_results` if there are more than fit into one question to the store.
    func accounts(ofCustomer key: String, _ caller: Caller) async throws -> [Identifier<ConnectedAccount>] {
        let limit = services.configuration.maximumUnpagedRows
        var query = ConnectedAccountQuery(workspaceID: caller.workspaceID, customerKey: key)
        var accounts: [Identifier<ConnectedAccount>] = []
        repeat {
            let page = try await services.store.connectedAccounts(query)
            accounts += page.elements.map(\.id)
            guard accounts.count <= limit else {
                throw APIError.tooManyResults(limit: limit, instead: "/connected_accounts/list")
            }
            query.after = page.next
        } while query.after != nil
        return accounts
    }

    /// The client session that a user has; to another client session it is as if there were none.
    func session(ofUser key: String, _ caller: Caller) async throws -> ClientSession? {
        let session = try await services.store.record(ClientSession.self, localKey: key, in: caller.workspaceID)
        guard let session, caller.session.map({ $0.id == session.id }) ?? true else { return nil }
        return session
    }

    /// The accounts of the client session that a user has.
    func accounts(ofUser key: String, _ caller: Caller) async throws -> [Identifier<ConnectedAccount>] {
        try await session(ofUser: key, caller)?.connectedAccountIDs ?? []
    }

    /// The account that came of a Connect Webview; to a client session that does not see it, it is as if there were none.
    func accounts(
        connectedThrough id: Identifier<ConnectWebview>,
        _ caller: Caller
    ) async throws -> [Identifier<ConnectedAccount>] {
        guard caller.session?.connectWebviewIDs.contains(id) ?? true,
            let webview = try await services.store.record(id, in: caller.workspaceID),
            case .authorized(let accountID, at: _) = webview.progress
        else { return [] }
        return [accountID]
    }
}

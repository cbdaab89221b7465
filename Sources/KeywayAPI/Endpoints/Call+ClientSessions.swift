import KeywayModel
import KeywayStore

// What requests about client sessions look up.

extension Call {
    /// The user identity that a request names, under either name; nil if it names none.
    var userIdentityID: Identifier<UserIdentity>? {
        get throws {
            let (one, many) = (
                try self[ClientSessionParameters.identity], try self[ClientSessionParameters.identities]?.first
            )
            if let one, let many, one != many {
                throw APIError.invalidOptions("user_identity_id and user_identity_ids name different users")
            }
            return one ?? many
        }
    }

    /// The accounts with these ids, without repetitions.
    ///
    /// - Throws: ``APIError`` of type `connected_account_not_found` if the workspace lacks one of them.
    func existingAccounts(
        _ texts: [String],
        in workspaceID: Identifier<Workspace>
    ) async throws -> [Identifier<ConnectedAccount>] {
        func notFound(_ text: String) -> APIError {
            .notFound("connected_account", ["connected_account_id": text])
        }
        var ids: [Identifier<ConnectedAccount>] = []
        for text in texts {
            guard let id = Identifier<ConnectedAccount>(text) else { throw notFound(text) }
            if !ids.contains(id) { ids.append(id) }
        }
        let existing = try await existing(ids, in: workspaceID)
        if let missing = ids.first(where: { !existing.contains($0) }) { throw notFound(missing.description) }
        return ids
    }

    /// The Connect Webviews with these ids, without repetitions.
    ///
    /// - Throws: ``APIError`` of type `connect_webview_not_found` if the workspace lacks one of them.
    func existingWebviews(
        _ texts: [String],
        in workspaceID: Identifier<Workspace>
    ) async throws -> [Identifier<ConnectWebview>] {
        var ids: [Identifier<ConnectWebview>] = []
        for text in texts {
            guard let id = Identifier<ConnectWebview>(text),
                try await services.store.record(id, in: workspaceID) != nil
            else { throw APIError.notFound("connect_webview", ["connect_webview_id": text]) }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// Those of some accounts that the workspace has, and that have not been removed.
    private func existing(
        _ ids: some Collection<Identifier<ConnectedAccount>>,
        in workspaceID: Identifier<Workspace>
    ) async throws -> Set<Identifier<ConnectedAccount>> {
        guard !ids.isEmpty else { return [] }
        var query = ConnectedAccountQuery(workspaceID: workspaceID, ids: Array(ids))
        var existing: Set<Identifier<ConnectedAccount>> = []
        repeat {
            let page = try await services.store.connectedAccounts(query)
            existing.formUnion(page.elements.map(\.id))
            query.after = page.next
        } while query.after != nil
        return existing
    }

    /// Sessions of one workspace as they are shown: with those of their accounts that are still there, and the managed
    /// devices of those counted.
    func bodies(of sessions: [ClientSession]) async throws -> [ClientSessionBody] {
        guard let workspaceID = sessions.first?.workspaceID else { return [] }
        let accounts = try await existing(Set(sessions.flatMap(\.connectedAccountIDs)), in: workspaceID)
        var counts: [Identifier<ConnectedAccount>: Int] = [:]
        if !accounts.isEmpty {
            var query = DeviceQuery(workspaceID: workspaceID, connectedAccountIDs: Array(accounts), isManaged: true)
            repeat {
                let page = try await services.store.devices(query)
                for device in page.elements { counts[device.connectedAccountID, default: 0] += 1 }
                query.after = page.next
            } while query.after != nil
        }
        return sessions.map { session in
            let visible = session.connectedAccountIDs.filter(accounts.contains)
            let count = visible.reduce(0) { $0 + counts[$1, default: 0] }
            return ClientSessionBody(session: session, connectedAccountIDs: visible, deviceCount: count)
        }
    }

    /// A session as it is shown.
    func body(of session: ClientSession) async throws -> ClientSessionBody? {
        try await bodies(of: [session]).first
    }
}

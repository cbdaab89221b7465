import KeywayModel
import KeywayStore

extension Tenancy {
    /// Writes down whether the connection of an account stands, with the event that tells of it; no effect if that is
    /// known already.
    ///
    /// - Throws: `StoreError` if it could not be made durable.
    func note(_ account: ConnectedAccount, isConnected: Bool) async throws {
        let (now, id) = (time.now().wall, ids.next() as RawIdentifier)
        _ = try await store.updateConnectedAccount(account.id, in: account.workspaceID) { account throws(Never) in
            guard account.removedAt == nil, (account.disconnectedAt == nil) != isConnected else { return [] }
            account.disconnectedAt = isConnected ? nil : now
            let event = Event(
                id: Identifier(id),
                type: isConnected ? .connectedAccountConnected : .connectedAccountDisconnected,
                workspaceID: account.workspaceID,
                createdAt: now,
                occurredAt: now,
                connectedAccountID: account.id,
                connectedAccountCustomMetadata: account.customMetadata.isEmpty ? nil : account.customMetadata,
                customerKey: account.customerKey,
                details: isConnected ? .none : .accountHealth(AccountHealth(account))
            )
            return [event]
        }
    }
}

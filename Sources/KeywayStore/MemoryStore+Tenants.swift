package import KeywayModel
import Synchronization

extension MemoryStore {
    // MARK: Connected accounts

    /// Adds a connected account with its devices and the events that tell of them.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or that of a device is taken, its workspace unknown, or a
    ///   device not of this account.
    package func add(_ account: ConnectedAccount, devices: [Device], events: [Event]) async throws(StoreError) {
        try change { tables throws(StoreError) in try tables.add(account, devices: devices, events: events) }
    }

    /// Returns a connected account, removed or not; nil if there is none with this id.
    package func connectedAccount(
        _ id: Identifier<ConnectedAccount>
    ) async throws(StoreError) -> ConnectedAccount? {
        tables.withLock { $0.account(id) }
    }

    /// Returns every connected account of a provider, the oldest first, removed ones included.
    package func connectedAccounts(of provider: Provider) async throws(StoreError) -> [ConnectedAccount] {
        tables.withLock { tables in
            tables.accounts.filter { $0.provider == provider }
                .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        }
    }

    /// Returns a page of a workspace's connected accounts, ordered by their time of creation and then by id, without
    /// removed ones.
    package func connectedAccounts(
        _ query: ConnectedAccountQuery
    ) async throws(StoreError) -> Page<ConnectedAccount> {
        tables.withLock { $0.accounts(query) }
    }

    /// Changes a connected account with the events that tell of it.
    ///
    /// - Returns: The account after the change, or why there was none; nil if there is no such account.
    package func updateConnectedAccount<Refusal: Error>(
        _ id: Identifier<ConnectedAccount>,
        in workspaceID: Identifier<Workspace>?,
        _ change: @escaping @Sendable (inout ConnectedAccount) throws(Refusal) -> [Event]
    ) async throws(StoreError) -> Result<ConnectedAccount, Refusal>? {
        self.change { $0.updateAccount(id, in: workspaceID, change) }
    }

    // MARK: Tenants

    /// Adds what is new of a workspace, its accounts and its devices.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if a device names an account that the workspace does not have,
    ///   another workspace has its publishable key, or there is no such token.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device],
        reachedBy tokenID: Identifier<PersonalAccessToken>?
    ) async throws(StoreError) {
        try self.change { tables throws(StoreError) in
            try tables.add(workspace, accounts: accounts, devices: devices, reachedBy: tokenID)
        }
    }

    /// Returns a workspace; nil if there is none with this id.
    package func workspace(_ id: Identifier<Workspace>) async throws(StoreError) -> Workspace? {
        tables.withLock { $0.workspaces[id] }
    }

    /// Returns every workspace, the oldest first.
    package func workspaces() async throws(StoreError) -> [Workspace] {
        tables.withLock { $0.workspaces.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    /// Returns the workspace with a publishable key; nil if there is none.
    package func workspace(publishableKey: String) async throws(StoreError) -> Workspace? {
        tables.withLock { $0.workspaces.values.first { $0.publishableKey == publishableKey } }
    }

    /// Changes a workspace.
    ///
    /// - Returns: The workspace after the change; nil if there is none with this id.
    /// - Throws: ``StoreError`` with code `conflict` if another workspace has its publishable key.
    package func updateWorkspace(
        _ id: Identifier<Workspace>,
        _ change: @escaping @Sendable (inout Workspace) -> Void
    ) async throws(StoreError) -> Workspace? {
        try self.change { tables throws(StoreError) in try tables.updateWorkspace(id, change) }
    }

    /// Puts a sandbox workspace back to its beginning, as far as no lane does it.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if the workspace is unknown or an account is not its own.
    package func reset(
        _ workspaceID: Identifier<Workspace>,
        to accounts: [ConnectedAccount],
        attempt: ActionAttempt,
        idempotency: IdempotencyRecord?
    ) async throws(StoreError) {
        try self.change { tables throws(StoreError) in
            try tables.reset(workspaceID, to: accounts, attempt: attempt, idempotency: idempotency)
        }
    }

    // MARK: Personal access tokens

    /// Adds a token.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or short token is taken, or a workspace it names unknown.
    package func add(_ token: PersonalAccessToken) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in try tables.add(token) }
    }

    /// Returns the token with a short token, revoked or not; nil if there is none.
    package func personalAccessToken(shortToken: String) async throws(StoreError) -> PersonalAccessToken? {
        tables.withLock { $0.tokens.values.first { $0.shortToken == shortToken } }
    }

    /// Returns every token, the oldest first, revoked ones included.
    package func personalAccessTokens() async throws(StoreError) -> [PersonalAccessToken] {
        tables.withLock { $0.tokens.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    /// Marks a token as revoked; one that was revoked before keeps its first time.
    ///
    /// - Returns: The token after the change; nil if there is none with this id.
    package func revokePersonalAccessToken(
        _ id: Identifier<PersonalAccessToken>,
        at time: Timestamp
    ) async throws(StoreError) -> PersonalAccessToken? {
        tables.withLock { $0.revoke(id, at: time) }
    }

    // MARK: API keys

    /// Adds a key.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if its id or short token is taken, or its workspace is unknown.
    package func add(_ key: APIKey) async throws(StoreError) {
        try tables.withLock { tables throws(StoreError) in try tables.add(key) }
    }

    /// Returns the key with a short token, revoked or not; nil if there is none.
    package func apiKey(shortToken: String) async throws(StoreError) -> APIKey? {
        tables.withLock { $0.keys.values.first { $0.shortToken == shortToken } }
    }

    /// Returns every key of a workspace, or of all, the oldest first, revoked ones included.
    package func apiKeys(of workspaceID: Identifier<Workspace>?) async throws(StoreError) -> [APIKey] {
        tables.withLock { tables in
            tables.keys.values
                .filter { workspaceID == nil || $0.workspaceID == workspaceID }
                .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        }
    }

    /// Marks a key as revoked; a key that was revoked before keeps its first time.
    ///
    /// - Returns: The key after the change; nil if there is none with this id.
    package func revokeAPIKey(_ id: Identifier<APIKey>, at time: Timestamp) async throws(StoreError) -> APIKey? {
        tables.withLock { $0.revoke(id, at: time) }
    }
}

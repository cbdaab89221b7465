package import KeywayModel

extension MemoryTables {
    // MARK: Connected accounts

    func account(_ id: Identifier<ConnectedAccount>) -> ConnectedAccount? {
        accountPositions[id].map { accounts[$0] }
    }

    func accounts(_ query: ConnectedAccountQuery) -> Page<ConnectedAccount> {
        let start = query.after.map { Int($0) }
        if let start, !accounts.indices.contains(start) { return Page(elements: [], next: nil) }
        let positions =
            accounts.indices
            .filter { position in
                let isLater = start.map { accounts[position].isListed(after: accounts[$0]) } ?? true
                return isLater && query.matches(accounts[position])
            }
            .sorted { accounts[$1].isListed(after: accounts[$0]) }
        return page(of: positions, limit: query.limit) { accounts[$0] }
    }

    mutating func add(
        _ account: ConnectedAccount,
        devices newDevices: [Device],
        events: [Event]
    ) throws(StoreError) {
        guard accountPositions[account.id] == nil, workspaces[account.workspaceID] != nil else {
            throw StoreError(.conflict, message: "The account's id is taken, or its workspace is unknown.")
        }
        var ids: Set<Identifier<Device>> = []
        for device in newDevices {
            guard device.connectedAccountID == account.id, device.workspaceID == account.workspaceID,
                devicePositions[device.id] == nil, ids.insert(device.id).inserted
            else {
                let message = "A device is not of the account that it comes with, or its id is taken."
                throw StoreError(.conflict, message: message)
            }
        }
        insert(account)
        try insert(newDevices)
        append(events, to: account.workspaceID)
    }

    mutating func updateAccount<Refusal: Error>(
        _ id: Identifier<ConnectedAccount>,
        in workspaceID: Identifier<Workspace>?,
        _ change: (inout ConnectedAccount) throws(Refusal) -> [Event]
    ) -> Result<ConnectedAccount, Refusal>? {
        guard let position = accountPositions[id] else { return nil }
        let account = accounts[position]
        guard workspaceID == nil || account.workspaceID == workspaceID else { return nil }
        var changed = account
        let events: [Event]
        do throws(Refusal) {
            events = try change(&changed)
        } catch {
            return .failure(error)
        }
        accounts[position] = account.updated(by: changed)
        append(events, to: account.workspaceID)
        return .success(accounts[position])
    }

    /// Appends an account, unless its id is there already.
    private mutating func insert(_ account: ConnectedAccount) {
        guard accountPositions[account.id] == nil else { return }
        accountPositions[account.id] = accounts.count
        accounts.append(account)
    }

    // MARK: Tenants

    /// Adds what is new of a workspace, its accounts and its devices.
    ///
    /// - Throws: ``StoreError`` with code `conflict` if a device names an account that its workspace does not have,
    ///   another workspace has its publishable key, or there is no such token.
    package mutating func add(
        _ workspace: Workspace,
        accounts newAccounts: [ConnectedAccount],
        devices newDevices: [Device],
        reachedBy tokenID: Identifier<PersonalAccessToken>? = nil
    ) throws(StoreError) {
        let isNew = workspaces[workspace.id] == nil
        if isNew { try refuseTakenPublishableKey(of: workspace) }
        if let tokenID, tokens[tokenID] == nil {
            throw StoreError(.conflict, message: "There is no such token to reach the workspace.")
        }
        let (accountsBefore, positionsBefore) = (accounts, accountPositions)
        for account in newAccounts { insert(account) }
        do {
            try insert(newDevices)
        } catch {
            (accounts, accountPositions) = (accountsBefore, positionsBefore)
            throw error
        }
        guard isNew else { return }
        workspaces[workspace.id] = workspace
        if let tokenID, case .workspaces(let ids) = tokens[tokenID]?.reach {
            tokens[tokenID]?.reach = .workspaces(ids.union([workspace.id]))
        }
    }

    mutating func updateWorkspace(
        _ id: Identifier<Workspace>,
        _ change: (inout Workspace) -> Void
    ) throws(StoreError) -> Workspace? {
        guard let workspace = workspaces[id] else { return nil }
        var changed = workspace
        change(&changed)
        changed = workspace.updated(by: changed)
        try refuseTakenPublishableKey(of: changed)
        workspaces[id] = changed
        return changed
    }

    private func refuseTakenPublishableKey(of workspace: Workspace) throws(StoreError) {
        guard let key = workspace.publishableKey else { return }
        guard !workspaces.values.contains(where: { $0.publishableKey == key && $0.id != workspace.id }) else {
            throw StoreError(.conflict, message: "Another workspace has this publishable key.")
        }
    }

    mutating func reset(
        _ workspaceID: Identifier<Workspace>,
        to fresh: [ConnectedAccount],
        attempt: ActionAttempt,
        idempotency: IdempotencyRecord?
    ) throws(StoreError) {
        precondition(attempt.outcome != nil, "a reset is resolved")
        let areOwn = fresh.allSatisfy { new in
            new.workspaceID == workspaceID && account(new.id).map { $0.workspaceID == workspaceID } ?? true
        }
        guard areOwn, workspaces[workspaceID] != nil else {
            throw StoreError(.conflict, message: "The workspace is unknown, or an account is not its own.")
        }
        for kind in ownedRecords.keys { ownedRecords[kind]?.removeAll { $0.record.workspaceID == workspaceID } }
        let kept = Set(fresh.map(\.id))
        for position in accounts.indices
        where accounts[position].workspaceID == workspaceID && accounts[position].provider == .sandbox
            && !kept.contains(accounts[position].id)
        {
            accounts[position].removedAt = accounts[position].removedAt ?? attempt.resolvedAt ?? attempt.createdAt
            accounts[position].settings = .null
        }
        for account in fresh {
            insert(account)
            if let position = accountPositions[account.id] { accounts[position] = account }
        }
        accept(attempt)
        remember(idempotency)
    }

    // MARK: Personal access tokens

    mutating func add(_ token: PersonalAccessToken) throws(StoreError) {
        let isTaken = tokens[token.id] != nil || tokens.values.contains { $0.shortToken == token.shortToken }
        let isKnown =
            switch token.reach {
            case .everyWorkspace: true
            case .workspaces(let ids): ids.allSatisfy { workspaces[$0] != nil }
            }
        guard !isTaken, isKnown else {
            let message = "The token's id or short token is taken, or a workspace of it is unknown."
            throw StoreError(.conflict, message: message)
        }
        tokens[token.id] = token
    }

    mutating func revoke(_ id: Identifier<PersonalAccessToken>, at time: Timestamp) -> PersonalAccessToken? {
        guard var token = tokens[id] else { return nil }
        token.revokedAt = token.revokedAt ?? time
        tokens[id] = token
        return token
    }

    // MARK: API keys

    mutating func add(_ key: APIKey) throws(StoreError) {
        let isTaken = keys[key.id] != nil || keys.values.contains { $0.shortToken == key.shortToken }
        guard !isTaken, workspaces[key.workspaceID] != nil else {
            throw StoreError(.conflict, message: "The key's id or short token is taken, or its workspace is unknown.")
        }
        keys[key.id] = key
    }

    mutating func revoke(_ id: Identifier<APIKey>, at time: Timestamp) -> APIKey? {
        guard var key = keys[id] else { return nil }
        key.revokedAt = key.revokedAt ?? time
        keys[id] = key
        return key
    }
}

extension ConnectedAccount {
    /// Whether it comes later in a list than another account.
    fileprivate func isListed(after other: ConnectedAccount) -> Bool {
        (createdAt, id) > (other.createdAt, other.id)
    }
}

extension ConnectedAccountQuery {
    fileprivate func matches(_ account: ConnectedAccount) -> Bool {
        account.workspaceID == workspaceID
            && account.removedAt == nil
            && ids?.contains(account.id) ?? true
            && customerKey.map { account.customerKey == $0 } ?? true
            && account.customMetadata.matches(customMetadata)
            && foldedSearch.map { account.searchText.utf8.contains($0.utf8) } ?? true
    }
}

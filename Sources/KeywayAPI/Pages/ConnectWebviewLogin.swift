import KeywayDriver
import KeywayModel
import KeywayStore

/// What a user does on the page of a Connect Webview.
struct ConnectWebviewLogin {
    let webview: ConnectWebview
    let workspace: Workspace
    let services: APIServices

    /// Connects a virtual account with its devices, which adds nothing if it was done before.
    ///
    /// The identity of the account follows from that of the Connect Webview, and the Connect Webview says last that it is
    /// done. So if the server dies in between, the user sees the same page again, and a second try finds what is there.
    ///
    /// - Returns: The Connect Webview afterwards; nil if it was deleted in the meantime.
    /// - Throws: ``APIError`` of type `device_type_not_supported` if this server has no virtual devices.
    func connect() async throws -> ConnectWebview? {
        guard case .pending = webview.progress else { return webview }
        let accountID = Identifier<ConnectedAccount>(derivedFrom: "keyway/connected/\(webview.id)")
        let webviewID = webview.id
        // Sessions are granted the account before it is there, which shows them nothing, so that their event streams do
        // not miss how it begins.
        try await services.store.updateSessions(in: workspace.id) { session in
            session.connectWebviewIDs.contains(webviewID)
        } change: { session in
            session.grant([accountID], [])
        }
        services.authenticator.forget()
        let account = try await add(accountID)
        let now = services.time.now().wall
        let event = event(.connectWebviewLoginSucceeded, about: account, at: now)
        return try await update { webview in
            // Whoever declined at the same moment has connected all the same.
            if case .authorized = webview.progress { return [] }
            webview.progress = .authorized(accountID, at: now)
            return [event]
        }
    }

    /// Declines, which changes nothing if the user has connected or declined before.
    ///
    /// - Returns: The Connect Webview afterwards; nil if it was deleted in the meantime.
    func decline() async throws -> ConnectWebview? {
        let event = event(.connectWebviewLoginFailed, at: services.time.now().wall)
        return try await update { webview in
            guard case .pending = webview.progress else { return [] }
            webview.progress = .failed
            return [event]
        }
    }

    private func update(
        _ change: @escaping @Sendable (inout ConnectWebview) -> [Event]
    ) async throws -> ConnectWebview? {
        let updated = try await services.store.update(webview.id, in: workspace.id) { webview throws(Never) in
            change(&webview)
        }
        return updated.map { $0.get() }
    }

    // MARK: The account

    /// Adds the account with its devices and the events that tell of them; returns what is there already.
    private func add(_ id: Identifier<ConnectedAccount>) async throws -> ConnectedAccount {
        guard let simulator = services.simulators[.sandbox] else {
            throw APIError.deviceTypeNotSupported("This server has no virtual devices")
        }
        let (wishes, now) = (webview.wishes, services.time.now().wall)
        var (account, devices) = simulator.newAccount(id, in: workspace, at: now)
        account.customMetadata = wishes.customMetadata
        account.automaticallyManagesNewDevices = wishes.automaticallyManagesNewDevices
        account.customerKey = wishes.customerKey
        if !wishes.acceptedCapabilities.isEmpty { account.acceptedCapabilities = wishes.acceptedCapabilities }
        for index in devices.indices { devices[index].isManaged = wishes.automaticallyManagesNewDevices }
        let beginning: [EventType] = [
            .connectedAccountCreated, .connectedAccountConnected, .connectedAccountSuccessfulLogin,
        ]
        let events =
            beginning.map { event($0, about: account, at: now) }
            + devices.map { event(.deviceAdded, about: account, $0, at: now) }
            + [event(.connectedAccountCompletedFirstSync, about: account, at: now)]
        do {
            try await services.store.add(account, devices: devices, events: events)
            return account
        } catch {
            guard error.code == .conflict, let before = try await services.store.connectedAccount(id),
                before.workspaceID == workspace.id
            else { throw error }
            return before
        }
    }

    private func event(
        _ type: EventType,
        about account: ConnectedAccount? = nil,
        _ device: Device? = nil,
        at time: Timestamp
    ) -> Event {
        let metadata = account?.customMetadata ?? [:]
        return Event(
            id: services.ids.next(),
            type: type,
            workspaceID: workspace.id,
            createdAt: time,
            occurredAt: time,
            connectedAccountID: account?.id,
            connectedAccountCustomMetadata: metadata.isEmpty ? nil : metadata,
            deviceID: device?.id,
            customerKey: account?.customerKey,
            connectWebviewID: webview.id
        )
    }
}

import KeywayModel
import KeywayStore

/// `/connect_webviews/*` (wire contract, section 4.7), for sandbox workspaces: the secrets with which a real account is
/// connected belong on the server's command line and not into a page.
enum ConnectWebviewEndpoints {
    static let all = [create, get, list, delete]

    /// The most Connect Webviews that one client session sees.
    static let maximumPerSession = 1000

    // MARK: Making

    private static let capabilities = Parameter.defaulted(
        "accepted_capabilities",
        AcceptedCapabilities.format,
        .array([]),
        "The kinds of device that are wanted."
    )
    // The contract says to take any text here, as its list changes weekly (section 8).
    private static let providers = Parameter.defaulted(
        "accepted_providers",
        .array(.string(1...100), count: 0...100),
        .array([]),
        "The providers to choose from. It is shown; the page of a sandbox connects virtual locks in any case."
    )
    private static let managesDevices = Parameter.defaulted(
        "automatically_manage_new_devices",
        .boolean(),
        .bool(true),
        "Whether the devices of the account are managed from the start."
    )
    private static let waits = Parameter.defaulted(
        "wait_for_device_creation",
        .boolean(),
        .bool(false),
        "Accepted for the contract's sake; virtual devices are there at once."
    )
    private static let redirect = Parameter.optional(
        "custom_redirect_url",
        .string(),
        "Where the user goes afterwards, with connect_webview_id and connected_account_id in the query."
    )
    private static let failureRedirect = Parameter.optional(
        "custom_redirect_failure_url",
        .string(),
        "Where the user goes who declined, with connect_webview_id in the query."
    )
    private static let customerKey = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "The owner's key of the customer who is invited, handed on to the account."
    )
    private static let withoutEffect: [any DeclaredParameter] = [
        Parameter.optional("device_selection_mode", .oneOf(["none", "single", "multiple"]), hasNoEffect),
        Parameter.optional("excluded_providers", .array(.string()), hasNoEffect),
        Parameter.optional("provider_category", .nonEmptyString(), hasNoEffect),
    ]
    private static let hasNoEffect = "Accepted for the contract's sake; the page of a sandbox lets nobody choose."

    private static let create = Endpoint(
        "/connect_webviews/create",
        .action,
        accepts: .standardAndClientSession,
        "Makes a page on which a user connects an account to a sandbox workspace. Accounts of other workspaces are "
            + "connected with `keyway accounts add` on the server. Of a client session, it sees the account afterwards.",
        parameters: [
            capabilities, providers, managesDevices, waits, CustomMetadata.changes, redirect, failureRedirect,
            customerKey,
        ] + withoutEffect,
        answer: [AnswerKey("connect_webview", .named(.connectWebview))]
    ) { call, caller in
        guard caller.workspace.isSandbox else {
            throw APIError.notSandbox(
                "Connect Webviews connect virtual accounts to sandbox workspaces; real accounts are added on the server "
                    + "with: keyway accounts add"
            )
        }
        try caller.requireActive()
        let (store, wishes) = (call.services.store, try wishes(call))
        let webview = try await call.makeOnce("connect_webview", by: caller.requester) { id in
            try await store.record(id, in: caller.workspaceID)
        } make: { id in
            let webview = ConnectWebview(
                id: id,
                workspaceID: caller.workspaceID,
                createdAt: call.services.time.now().wall,
                wishes: wishes
            )
            try await show(webview, to: caller.session, call)
            try await store.add(webview, events: [])
            return webview
        }
        return ["connect_webview": ConnectWebviewBody(webview: webview, baseURL: call.baseURL)]
    }

    private static func wishes(_ call: Call) throws -> ConnectWebview.Wishes {
        var metadata: [String: MetadataValue] = [:]
        try CustomMetadata.merge(call[CustomMetadata.changes] ?? [:], into: &metadata)
        return ConnectWebview.Wishes(
            acceptedProviders: try call[providers],
            acceptedCapabilities: try call[capabilities],
            automaticallyManagesNewDevices: try call[managesDevices],
            waitsForDeviceCreation: try call[waits],
            customMetadata: metadata,
            redirectURL: try url(call, redirect),
            failureRedirectURL: try url(call, failureRedirect),
            customerKey: try call[customerKey]
        )
    }

    private static func url(_ call: Call, _ parameter: Parameter<String?>) throws -> String? {
        guard let text = try call[parameter] else { return nil }
        guard RedirectTarget(text) != nil else { throw APIError.invalidInput(parameter, "Invalid url") }
        return text
    }

    /// Lets a client session see what it makes: before it is there, so that it is never there unseen.
    private static func show(_ webview: ConnectWebview, to session: ClientSession?, _ call: Call) async throws {
        guard let session else { return }
        let id = webview.id
        let shown = try await call.services.store.update(session.id, in: webview.workspaceID) {
            session throws(APIError) in
            guard session.connectWebviewIDs.count < maximumPerSession else {
                throw .tooMany("connect_webviews", limit: maximumPerSession)
            }
            session.grant([], [id])
            return []
        }
        call.services.authenticator.forget()
        guard let shown else { throw APIError.unknownClientSession }
        _ = try shown.get()
    }

    // MARK: Reading

    private static let id = Parameter.required(
        "connect_webview_id",
        .uuid(ConnectWebview.self),
        "The Connect Webview."
    )

    private static let get = Endpoint(
        "/connect_webviews/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a Connect Webview.",
        parameters: [id],
        answer: [AnswerKey("connect_webview", .named(.connectWebview))]
    ) { call, caller in
        let id = try call[id]
        guard caller.sees(id), let webview = try await call.services.store.record(id, in: caller.workspaceID) else {
            throw notFound(id)
        }
        return ["connect_webview": ConnectWebviewBody(webview: webview, baseURL: call.baseURL)]
    }

    private static func notFound(_ id: Identifier<ConnectWebview>) -> APIError {
        .notFound("connect_webview", ["connect_webview_id": id.description])
    }

    private static let ofCustomer = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "Only those of this customer."
    )
    private static let ofUser = Parameter.optional(
        "user_identifier_key",
        .nonEmptyString(),
        "Only those that the client session of this user sees."
    )
    private static let metadata = Parameter.optional(
        "custom_metadata_has",
        .metadataFilter(),
        "Only those whose custom metadata has each of these pairs; null: the key is not set."
    )
    private static let search = Parameter.optional(
        "search",
        .nonEmptyString(),
        "Only those whose id, accepted providers, custom metadata or customer key contains this text, whatever the case."
    )

    private static let list = Endpoint(
        "/connect_webviews/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns Connect Webviews, in the order in which they were made. Filters are joined by AND.",
        parameters: [ofCustomer, ofUser, metadata, search, Paging.limit, Paging.cursor],
        answer: [
            AnswerKey("connect_webviews", .list(of: .named(.connectWebview))),
            AnswerKey("pagination", .named(.pagination)),
        ]
    ) { call, caller in
        let (customer, pairs) = (try call[ofCustomer], try call[metadata] ?? [:])
        let search = try call[search]?.lowercased()
        let ofUser = try await webviews(ofUser: try call[ofUser], call, caller)
        let page: Page<ConnectWebview> = try await call.services.store.page(
            in: caller.workspaceID,
            limit: try call.pageSize,
            after: try call.pageStart
        ) { webview in
            if !caller.sees(webview.id) { return false }
            if let ofUser, !ofUser.contains(webview.id) { return false }
            if let customer, webview.wishes.customerKey != customer { return false }
            if let search, !webview.searchText.contains(search) { return false }
            return pairs.allSatisfy { key, value in webview.wishes.customMetadata[key]?.comparedText == value }
        }
        return [
            "connect_webviews": page.elements.map { ConnectWebviewBody(webview: $0, baseURL: call.baseURL) },
            "pagination": call.pagination(next: page.next),
        ]
    }

    /// The Connect Webviews that a user's client session sees, and the caller may know of; nil: no user is asked for.
    private static func webviews(
        ofUser key: String?,
        _ call: Call,
        _ caller: Caller
    ) async throws -> Set<Identifier<ConnectWebview>>? {
        guard let key else { return nil }
        return Set(try await call.session(ofUser: key, caller)?.connectWebviewIDs ?? [])
    }

    // MARK: Deleting

    private static let delete = Endpoint(
        "/connect_webviews/delete",
        .delete,
        accepts: .standard,
        "Deletes a Connect Webview: its page is gone. An account that was connected through it stays.",
        parameters: [id]
    ) { call, caller in
        let (id, store) = (try call[id], call.services.store)
        guard try await store.remove(id, in: caller.workspaceID, events: []) else { throw notFound(id) }
        try await store.updateSessions(in: caller.workspaceID) { session in
            session.connectWebviewIDs.contains(id)
        } change: { session in
            session.connectWebviewIDs.removeAll { $0 == id }
        }
        call.services.authenticator.forget()
        return .done
    }
}

extension Caller {
    /// Whether the caller sees a Connect Webview of the workspace.
    func sees(_ id: Identifier<ConnectWebview>) -> Bool {
        session?.connectWebviewIDs.contains(id) ?? true
    }
}

extension ConnectWebview {
    /// What a search looks in, in lower case, each on its own line.
    fileprivate var searchText: String {
        ([id.description] + wishes.acceptedProviders + wishes.customMetadata.searchLines + [wishes.customerKey ?? ""])
            .joined(separator: "\n")
            .lowercased()
    }
}

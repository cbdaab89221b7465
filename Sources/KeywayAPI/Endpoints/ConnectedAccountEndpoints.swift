import KeywayModel
import KeywayStore

/// `/connected_accounts/*` (wire contract, section 4.7).
enum ConnectedAccountEndpoints {
    static let all = [get, list, update, delete, sync, simulateDisconnect]

    private static let id = Parameter.required("connected_account_id", .uuid(ConnectedAccount.self), "The account.")
    private static let answer = [AnswerKey("connected_account", .named(.connectedAccount))]

    // MARK: Reading

    private static let optionalID = Parameter.optional(
        "connected_account_id",
        .uuid(ConnectedAccount.self),
        "The account."
    )
    private static let email = Parameter.optional(
        "email",
        .email(),
        "Accepted for the contract's sake instead of an id; matches no account, as accounts here have no e-mail address."
    )

    private static let get = Endpoint(
        "/connected_accounts/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a connected account.",
        parameters: [optionalID, email],
        needsOneOf: [optionalID, email],
        rules: [.notBoth(optionalID, email)],
        answer: answer
    ) { call, caller in
        let (id, email) = (try call[optionalID], try call[email])
        guard let id else { throw APIError.notFound("connected_account", email.map { ["email": $0] } ?? [:]) }
        return [
            "connected_account": ConnectedAccountBody(account: try await ConnectedAccounts.account(id, call, caller))
        ]
    }

    private static let userIdentifierKey = Parameter.optional(
        "user_identifier_key",
        .nonEmptyString(),
        "Only the accounts of this user's client session."
    )
    private static let metadata = Parameter.optional(
        "custom_metadata_has",
        .metadataFilter(),
        "Only accounts whose custom metadata has each of these pairs; null: the key is not set."
    )
    private static let customerKeyFilter = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "Only accounts with this customer key."
    )
    private static let spaceID = Parameter.optional(
        "space_id",
        .uuid(AnyObjectMark.self),
        "Accepted for the contract's sake; matches no account."
    )
    private static let search = Parameter.optional(
        "search",
        .nonEmptyString(),
        "Only accounts whose name or id contains this text, whatever the case."
    )

    private static let list = Endpoint(
        "/connected_accounts/list",
        .read,
        accepts: .standard,
        "Returns connected accounts, the oldest first. Filters are joined by AND.",
        parameters: [
            userIdentifierKey, metadata, customerKeyFilter, spaceID, search, Paging.limit(byDefault: 11_000),
            Paging.cursor,
        ],
        answer: [
            AnswerKey("connected_accounts", .list(of: .named(.connectedAccount))),
            AnswerKey("pagination", .named(.pagination)),
        ]
    ) { call, caller in
        let page = try await page(call, caller)
        return [
            "connected_accounts": page.elements.map { ConnectedAccountBody(account: $0) },
            "pagination": call.pagination(next: page.next),
        ]
    }

    private static func page(_ call: Call, _ caller: Caller) async throws -> Page<ConnectedAccount> {
        var query = ConnectedAccountQuery(
            workspaceID: caller.workspaceID,
            customMetadata: try call[metadata] ?? [:],
            customerKey: try call[customerKeyFilter],
            search: try call[search],
            limit: try call.pageSize,
            after: try call.pageStart
        )
        if let key = try call[userIdentifierKey] { query.ids = try await call.accounts(ofUser: key, caller) }
        guard try call[spaceID] == nil else { return Page(elements: [], next: nil) }
        return try await call.services.store.connectedAccounts(query)
    }

    // MARK: Changing

    private static let displayName = Parameter.optional("display_name", .string(1...255), "Its name for people.")
    private static let customerKey = Parameter.optional(
        "customer_key",
        .nonEmptyString(),
        "The owner's key of the customer whose it is. Can be set only once."
    )
    private static let managesNewDevices = Parameter.optional(
        "automatically_manage_new_devices",
        .boolean(),
        "Whether devices that turn up are managed from the start; if not, they are only shown."
    )
    private static let capabilities = Parameter.optional(
        "accepted_capabilities",
        AcceptedCapabilities.format,
        "The kinds of device that are wanted of it."
    )
    private static let newMetadata = Parameter.optional(
        CustomMetadata.changes.declaration.name,
        .metadataChanges(),
        "The owner's own keys and values, in the place of all those before; limits as for devices. Null or an empty "
            + "text: its key is not set."
    )

    private static let update = Endpoint(
        "/connected_accounts/update",
        .update,
        accepts: .standard,
        "Changes what the owner says about a connected account. Custom metadata takes the place of all that was there.",
        parameters: [id, displayName, customerKey, newMetadata, managesNewDevices, capabilities],
        answer: answer
    ) { call, caller in
        let id = try call[id]
        let (name, key, metadata) = (try call[displayName], try call[customerKey], try metadata(call))
        let (managesNewDevices, capabilities) = (try call[managesNewDevices], try call[capabilities])
        try await call.once(caller) {
            try await ConnectedAccounts.change(id, call, caller) { account throws(APIError) in
                if let key {
                    guard account.customerKey.map({ $0 == key }) ?? true else {
                        throw .invalidInput(customerKey, "The customer key is set already, and can be set only once")
                    }
                    account.customerKey = key
                }
                if let name { account.displayName = name }
                if let metadata { account.customMetadata = metadata }
                if let managesNewDevices { account.automaticallyManagesNewDevices = managesNewDevices }
                if let capabilities { account.acceptedCapabilities = capabilities }
                return []
            }
        }
        // Event streams of the customer show the account from now on.
        if key != nil { call.services.authenticator.forget() }
        return [
            "connected_account": ConnectedAccountBody(account: try await ConnectedAccounts.account(id, call, caller))
        ]
    }

    /// The metadata that an account shall have; nil: what it has.
    private static func metadata(_ call: Call) throws -> [String: MetadataValue]? {
        guard let pairs = try call[CustomMetadata.changes] else { return nil }
        var metadata: [String: MetadataValue] = [:]
        try CustomMetadata.merge(pairs, into: &metadata)
        return metadata
    }

    private static let waits = Parameter.defaulted(
        "sync",
        .boolean(),
        .bool(false),
        "Accepted for the contract's sake: everything is deleted by the time of the answer either way."
    )

    private static let delete = Endpoint(
        "/connected_accounts/delete",
        .delete,
        accepts: .standard,
        "Deletes a connected account for good, with all of its devices, and takes it from client sessions. If that is "
            + "interrupted, the next request goes on with it.",
        parameters: [id, waits]
    ) { call, caller in
        let id = try call[id]
        try await call.once(caller) {
            try await ConnectedAccounts.delete(try await ConnectedAccounts.account(id, call, caller), call, caller)
        }
        return .done
    }

    // MARK: The connection

    private static let sync = Endpoint(
        "/connected_accounts/sync",
        .action,
        accepts: .standard,
        "Has the devices of a connected account looked at soon, and does not wait for that. A virtual account that is "
            + "disconnected is connected again.",
        parameters: [id]
    ) { call, caller in
        let id = try call[id]
        try await call.once(caller) {
            try await ConnectedAccounts.synchronize(
                try await ConnectedAccounts.account(id, call, caller),
                call,
                caller
            )
        }
        return .done
    }

    private static let simulateDisconnect = Endpoint(
        "/connected_accounts/simulate/disconnect",
        .action,
        accepts: .standard,
        "Cuts the connection of a virtual account, and with it all of its devices off. /connected_accounts/sync brings "
            + "it back.",
        parameters: [id]
    ) { call, caller in
        let id = try call[id]
        try Simulation.requireSandbox(caller)
        let account = try await ConnectedAccounts.account(id, call, caller)
        let simulator = try Simulation.simulator(of: account, call)
        try await call.once(caller) { try await ConnectedAccounts.disconnect(account, simulator, call, caller) }
        return .done
    }
}

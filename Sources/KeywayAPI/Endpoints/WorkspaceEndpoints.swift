import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore

/// `/workspaces/*` (wire contract, section 4.6).
enum WorkspaceEndpoints {
    static let all = [get, list, create, update, resetSandbox]

    // MARK: Reading

    private static let get = Endpoint(
        "/workspaces/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns the workspace of the credential.",
        answer: [AnswerKey("workspace", .named(.workspace))]
    ) { call, caller in
        let workspace = try await workspace(call, caller)
        return ["workspace": WorkspaceBody(workspace: workspace, showsPublishableKey: caller.session == nil)]
    }

    private static let list = Endpoint(
        forAnybody: "/workspaces/list",
        .read,
        accepts: .standardAndClientSession + [.personalAccessTokenAlone],
        "Returns the workspaces that a personal access token works in, the oldest first; for any other credential, and "
            + "for a token with a seam-workspace header, the one workspace.",
        answer: [AnswerKey("workspaces", .list(of: .named(.workspace)))]
    ) { call, principal in
        var isOwner = true
        if case .caller(let caller) = principal { isOwner = caller.session == nil }
        let workspaces = try await workspaces(call, principal)
        return [
            "workspaces": workspaces.map { [isOwner] in WorkspaceBody(workspace: $0, showsPublishableKey: isOwner) }
        ]
    }

    private static func workspaces(_ call: Call, _ principal: Principal) async throws -> [Workspace] {
        switch principal {
        case .caller(let caller): return [try await workspace(call, caller)]
        case .tokenHolder(let token):
            let workspaces = try await call.services.store.workspaces().filter { token.reaches($0.id) }
            let limit = call.services.configuration.maximumUnpagedRows
            guard workspaces.count <= limit else { throw APIError.tooManyResults(limit: limit) }
            return workspaces
        case .app: throw APIError.unauthorized
        }
    }

    /// The caller's workspace, as it is by now.
    private static func workspace(_ call: Call, _ caller: Caller) async throws -> Workspace {
        guard let workspace = try await call.services.store.workspace(caller.workspaceID) else {
            throw APIError.notFound("workspace", ["workspace_id": caller.workspaceID.description])
        }
        return workspace
    }

    // MARK: Parameters

    private static let nameFormat = Format<String>.string(1...255)
    private static let name = Parameter.required("name", nameFormat, "Its name for people.")
    private static let newName = Parameter.optional("name", nameFormat, "Its new name for people.")
    private static let isSandbox = Parameter.defaulted(
        "is_sandbox",
        .boolean(),
        .bool(false),
        "Whether it has virtual devices, and its `simulate` endpoints answer."
    )
    private static let partnerName = Parameter.nullable(
        "connect_partner_name",
        nameFormat,
        "What its users are shown as its name; its name, unless set."
    )
    private static let newPartnerName = Parameter.optional(
        "connect_partner_name",
        nameFormat,
        "What its users are shown as its name."
    )
    private static let companyName = Parameter.optional(
        "company_name",
        nameFormat,
        "An older name of connect_partner_name, which has no effect beside that."
    )
    private static let organizationID = Parameter.optional(
        "organization_id",
        .uuid(Organization.self),
        "The organization it belongs to. It is shown, and means nothing to Keyway."
    )
    private static let isPublishableKeyAuthEnabled = Parameter.optional(
        "is_publishable_key_auth_enabled",
        .boolean(),
        "Whether client sessions can be had with its publishable key."
    )
    private static let isSuspended = Parameter.optional(
        "is_suspended",
        .boolean(),
        "Whether nobody may act in it; everything can still be read and changed."
    )

    // MARK: Making

    private static let create = Endpoint(
        forAnybody: "/workspaces/create",
        .action,
        accepts: [.personalAccessTokenAlone],
        "Makes a workspace, in which the personal access token works from now on. A sandbox has virtual locks from the "
            + "start.",
        parameters: [name, isSandbox, partnerName, companyName, organizationID, CustomizationParameters.customization]
            + CustomizationParameters.deprecated,
        answer: [AnswerKey("workspace", .named(.workspace))]
    ) { call, principal in
        guard case .tokenHolder(let token) = principal else { throw APIError.unauthorized }
        let (store, customization) = (call.services.store, try CustomizationParameters.initial(call))
        let workspace = try await call.makeOnce("workspace", by: .personalAccessToken(token.id)) { id in
            try await store.workspace(id)
        } make: { id in
            let workspace = Workspace(
                id: id,
                name: try call[name],
                isSandbox: try call[isSandbox],
                createdAt: call.services.time.now().wall,
                connectPartnerName: try call[partnerName] ?? call[companyName],
                publishableKey: call.services.secrets.token(.publishableKey).text,
                organizationID: try call[organizationID],
                customization: customization
            )
            let beginning = workspace.isSandbox ? call.services.simulators[.sandbox]?.beginning(of: workspace) : nil
            try await store.add(
                workspace,
                accounts: beginning?.accounts ?? [],
                devices: beginning?.devices ?? [],
                reachedBy: token.id
            )
            return workspace
        }
        call.services.authenticator.forget()
        return ["workspace": WorkspaceBody(workspace: workspace, showsPublishableKey: true)]
    }

    // MARK: Changing

    private static let update = Endpoint(
        "/workspaces/update",
        .update,
        accepts: .standard,
        "Changes the workspace of the credential. What is left out stays as it is.",
        parameters: [
            newName, newPartnerName, CustomizationParameters.customization, isPublishableKeyAuthEnabled, isSuspended,
            organizationID,
        ]
    ) { call, caller in
        let (newName, newPartnerName) = (try call[newName], try call[newPartnerName])
        let customization = try CustomizationParameters.changes(call)
        let (isEnabled, isSuspended) = (try call[isPublishableKeyAuthEnabled], try call[isSuspended])
        let organizationID = try call[organizationID]
        let changed = try await call.services.store.updateWorkspace(caller.workspaceID) { workspace in
            if let newName { workspace.name = newName }
            if let newPartnerName { workspace.connectPartnerName = newPartnerName }
            if let customization { workspace.customization = customization.applied(to: workspace.customization) }
            if let isEnabled { workspace.isPublishableKeyAuthEnabled = isEnabled }
            if let isSuspended { workspace.isSuspended = isSuspended }
            if let organizationID { workspace.organizationID = organizationID }
        }
        call.services.authenticator.forget()
        guard changed != nil else { throw APIError.notFound("workspace") }
        return .done
    }

    // MARK: Starting anew

    private static let resetSandbox = Endpoint(
        "/workspaces/reset_sandbox",
        .action,
        accepts: .standard,
        "Puts a sandbox workspace back to its beginning: its virtual locks are as new, and what was made in it besides, "
            + "webhooks and client sessions among it, is gone. Its API keys, and the history of attempts and events, stay.",
        answer: [AnswerKey("action_attempt", .named(.actionAttempt))]
    ) { call, caller in
        guard caller.workspace.isSandbox else { throw APIError.notSandbox("Only a sandbox workspace can be reset") }
        try caller.requireActive()
        guard let simulator = call.services.simulators[.sandbox] else {
            throw APIError.deviceTypeNotSupported("This server has no virtual devices")
        }
        let (accounts, devices) = simulator.beginning(of: try await workspace(call, caller))
        // Whatever comes of it, some client sessions may be gone.
        defer { call.services.authenticator.forget() }
        let attempt = try await call.services.engine.resetSandbox(
            caller.workspaceID,
            to: accounts,
            devices,
            by: caller.requester,
            idempotency: try call.idempotencyClaim
        ) { id in await simulator.forget(id) }
        return ["action_attempt": ActionAttemptBody(attempt: attempt, includesTimeline: false)]
    }
}

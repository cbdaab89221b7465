import KeywayModel

/// A way to present a credential, in the words of OpenAPI.
struct SecurityScheme: Hashable {
    /// The name under which the API's description lists it once.
    let name: String
    /// The header that carries it.
    let header: String
    /// Whether the header's value begins with `Bearer`.
    let isBearer: Bool
    /// One or two sentences for the API's readers.
    let documentation: String

    /// The scheme as the description has it.
    var json: JSONValue {
        var members: [String: JSONValue] = ["description": .string(documentation)]
        if isBearer {
            members["type"] = .string("http")
            members["scheme"] = .string("bearer")
        } else {
            members["type"] = .string("apiKey")
            members["in"] = .string("header")
            members["name"] = .string(header)
        }
        return .object(members)
    }

    fileprivate static func bearer(_ name: String, _ documentation: String) -> Self {
        SecurityScheme(name: name, header: "authorization", isBearer: true, documentation: documentation)
    }

    fileprivate static func header(_ name: String, _ header: String, _ documentation: String) -> Self {
        SecurityScheme(name: name, header: header, isBearer: false, documentation: documentation)
    }
}

extension CredentialKind {
    /// What it is called in the API's description.
    var title: String {
        switch self {
        case .apiKey: "API key"
        case .personalAccessToken: "Personal access token with a workspace"
        case .personalAccessTokenAlone: "Personal access token"
        case .clientSession: "Client session token"
        case .publishableKey: "Publishable key"
        }
    }

    /// The ways to present it, each of one or more schemes that go together.
    var schemes: [[SecurityScheme]] {
        switch self {
        case .apiKey: [[.apiKey]]
        case .personalAccessToken: [[.personalAccessToken, .workspace]]
        case .personalAccessTokenAlone: [[.personalAccessToken]]
        case .clientSession: [[.clientSession]]
        case .publishableKey: [[.publishableKey]]
        }
    }
}

extension SecurityScheme {
    fileprivate static let apiKey = bearer(
        "api_key",
        "A key of one workspace, for programs. `keyway keys create` makes one."
    )
    fileprivate static let personalAccessToken = bearer(
        "personal_access_token",
        "A token of a person, for one or more workspaces. It begins with `seam_at`."
    )
    fileprivate static let workspace = header(
        "seam_workspace",
        "seam-workspace",
        "The id of the workspace that a personal access token acts in."
    )
    fileprivate static let clientSession = bearer(
        "client_session",
        "A token of an app's user, who sees some of a workspace's connected accounts only. It begins with `seam_cst`. It "
            + "may also come in the header `seam-client-session-token` or `client-session-token`."
    )
    fileprivate static let publishableKey = header(
        "publishable_key",
        "seam-publishable-key",
        "A workspace's key for apps, which is no secret and gets nothing but client sessions. It begins with `seam_pk`, "
            + "and comes without `authorization`."
    )
}

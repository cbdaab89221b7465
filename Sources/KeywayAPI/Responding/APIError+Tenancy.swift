import HTTPTypes

// What can be wrong with requests about workspaces, client sessions, webhooks and Connect Webviews.

extension APIError {
    /// 401: a publishable key alone does not say whose session is wanted.
    static let publishableKeyRequiresUser: APIError = {
        var error = APIError(
            .unauthorized,
            "publishable_key_requires_user_identifier_key",
            "With a publishable key, user_identifier_key is required"
        )
        error.headers[.wwwAuthenticate] = "Bearer"
        return error
    }()

    /// 403: an app may not give itself access to anything.
    static let publishableKeyCreatesEmptySessions = APIError(
        .forbidden,
        "publishable_keys_must_create_empty_client_sessions",
        "With a publishable key, connect_webview_ids and connected_account_ids must be left out"
    )

    /// 400: the user has a session already.
    static let clientSessionAlreadyExists = APIError(
        .badRequest,
        "client_session_token_already_exists",
        "There is a client session with this user_identifier_key already; use PUT, or /client_sessions/get_or_create"
    )

    /// 400: parameters that exclude each other.
    static func invalidOptions(_ message: String) -> APIError {
        APIError(.badRequest, "invalid_options", message)
    }

    /// 400: some event types do not exist; names a few of them.
    static func unknownEventTypes(_ names: [String]) -> APIError {
        let list = names.prefix(10).map { $0.prefix(100) }.joined(separator: ", ")
        var error = APIError(.badRequest, "invalid_event_types", "There are no such event types: \(list)")
        error.data = ["event_types": list]
        return error
    }

    /// 400: the workspace is real, and what was asked for is for sandboxes only.
    static func notSandbox(_ message: String) -> APIError {
        APIError(.badRequest, "workspace_not_sandbox", message)
    }

    /// 400: the workspace or the session has as many of something as it may.
    static func tooMany(_ things: String, limit: Int) -> APIError {
        APIError(
            .badRequest,
            "too_many_\(things)",
            "There are \(limit) \(things.replacing("_", with: " ")) already, which is the most there may be"
        )
    }

    /// 400: an answer would be too long, and only filters can make it shorter.
    static func tooManyResults(limit: Int) -> APIError {
        APIError(.badRequest, "too_many_results", "There are more than \(limit) results; use the filters")
    }
}

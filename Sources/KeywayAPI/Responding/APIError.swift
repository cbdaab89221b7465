package import HTTPTypes

/// An answer that refuses a request: its status and its error body (wire contract, section 1.5).
package struct APIError: Error, Hashable, Sendable {
    /// The HTTP status.
    package let status: HTTPResponse.Status
    /// The contract's error type, such as `device_not_found`.
    package let type: String
    /// One sentence for a person; holds no secrets and no internals.
    package let message: String
    /// What the error is about, such as the id that was not found; empty: nothing is sent.
    package var data: [String: String] = [:]
    /// What is wrong with the parameters; empty: nothing is sent.
    package var issues: [InputIssue] = []
    /// When a new try has a fair chance, sent as `Retry-After` in whole seconds.
    package var retryAfter: Duration?
    /// Further headers.
    package var headers: HTTPFields = [:]

    /// Makes an error.
    package init(_ status: HTTPResponse.Status, _ type: String, _ message: String) {
        self.status = status
        self.type = type
        self.message = message
    }
}

// MARK: Requests that cannot be read

extension APIError {
    /// 400: the parameters are wrong.
    static func invalidInput(_ issues: [InputIssue]) -> APIError {
        var error = APIError(.badRequest, "invalid_input", InputIssue.summary(of: issues))
        error.issues = issues
        return error
    }

    /// 400: one parameter is wrong.
    static func invalidInput(_ parameter: some DeclaredParameter, _ message: String) -> APIError {
        invalidInput([InputIssue([parameter.declaration.name], message)])
    }

    /// 400: the body is no JSON, or too deep or too rich.
    static func malformedBody(_ reason: String) -> APIError {
        invalidInput([InputIssue([], "The request body cannot be read: \(reason)")])
    }

    /// 400: the query can be read in more than one way.
    static func invalidQuery(_ reason: String) -> APIError {
        APIError(.badRequest, "invalid_query_params", "The query is ambiguous: \(reason)")
    }

    /// 400: there is a body that does not claim to be JSON.
    static let invalidContentType = APIError(
        .badRequest,
        "invalid_content_type",
        "The content type must be application/json"
    )

    /// 400: the page before was asked for with other parameters.
    static let mismatchedPageParameters = APIError(
        .badRequest,
        "mismatched_page_parameters",
        "A page_cursor must be used with parameters identical to those of the page that returned it"
    )

    /// 413: the body is too large.
    static func bodyTooLarge(limit: Int) -> APIError {
        APIError(.contentTooLarge, "payload_too_large", "The request body is larger than \(limit) bytes")
    }

    /// 400: there is no such position in the workspace's events.
    static func invalidPosition(_ message: String) -> APIError {
        APIError(.badRequest, "invalid_last_event_id", message)
    }

    /// 404: there is no such route.
    static let unknownRoute = APIError(.notFound, "not_found", "There is no endpoint at this path")

    /// 405: the route has other verbs.
    static func methodNotAllowed(_ methods: [HTTPRequest.Method]) -> APIError {
        let names = methods.map(\.rawValue).joined(separator: ", ")
        var error = APIError(.methodNotAllowed, "method_not_allowed", "This endpoint accepts only \(names)")
        error.headers[.allow] = names
        return error
    }
}

// MARK: Credentials

extension APIError {
    /// 401: no accepted credential, or a wrong one; it does not say which, so that nobody can find out what exists.
    static let unauthorized = refusal(.unauthorized, "unauthorized", "A valid credential for this endpoint is required")

    /// 401: a client session token that is unknown.
    static let unknownClientSession = refusal(
        .unauthorized,
        "client_session_not_found",
        "There is no client session with this token"
    )

    /// 401: a client session token that was stopped.
    static let revokedClientSession = refusal(
        .unauthorized,
        "client_session_revoked",
        "The client session was revoked"
    )

    /// 401: a client session token whose time is over.
    static let expiredClientSession = refusal(
        .unauthorized,
        "client_session_expired",
        "The client session has expired"
    )

    /// 401: a credential of a workspace that is unknown, or a publishable key of none.
    static let unknownWorkspace = refusal(
        .unauthorized,
        "workspace_not_found",
        "There is no workspace with this credential"
    )

    /// 400: a client session header that holds something else.
    static let invalidClientSessionToken = APIError(
        .badRequest,
        "invalid_client_session_token",
        "A client session token begins with seam_cst"
    )

    private static func refusal(_ status: HTTPResponse.Status, _ type: String, _ message: String) -> APIError {
        var error = APIError(status, type, message)
        error.headers[.wwwAuthenticate] = "Bearer"
        return error
    }
}

// MARK: The state of things

extension APIError {
    /// 404: the workspace has no such object.
    static func notFound(_ kind: String, _ data: [String: String] = [:]) -> APIError {
        let words = kind.replacing("_", with: " ")
        var error = APIError(.notFound, "\(kind)_not_found", "There is no such \(words) in this workspace")
        error.data = data
        return error
    }

    /// 409: the attempt has its outcome.
    static let attemptAlreadyResolved = APIError(
        .conflict,
        "action_attempt_already_resolved",
        "The action attempt is not pending any more"
    )

    /// 400: the workspace is real, so nothing in it is simulated.
    static let workspaceNotSandbox = APIError(
        .badRequest,
        "workspace_not_sandbox",
        "Only the devices of a sandbox workspace can be simulated"
    )

    /// 403: the workspace is suspended, so nobody may act in it.
    static let workspaceSuspended = APIError(
        .forbidden,
        "workspace_suspended",
        "The workspace is suspended; set is_suspended to false with /workspaces/update to act in it again"
    )

    /// 400: the device is only shown, so nobody may act on it.
    static let deviceUnmanaged = APIError(
        .badRequest,
        "device_unmanaged",
        "The device is not managed; set is_managed to true with /devices/unmanaged/update first"
    )

    /// 400: the device is one that Keyway acts on, and not one that is only shown.
    static let deviceManaged = APIError(
        .badRequest,
        "device_managed",
        "The device is managed already; use /devices/update"
    )

    /// 404: there is no such device among those that are only shown, but among the others.
    static func managedDeviceNotFound(_ data: [String: String]) -> APIError {
        let message =
            "There is such a device in this workspace, but it is managed; use /devices/get, or set is_managed to false "
            + "with /devices/update first"
        var error = APIError(.notFound, "device_not_found", message)
        error.data = data
        return error
    }

    /// 400: the device cannot do that.
    static func deviceTypeNotSupported(_ message: String) -> APIError {
        APIError(.badRequest, "device_type_not_supported", message)
    }

    /// 400: an answer without pages would be too long.
    static func tooManyResults(limit: Int, instead: String) -> APIError {
        APIError(
            .badRequest,
            "too_many_results",
            "There are more than \(limit) results; use \(instead) with page_cursor"
        )
    }

    /// 429: a bound is reached.
    static func tooManyRequests(_ message: String, retryAfter: Duration) -> APIError {
        var error = APIError(.tooManyRequests, "too_many_requests", message)
        error.retryAfter = retryAfter
        return error
    }

    /// 429: a stream brings more than its reader takes.
    static let slowReader = APIError(
        .tooManyRequests,
        "slow_reader",
        "The reader takes events more slowly than they happen; connect again with last-event-id, or with filters"
    )

    /// 503: nothing can be stored, or the server is stopping.
    static func serviceUnavailable(_ message: String, retryAfter: Duration) -> APIError {
        var error = APIError(.serviceUnavailable, "service_unavailable", message)
        error.retryAfter = retryAfter
        return error
    }

    /// 500: a mistake of this program; what it was is in the log.
    static let internalServerError = APIError(
        .internalServerError,
        "internal_server_error",
        "Something went wrong in this server; its log has the details under the request id"
    )
}

// MARK: The body

extension APIError {
    /// The error body.
    struct Body: Encodable {
        let error: APIError

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: JSONKey.self)
            try container.encode(false, forKey: "ok")
            try container.encode(Content(error: error), forKey: "error")
        }
    }

    private struct Content: Encodable {
        let error: APIError

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: JSONKey.self)
            try container.encode(error.type, forKey: "type")
            try container.encode(error.message, forKey: "message")
            if !error.data.isEmpty { try container.encode(error.data, forKey: "data") }
            if !error.issues.isEmpty { try container.encode(IssueTree(error.issues), forKey: "validation_errors") }
        }
    }
}

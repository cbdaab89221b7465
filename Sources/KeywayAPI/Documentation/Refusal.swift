import HTTPTypes

/// The ways in which endpoints refuse a request, as the API's description tells them.
enum Refusal: CaseIterable {
    case badRequest
    case unauthorized
    case forbidden
    case notFound
    case methodNotAllowed
    case conflict
    case contentTooLarge
    case keyReused
    case tooManyRequests
    case unavailable

    /// The HTTP status.
    var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .contentTooLarge: .contentTooLarge
        case .keyReused: .unprocessableContent
        case .tooManyRequests: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }

    /// The name under which the description lists it once.
    var name: String {
        switch self {
        case .badRequest: "bad_request"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .conflict: "conflict"
        case .contentTooLarge: "payload_too_large"
        case .keyReused: "idempotency_key_reused"
        case .tooManyRequests: "too_many_requests"
        case .unavailable: "service_unavailable"
        }
    }

    /// One or two sentences for the API's readers.
    var meaning: String {
        switch self {
        case .badRequest:
            "The request cannot be read, a parameter is wrong, or what it asks for does not go with the state of things; "
                + "`type` says which, and `validation_errors` names each wrong parameter."
        case .unauthorized: "There is no credential that this endpoint accepts, or it is not valid."
        case .forbidden: "The credential is valid, but this may not be done with it, or not in this workspace now."
        case .notFound:
            "There is no such object, or none that the credential shows, or what the idempotency key made is gone again."
        case .methodNotAllowed: "The path has other methods; the header `allow` names them."
        case .conflict: "The action attempt, or another one on the same device, is in a state that does not allow this."
        case .contentTooLarge: "The body is larger than the server takes, which is 1 MiB unless configured otherwise."
        case .keyReused: "The idempotency key was used before, with another request."
        case .tooManyRequests: "A limit is reached; the header `retry-after` says when to try again."
        case .unavailable: "Nothing can be stored at the moment, or the server is stopping; nothing was done."
        }
    }

    /// Whether the header `retry-after` comes with it.
    var tellsWhenToRetry: Bool { self == .tooManyRequests || self == .unavailable }

    /// Whether a request to an endpoint that is made with one of its methods can be refused so.
    func isAnswered(by endpoint: Endpoint, with method: HTTPRequest.Method) -> Bool {
        switch self {
        case .badRequest: true
        case .unauthorized: endpoint.accepts != nil
        case .forbidden: endpoint.kind != .read
        case .notFound: endpoint.canMiss
        // A description lists no other methods than those that a path has.
        case .methodNotAllowed: false
        case .conflict: endpoint.kind == .action && endpoint.isAboutAttempts
        case .tooManyRequests: endpoint.kind == .action && endpoint.isAboutAttempts || endpoint.isStream
        case .contentTooLarge: method != .get && method != .delete
        case .keyReused: endpoint.kind == .action
        case .unavailable: endpoint.accepts != nil
        }
    }
}

extension Endpoint {
    /// Whether there is something that it may not find: a list is there in any case, unless it is one of an object that
    /// has to be named.
    fileprivate var canMiss: Bool {
        guard accepts != nil, !isStream else { return false }
        return kind != .read || parameters.contains { $0.isRequired && $0.name.hasSuffix("_id") }
            || !answer.contains { key in
                if case .array = key.schema { true } else { false }
            }
    }

    fileprivate var isAboutAttempts: Bool { answer.contains { $0.schema == .named(.actionAttempt) } }
}

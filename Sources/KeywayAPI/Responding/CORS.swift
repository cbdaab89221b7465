import HTTPTypes

/// The headers that let pages of other origins call this server (wire contract, section 1.4).
enum CORS {
    private static let methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    private static let requestHeaders = [
        "x-csrf-token", "x-requested-with", "accept", "accept-version", "content-length", "content-md5", "content-type",
        "date", "x-api-version", "seam-workspace", "authorization", "user-agent", "seam-lts-version",
        "seam-sdk-version", "seam-sdk-name", "seam-publishable-key", "seam-client-session-token",
        "client-session-token", "seam-api-key", "seam-user-identifier-key", "user-identifier-key", "idempotency-key",
        "prefer", "last-event-id",
    ]
    .joined(separator: ", ")

    private static let common: HTTPFields = [
        .accessControlAllowCredentials: "true",
        .accessControlExposeHeaders: "seam-request-id, retry-after, preference-applied",
        .vary: "origin",
    ]

    /// The headers for an answer to a request from `origin`; nil: the request named none.
    ///
    /// An origin is echoed, because browsers refuse `*` together with credentials. What may be sent is said to those who
    /// ask for it only, with OPTIONS, rather than half a kilobyte of it on every answer.
    static func headers(origin: String?, isPreflight: Bool) -> HTTPFields {
        var headers = common
        headers[.accessControlAllowOrigin] = origin ?? "*"
        if isPreflight {
            headers[.accessControlAllowMethods] = methods
            headers[.accessControlAllowHeaders] = requestHeaders
        }
        return headers
    }
}

import HTTPTypes
import Hummingbird

/// A route whose answer is a document, for people or for tools, instead of an endpoint's answer.
///
/// It asks for no credential. Errors that its handler throws are answered in JSON, as everywhere.
struct PageRoute: Sendable {
    /// Every page of this server.
    static let all: [PageRoute] = [ConnectWebviewPage.route, .documentation, .openAPI]

    /// The largest body that is sent to a page, in bytes; a larger one is answered with 413.
    static let maximumBodyBytes = 1 << 16

    /// Its exact path.
    let path: String
    /// The methods it answers; HEAD besides, where it answers GET.
    let methods: [HTTPRequest.Method]
    /// Answers a request.
    let handler: @Sendable (PageRequest) async throws -> PageReply

    /// Declares a page.
    init(
        _ path: String,
        _ methods: [HTTPRequest.Method] = [.get],
        handler: @escaping @Sendable (PageRequest) async throws -> PageReply
    ) {
        self.path = path
        self.methods = methods
        self.handler = handler
    }

    /// The page at a path; nil if there is none.
    static func page(at path: String) -> PageRoute? { all.first { $0.path == path } }

    /// Answers a request, once its method and its size are known to be right.
    ///
    /// - Throws: ``APIError`` for a request that is refused; what the handler throws.
    func reply(to request: Request, _ services: APIServices, _ id: RequestID) async throws -> PageReply {
        let answers = methods.contains(request.method) || request.method == .head && methods.contains(.get)
        guard answers else { throw APIError.methodNotAllowed(methods) }
        let body = try await RequestBodyReader.read(request, limit: Self.maximumBodyBytes)
        return try await handler(
            PageRequest(
                method: request.method,
                query: FormText.pairs(of: request.uri.query ?? ""),
                form: FormText.pairs(of: String(decoding: body, as: UTF8.self)),
                baseURL: BaseURL.of(request, configured: services.configuration.publicBaseURL),
                requestID: id,
                services: services
            )
        )
    }
}

/// What a page is asked.
struct PageRequest: Sendable {
    /// The method, one of those that the page answers.
    let method: HTTPRequest.Method
    /// What the query says, in order.
    let query: [(name: String, value: String)]
    /// What the body says if it is a form, in order.
    let form: [(name: String, value: String)]
    /// Where the caller reaches this server, such as `http://localhost:8080`, without a slash at the end.
    let baseURL: String
    /// The request's identity, as in `seam-request-id`.
    let requestID: RequestID
    /// What the page works with.
    let services: APIServices
}

/// What a page answers.
struct PageReply: Sendable {
    /// The HTTP status.
    var status: HTTPResponse.Status = .ok
    /// The headers, `content-type` included.
    var headers: HTTPFields
    /// The document.
    var bytes: [UInt8] = []

    /// Answers with a document.
    ///
    /// - Parameters:
    ///   - contentType: What the document is, such as `text/html; charset=utf-8`.
    ///   - text: The document.
    ///   - status: The HTTP status.
    /// - Returns: The answer.
    static func document(_ contentType: String, _ text: String, status: HTTPResponse.Status = .ok) -> PageReply {
        PageReply(status: status, headers: [.contentType: contentType], bytes: Array(text.utf8))
    }

    /// Sends the reader on to another page, to be fetched with GET.
    static func redirect(to url: String) -> PageReply {
        PageReply(status: .seeOther, headers: [.location: url])
    }
}

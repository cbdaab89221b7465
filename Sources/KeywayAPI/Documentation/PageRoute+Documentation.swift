import HTTPTypes
import NIOCore

extension PageRoute {
    /// The description of the API for programs.
    static let openAPI = PageRoute("/openapi.json") { request in
        let bytes = try openAPIDocuments.document(at: request.baseURL)
        return PageReply(headers: [.contentType: "application/json; charset=utf-8"], bytes: bytes)
    }

    /// The description of the API for people.
    static let documentation = PageRoute("/docs") { request in
        let bytes = try documentationPages.document(at: request.baseURL)
        return PageReply(
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: DocumentationPage.contentSecurityPolicy,
            ],
            bytes: bytes
        )
    }

    private static let openAPIDocuments = DocumentCache { baseURL in
        Array(try JSONOutput.bytes(of: OpenAPIDocument(table: .all, baseURL: baseURL).json).readableBytesView)
    }

    private static let documentationPages = DocumentCache { baseURL in
        Array(DocumentationPage(table: .all, baseURL: baseURL).html.utf8)
    }
}

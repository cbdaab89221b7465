import HTTPTypes
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Pages")
struct PageRouteTests {
    private static let path = "/connect_webviews/view?connect_webview_id=00000000-0000-8000-8000-000000000001"

    @Test("Each path is one page, and no endpoint")
    func paths() {
        let paths = PageRoute.all.map(\.path)
        #expect(Set(paths).count == paths.count)
        for path in paths { #expect(EndpointTable.all[path] == nil) }
    }

    @Test("Other methods are refused in JSON, with the methods there are")
    func methods() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.send(.delete, Self.path)
            #expect((answer.status, answer.errorType) == (405, "method_not_allowed"))
            #expect(answer.header("allow") == "GET, POST")
            #expect(answer.header("seam-request-id") != nil)
            let preflight = try await client.send(.options, Self.path)
            #expect((preflight.status, preflight.text) == (200, ""))
        }
    }

    @Test("HEAD is answered as GET, without the page")
    func head() async throws {
        try await APIHarness.run { harness, client in
            _ = try await harness.addWebview()
            let answer = try await client.send(.head, Self.path)
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/html; charset=utf-8")
            #expect(answer.text.isEmpty)
        }
    }

    @Test("G12 a large form is refused")
    func large() async throws {
        try await APIHarness.run { _, client in
            let body = String(repeating: "a", count: PageRoute.maximumBodyBytes + 1)
            let answer = try await client.send(.post, Self.path, body: body)
            #expect((answer.status, answer.errorType) == (413, "payload_too_large"))
        }
    }
}

import HTTPTypes
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Connect Webviews, wire contract 3.7 and 4.7")
struct ConnectWebviewEndpointTests {
    private static let create = "/connect_webviews/create"
    private static let unknownID = "00000000-0000-8000-8000-0000000000ff"

    private static func ids(_ numbers: [UInt64]) -> [String] {
        numbers.map { Samples.id($0, of: ConnectWebview.self).description }
    }

    // MARK: Making

    @Test("create shows every key of the contract")
    func create() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.with("host", "locks.example.com")
                .post(
                    Self.create,
                    #"""
                    {"accepted_capabilities":["lock"],"accepted_providers":["august"],"customer_key":"c1",
                     "automatically_manage_new_devices":false,"wait_for_device_creation":true,
                     "custom_metadata":{"floor":"2","paid":true,"none":null},"device_selection_mode":"single",
                     "excluded_providers":["x"],"provider_category":"stable",
                     "custom_redirect_url":"https://a.example/b?c=d","custom_redirect_failure_url":"myapp://failed"}
                    """#
                )
            #expect(answer.status == 200)
            let id = try #require(answer.text("connect_webview", "connect_webview_id"))
            let url = try #require(answer.text("connect_webview", "url"))
            #expect(url.hasSuffix("/connect_webviews/view?connect_webview_id=\(id)"))
            #expect(url.hasPrefix("http://"))
            #expect(
                try answer["connect_webview"]
                    == JSONValue(
                        #"""
                        {"connect_webview_id":"\#(id)","workspace_id":"\#(APIHarness.workspace.id)","url":"\#(url)",
                         "status":"pending","login_successful":false,"created_at":"2026-01-01T00:00:00.000Z",
                         "authorized_at":null,"connected_account_id":null,"selected_provider":null,
                         "accepted_providers":["august"],"accepted_capabilities":["lock"],"accepted_devices":[],
                         "any_provider_allowed":false,"any_device_allowed":true,"device_selection_mode":"none",
                         "automatically_manage_new_devices":false,"wait_for_device_creation":true,
                         "custom_redirect_url":"https://a.example/b?c=d","customer_key":"c1",
                         "custom_redirect_failure_url":"myapp://failed","custom_metadata":{"floor":"2","paid":true}}
                        """#
                    )
            )
            let got = try await client.with("host", "locks.example.com")
                .get(
                    "/connect_webviews/get?connect_webview_id=\(id)"
                )
            #expect(got["connect_webview"] == answer["connect_webview"])
        }
    }

    @Test("The page's address begins with the configured URL, with its prefix")
    func publicURL() async throws {
        let configuration = APIConfiguration(port: 0, publicBaseURL: "https://home.example/api/")
        try await APIHarness(configuration: configuration)
            .run { client in
                let answer = try await client.post(Self.create)
                let prefix = "https://home.example/api/connect_webviews/view?connect_webview_id="
                #expect(answer.text("connect_webview", "url")?.hasPrefix(prefix) == true)
            }
    }

    @Test(
        "create refuses what makes no sense",
        arguments: [
            (#"{"custom_redirect_url":"/here"}"#, "custom_redirect_url"),
            (#"{"custom_redirect_url":"javascript:alert(1)"}"#, "custom_redirect_url"),
            (#"{"custom_redirect_failure_url":"nowhere"}"#, "custom_redirect_failure_url"),
            (#"{"accepted_capabilities":["fly"]}"#, "accepted_capabilities"),
            (#"{"custom_metadata":{"a.b":"c"}}"#, "custom_metadata"), (#"{"customer_key":""}"#, "customer_key"),
            (#"{"custom_metadata":{"a":"\#(String(repeating: "a", count: 501))"}}"#, "custom_metadata"),
        ]
    )
    func badInput(body: String, name: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(Self.create, body)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", name] != nil)
        }
    }

    @Test("create is for sandboxes, and says how real accounts are connected")
    func notSandbox() async throws {
        try await APIHarness.run { harness, client in
            let answer = try await client.presenting(harness.foreignToken.text).post(Self.create)
            #expect((answer.status, answer.errorType) == (400, "workspace_not_sandbox"))
            #expect(answer.errorMessage?.contains("keyway accounts add") == true)
            _ = try await client.post("/workspaces/update", #"{"is_suspended":true}"#)
            let suspended = try await client.post(Self.create)
            #expect((suspended.status, suspended.errorType) == (403, "workspace_suspended"))
        }
    }

    @Test("G9 create with an idempotency key makes one page")
    func once() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession()
            for client in [client, client.presenting(session.token)] {
                let keyed = client.with("idempotency-key", "k")
                let first = try await keyed.post(Self.create, #"{"customer_key":"c"}"#)
                #expect(first.status == 200)
                #expect(try await keyed.post(Self.create, #"{"customer_key":"c"}"#).body == first.body)
                let other = try await keyed.post(Self.create, #"{"customer_key":"d"}"#)
                #expect((other.status, other.errorType) == (422, "idempotency_key_reused"))
            }
            #expect(try await client.get("/connect_webviews/list").list("connect_webviews").count == 2)
        }
    }

    // MARK: Client sessions

    @Test("G11 a client session sees the pages it made or was given, and no others")
    func sessions() async throws {
        try await APIHarness.run { harness, client in
            let hidden = try await harness.addWebview(1)
            let given = try await harness.addWebview(2)
            let session = try await harness.addSession(of: "jo", webviews: [given.id])
            let app = client.presenting(session.token)
            let made = try await app.post(Self.create)
            let id = try #require(made.text("connect_webview", "connect_webview_id"))
            let list = try await app.get("/connect_webviews/list")
            #expect(list.column("connect_webviews", "connect_webview_id") == [given.id.description, id])
            for visible in [given.id.description, id] {
                #expect(try await app.get("/connect_webviews/get?connect_webview_id=\(visible)").status == 200)
            }
            let refused = try await app.get("/connect_webviews/get?connect_webview_id=\(hidden.id)")
            #expect((refused.status, refused.errorType) == (404, "connect_webview_not_found"))
            #expect(try await app.post("/connect_webviews/delete", #"{"connect_webview_id":"\#(id)"}"#).status == 401)
            let shown = try await client.get("/client_sessions/get?client_session_id=\(session.id)")
            #expect(
                shown["client_session", "connect_webview_ids"]
                    == .array([.string(given.id.description), .string(id)])
            )
        }
    }

    @Test("G12 a client session sees a bounded number of pages")
    func tooMany() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(webviews: (1...1000).map { Samples.id($0) })
            let answer = try await client.presenting(session.token).post(Self.create)
            #expect((answer.status, answer.errorType) == (400, "too_many_connect_webviews"))
            #expect(try await client.get("/connect_webviews/list").list("connect_webviews").isEmpty)
        }
    }

    // MARK: Listing

    /// Four pages, of which the session of `jo` sees 2 and 4.
    private static func withPages(
        _ body: @escaping @Sendable (APIHarness, APIClient) async throws -> Void
    ) async throws {
        try await APIHarness.run { harness, client in
            _ = try await harness.addWebview(
                1,
                .init(acceptedProviders: ["august"], customMetadata: ["a": .string("B")])
            )
            _ = try await harness.addWebview(2, .init(customMetadata: ["a": .bool(true)], customerKey: "Acme"))
            _ = try await harness.addWebview(3, .init(customMetadata: ["c": .string("d")], customerKey: "Other"))
            _ = try await harness.addWebview(4, .init(customerKey: "Acme"))
            _ = try await harness.addWebview(5, in: APIHarness.foreignWorkspace)
            _ = try await harness.addSession(1, of: "jo", webviews: [Samples.id(2), Samples.id(4)])
            try await body(harness, client)
        }
    }

    @Test(
        "list filters, joined by AND",
        arguments: [
            ("", [1, 2, 3, 4]), ("customer_key=Acme", [2, 4]), ("customer_key=none", []),
            ("user_identifier_key=jo", [2, 4]), ("user_identifier_key=kim", []), ("custom_metadata_has.a=B", [1]),
            ("custom_metadata_has.a=true", [2]), ("custom_metadata_has.a=", [3, 4]),
            ("custom_metadata_has.a=true&custom_metadata_has.c=d", []), ("search=AUG", [1]), ("search=acm", [2, 4]),
            ("search=8000-000000000003", [3]), ("search=b", [1]),
            ("customer_key=Acme&user_identifier_key=jo&search=a", [2, 4]),
        ]
    )
    func list(query: String, expected: [UInt64]) async throws {
        try await Self.withPages { _, client in
            let answer = try await client.get("/connect_webviews/list?\(query.isEmpty ? "" : query + "&_strict=true")")
            #expect(answer.status == 200)
            #expect(answer.column("connect_webviews", "connect_webview_id") == Self.ids(expected))
            #expect(answer["pagination", "has_next_page"] == .bool(false))
        }
    }

    @Test("G11 list by a user's key shows another session nothing")
    func listForeignUser() async throws {
        try await Self.withPages { harness, client in
            let other = try await harness.addSession(2, of: "kim", webviews: [Samples.id(2)])
            let app = client.presenting(other.token)
            #expect(try await app.get("/connect_webviews/list?user_identifier_key=jo").list("connect_webviews").isEmpty)
            let own = try await app.get("/connect_webviews/list?user_identifier_key=kim")
            #expect(own.column("connect_webviews", "connect_webview_id") == Self.ids([2]))
        }
    }

    @Test("list comes in pages, filtered or not")
    func pages() async throws {
        try await Self.withPages { _, client in
            for (query, expected) in [("", [1, 2, 3, 4]), ("customer_key=Acme&", [2, 4])] {
                let first = try await client.get("/connect_webviews/list?\(query)limit=1")
                var found = first.column("connect_webviews", "connect_webview_id")
                var cursor = first.text("pagination", "next_page_cursor")
                while let text = cursor {
                    let page = try await client.get(
                        "/connect_webviews/list?\(query)limit=1&page_cursor=\(FormText.encode(text))"
                    )
                    #expect(page.list("connect_webviews").count == 1)
                    found += page.column("connect_webviews", "connect_webview_id")
                    cursor = page.text("pagination", "next_page_cursor")
                }
                #expect(found == Self.ids(expected.map { UInt64($0) }))
                let start = try #require(first.text("pagination", "next_page_cursor"))
                let other = try await client.get(
                    "/connect_webviews/list?search=x&limit=1&page_cursor=\(FormText.encode(start))"
                )
                #expect((other.status, other.errorType) == (400, "mismatched_page_parameters"))
            }
        }
    }

    // MARK: Deleting

    @Test("delete takes the page back, also from the sessions that saw it")
    func delete() async throws {
        try await Self.withPages { _, client in
            let uri = "/connect_webviews/delete?connect_webview_id=\(Self.ids([2])[0])&_strict=true"
            #expect(try await client.send(.delete, uri).status == 200)
            #expect(try await client.send(.delete, uri).errorType == "connect_webview_not_found")
            let session = try await client.get("/client_sessions/get?user_identifier_key=jo")
            #expect(session["client_session", "connect_webview_ids"] == .array([.string(Self.ids([4])[0])]))
            #expect(try await client.get("/connect_webviews/view?connect_webview_id=\(Self.ids([2])[0])").status == 404)
        }
    }

    @Test("G11 the pages of another workspace do not exist, and neither do unknown ones")
    func foreign() async throws {
        try await Self.withPages { harness, client in
            for id in [Self.ids([5])[0], Self.unknownID] {
                let answers = [
                    try await client.get("/connect_webviews/get?connect_webview_id=\(id)"),
                    try await client.post("/connect_webviews/delete", #"{"connect_webview_id":"\#(id)"}"#),
                ]
                for answer in answers {
                    #expect((answer.status, answer.errorType) == (404, "connect_webview_not_found"))
                }
            }
            let own = try await client.presenting(harness.foreignToken.text).get("/connect_webviews/list")
            #expect(own.column("connect_webviews", "connect_webview_id") == Self.ids([5]))
        }
    }
}

import HTTPTypes
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("The page of a Connect Webview, /connect_webviews/view")
struct ConnectWebviewPageTests {
    private static let webviewID: Identifier<ConnectWebview> = Samples.id(1)
    private static let path = "/connect_webviews/view?connect_webview_id=\(webviewID)"

    /// A page with these wishes, and a client without a credential.
    private static func withPage(
        _ wishes: ConnectWebview.Wishes = ConnectWebview.Wishes(),
        _ body: @escaping @Sendable (APIHarness, _ client: APIClient, _ user: APIClient) async throws -> Void
    ) async throws {
        try await APIHarness.run { harness, client in
            _ = try await harness.addWebview(1, wishes)
            try await body(harness, client, client.presenting(nil))
        }
    }

    private static func decide(_ decision: String, _ user: APIClient) async throws -> Answer {
        try await user.with("content-type", "application/x-www-form-urlencoded")
            .send(.post, path, body: "decision=\(decision)")
    }

    private static func webview(_ client: APIClient) async throws -> Answer {
        try await client.get("/connect_webviews/get?connect_webview_id=\(webviewID)")
    }

    // MARK: What is shown

    @Test("It shows the workspace's name and colours, and a form with two buttons")
    func form() async throws {
        try await Self.withPage { _, client, user in
            _ = try await client.post(
                "/workspaces/update",
                #"""
                {"connect_partner_name":"Acme & <Sons>",
                 "connect_webview_customization":{"primary_button_color":"#abc123","primary_button_text_color":"navy"}}
                """#
            )
            let page = try await user.get(Self.path)
            #expect(page.status == 200)
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            #expect(page.text.contains("<title>Connect to Acme &amp; &lt;Sons&gt;</title>"))
            #expect(!page.text.contains("<Sons>"))
            #expect(page.text.contains("background: #abc123; color: navy;"))
            #expect(page.text.contains(#"<form method="post">"#))
            #expect(page.text.contains(#"value="connect""#) && page.text.contains(#"value="decline""#))
            #expect(!page.text.contains("<script") && !page.text.contains("src=") && !page.text.contains("http"))
        }
    }

    @Test("Its policy allows nothing from elsewhere, and redirects to where the owner wishes")
    func policy() async throws {
        let wishes = ConnectWebview.Wishes(
            redirectURL: "https://a.example:8443/b?c=d",
            failureRedirectURL: "myapp://failed"
        )
        try await Self.withPage(wishes) { _, _, user in
            let page = try await user.get(Self.path)
            #expect(
                page.header("content-security-policy")
                    == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                    + "frame-ancestors 'none'; form-action 'self' https://a.example:8443 myapp:"
            )
            #expect(page.header("referrer-policy") == "no-referrer")
            #expect(page.header("cache-control") == "no-store")
            #expect(page.header("x-content-type-options") == "nosniff")
            #expect(page.header("seam-request-id") != nil)
        }
    }

    @Test(
        "A page that does not exist is a page all the same",
        arguments: [
            "/connect_webviews/view", "/connect_webviews/view?connect_webview_id=x",
            "/connect_webviews/view?connect_webview_id=00000000-0000-8000-8000-0000000000ff",
        ]
    )
    func unknown(path: String) async throws {
        try await Self.withPage { _, _, user in
            for answer in [try await user.get(path), try await user.send(.post, path, body: "decision=connect")] {
                #expect(answer.status == 404)
                #expect(answer.header("content-type") == "text/html; charset=utf-8")
            }
        }
    }

    // MARK: Connecting

    @Test("Connect makes an account with devices, and the events that tell of it")
    func connect() async throws {
        let wishes = ConnectWebview.Wishes(
            acceptedCapabilities: ["lock", "camera"],
            customMetadata: ["floor": .string("2")],
            customerKey: "c1"
        )
        try await Self.withPage(wishes) { harness, client, user in
            harness.clock.advance(by: .seconds(60))
            let page = try await Self.decide("connect", user)
            #expect(page.status == 200)
            #expect(page.text.contains("Your devices are connected."))
            let webview = try await Self.webview(client)
            #expect(webview.text("connect_webview", "status") == "authorized")
            #expect(webview["connect_webview", "login_successful"] == .bool(true))
            #expect(webview.text("connect_webview", "authorized_at") == "2026-01-01T00:01:00.000Z")
            #expect(webview.text("connect_webview", "selected_provider") == "sandbox")
            let id = try #require(webview.text("connect_webview", "connected_account_id"))
            let accountID = try #require(Identifier<ConnectedAccount>(id))
            let account = try #require(try await harness.store.connectedAccount(accountID))
            #expect(account.workspaceID == APIHarness.workspace.id)
            #expect(account.customMetadata == ["floor": .string("2")])
            #expect(account.customerKey == "c1")
            #expect(account.acceptedCapabilities == ["lock", "camera"])
            let devices = try await client.get("/devices/list?connected_account_id=\(id)").list("devices")
            #expect(!devices.isEmpty)
            #expect(
                try await harness.eventTypes()
                    == [
                        "connected_account.created", "connected_account.connected",
                        "connected_account.successful_login",
                    ] + devices.map { _ in "device.added" } + [
                        "connected_account.completed_first_sync", "connect_webview.login_succeeded",
                    ]
            )
            for event in try await client.get("/events/list").list("events") {
                #expect(event["connect_webview_id"] == .string(Self.webviewID.description))
                #expect(event["connected_account_id"] == .string(id))
                #expect(event["customer_key"] == .string("c1"))
                #expect(event["connected_account_custom_metadata"]?["floor"] == .string("2"))
            }
        }
    }

    @Test("The new devices can be unlocked")
    func unlock() async throws {
        try await Self.withPage { _, client, user in
            _ = try await Self.decide("connect", user)
            let id = try #require(try await Self.webview(client).text("connect_webview", "connected_account_id"))
            let devices = try await client.get("/devices/list?connected_account_id=\(id)")
            let lock = try #require(devices.column("devices", "device_id").first)
            let attempt = try await client.post("/locks/unlock_door", #"{"device_id":"\#(lock)"}"#)
            #expect(attempt.text("action_attempt", "status") == "pending")
        }
    }

    @Test("Devices that the owner does not want to manage are not managed")
    func unmanaged() async throws {
        try await Self.withPage(.init(automaticallyManagesNewDevices: false)) { harness, client, user in
            _ = try await Self.decide("connect", user)
            let id = try #require(try await Self.webview(client).text("connect_webview", "connected_account_id"))
            #expect(try await client.get("/devices/list?connected_account_id=\(id)").list("devices").isEmpty)
            let query = DeviceQuery(
                workspaceID: APIHarness.workspace.id,
                connectedAccountIDs: Identifier(id).map { [$0] },
                isManaged: false
            )
            #expect(try await harness.store.devices(query).elements.isEmpty == false)
        }
    }

    @Test("Connecting twice, or many times at once, adds nothing, and the page says that it is done")
    func twice() async throws {
        try await Self.withPage { harness, client, user in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let answer = try await Self.decide("connect", user)
                        #expect(answer.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            let events = try await harness.eventTypes()
            #expect(events.filter { $0 == "connected_account.created" }.count == 1)
            #expect(events.filter { $0 == "connect_webview.login_succeeded" }.count == 1)
            #expect(try await Self.decide("connect", user).text.contains("Your devices are connected."))
            #expect(try await Self.decide("decline", user).text.contains("Your devices are connected."))
            #expect(try await user.get(Self.path).text.contains("Your devices are connected."))
            #expect(try await harness.eventTypes() == events)
            #expect(try await Self.webview(client).text("connect_webview", "status") == "authorized")
        }
    }

    @Test("What broke off in the middle is taken up by the next try")
    func brokenOff() async throws {
        try await Self.withPage { harness, client, user in
            harness.store.become(.failingAfterwards)
            let lost = try await Self.decide("connect", user)
            #expect(lost.status == 503)
            harness.store.become(.working)
            #expect(try await Self.webview(client).text("connect_webview", "status") == "pending")
            #expect(try await Self.decide("connect", user).status == 200)
            #expect(try await Self.webview(client).text("connect_webview", "status") == "authorized")
            #expect(try await harness.eventTypes().filter { $0 == "connected_account.created" }.count == 1)
        }
    }

    @Test("The owner's own words stand on the page of a user who is done")
    func successMessage() async throws {
        try await Self.withPage { _, client, user in
            _ = try await client.post(
                "/workspaces/update",
                #"{"connect_webview_customization":{"success_message":"<b>Well done</b>"}}"#
            )
            let page = try await Self.decide("connect", user)
            #expect(page.text.contains("&lt;b&gt;Well done&lt;/b&gt;"))
            #expect(try await user.get(Self.path).text.contains("&lt;b&gt;Well done&lt;/b&gt;"))
        }
    }

    @Test("Afterwards the user is sent on, with the ids in the query")
    func redirect() async throws {
        try await Self.withPage(.init(redirectURL: "https://a.example/b?c=d#e")) { _, client, user in
            for _ in 1...2 {
                let answer = try await Self.decide("connect", user)
                #expect(answer.status == 303)
                let id = try #require(try await Self.webview(client).text("connect_webview", "connected_account_id"))
                #expect(
                    answer.header("location")
                        == "https://a.example/b?c=d&connect_webview_id=\(Self.webviewID)&connected_account_id=\(id)#e"
                )
                #expect(answer.header("referrer-policy") == "no-referrer")
            }
        }
    }

    @Test("G11 sessions that see the page see the account at once, and others do not")
    func sessions() async throws {
        try await Self.withPage { harness, client, user in
            let seeing = try await harness.addSession(1, webviews: [Self.webviewID])
            let other = try await harness.addSession(2)
            let (app, otherApp) = (client.presenting(seeing.token), client.presenting(other.token))
            #expect(try await app.get("/devices/list").list("devices").isEmpty)
            _ = try await Self.decide("connect", user)
            let id = try #require(try await Self.webview(client).text("connect_webview", "connected_account_id"))
            let session = try await app.get("/client_sessions/get")
            #expect(session["client_session", "connected_account_ids"] == .array([.string(id)]))
            #expect(try await app.get("/devices/list").list("devices").isEmpty == false)
            #expect(try await otherApp.get("/devices/list").list("devices").isEmpty)
        }
    }

    // MARK: Not connecting

    @Test("Decline ends the invitation, with the event that says so")
    func decline() async throws {
        try await Self.withPage { harness, client, user in
            let page = try await Self.decide("decline", user)
            #expect(page.status == 200)
            #expect(page.text.contains("You declined."))
            #expect(try await Self.webview(client).text("connect_webview", "status") == "failed")
            #expect(try await Self.webview(client)["connect_webview", "login_successful"] == .bool(false))
            _ = try await Self.decide("decline", user)
            #expect(try await Self.decide("connect", user).text.contains("You declined."))
            #expect(try await harness.eventTypes() == ["connect_webview.login_failed"])
        }
    }

    @Test("Who declines is sent to the place for that")
    func failureRedirect() async throws {
        let wishes = ConnectWebview.Wishes(redirectURL: "https://a.example", failureRedirectURL: "myapp://failed")
        try await Self.withPage(wishes) { _, _, user in
            let answer = try await Self.decide("decline", user)
            #expect(answer.status == 303)
            #expect(answer.header("location") == "myapp://failed?connect_webview_id=\(Self.webviewID)")
        }
    }

    @Test("Anything but the two buttons changes nothing", arguments: ["", "decision=", "decision=both", "x=connect"])
    func nothing(form: String) async throws {
        try await Self.withPage { harness, client, user in
            let answer = try await user.send(.post, Self.path, body: form)
            #expect(answer.status == 400)
            #expect(answer.text.contains("<form"))
            #expect(try await Self.webview(client).text("connect_webview", "status") == "pending")
            #expect(try await harness.eventTypes().isEmpty)
        }
    }

    @Test("In a suspended workspace nobody connects")
    func suspended() async throws {
        try await Self.withPage { harness, client, user in
            _ = try await client.post("/workspaces/update", #"{"is_suspended":true}"#)
            #expect(try await Self.decide("connect", user).status == 403)
            #expect(try await harness.eventTypes().isEmpty)
        }
    }
}

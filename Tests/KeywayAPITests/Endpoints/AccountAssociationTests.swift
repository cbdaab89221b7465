import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Filters by what accounts are associated with")
struct AccountAssociationTests {
    private static let webview: Identifier<ConnectWebview> = Samples.id(80)

    /// Runs a harness with a second account of two locks, of the customer `c-2`, that came of a webview, and that the
    /// user `ann` has in a client session.
    private static func run(
        _ configuration: APIConfiguration = APIConfiguration(port: 0),
        _ body: @escaping @Sendable (APIHarness, APIClient) async throws -> Void
    ) async throws {
        let harness = try await APIHarness(configuration: configuration)
        try await harness.addSecondAccount(customerKey: "c-2")
        try await harness.addWebview(80, connecting: APIHarness.secondAccountID)
        _ = try await harness.addSession(of: "ann", accounts: [APIHarness.secondAccountID])
        try await harness.run { client in try await body(harness, client) }
    }

    @Test(
        "Devices are found by customer, user and Connect Webview, joined by AND",
        arguments: [
            ("customer_key=c-2", 2), ("customer_key=c-3", 0), ("user_identifier_key=ann", 2),
            ("user_identifier_key=bob", 0), ("connect_webview_id=\(webview)", 2),
            ("connect_webview_id=\(Samples.id(81, of: ConnectWebview.self))", 0),
            ("customer_key=c-2&user_identifier_key=ann&connect_webview_id=\(webview)", 2),
            ("customer_key=c-2&user_identifier_key=bob", 0),
            ("customer_key=c-2&connected_account_id=\(APIHarness.account.id)", 0),
            ("customer_key=c-2&connected_account_id=\(APIHarness.secondAccountID)", 2),
            ("customer_key=c-2&device_type=august_lock", 1),
        ]
    )
    func devices(query: String, count: Int) async throws {
        try await Self.run { _, client in
            let devices = try await client.get("/devices/list?\(query)&_strict=true")
            #expect(devices.status == 200)
            #expect(devices.list("devices").count == count)
            if !query.contains("user_identifier_key") {
                #expect(try await client.get("/locks/list?\(query)&_strict=true").list("locks").count == count)
            }
        }
    }

    @Test("A Connect Webview that nobody finished, or another workspace's, has no devices")
    func unfinished() async throws {
        try await Self.run { harness, client in
            _ = try await harness.addWebview(82)
            try await harness.addWebview(83, connecting: APIHarness.account.id, in: APIHarness.foreignWorkspace)
            for number in [82, 83] as [UInt64] {
                let id = Samples.id(number, of: ConnectWebview.self)
                #expect(try await client.get("/devices/list?connect_webview_id=\(id)").list("devices").isEmpty)
            }
        }
    }

    @Test("G11 to a client session, what it is not told of has no accounts")
    func sessions() async throws {
        try await Self.run { harness, client in
            let workspaceID = APIHarness.workspace.id
            let session = try await harness.store.record(ClientSession.self, localKey: "ann", in: workspaceID)
            let ann = client.presenting(session?.token)
            let both = [APIHarness.account.id, APIHarness.secondAccountID]
            let other = try await harness.addSession(2, of: "bob", accounts: both, webviews: [Self.webview])
            let bob = client.presenting(other.token)
            for (visitor, query, count) in [
                (ann, "user_identifier_key=ann", 2), (ann, "user_identifier_key=bob", 0),
                (ann, "connect_webview_id=\(Self.webview)", 0), (bob, "connect_webview_id=\(Self.webview)", 2),
                (bob, "user_identifier_key=bob", APIHarness.locks.count + 2), (bob, "user_identifier_key=ann", 0),
                (ann, "customer_key=c-2", 2),
            ] {
                #expect(try await visitor.get("/devices/list?\(query)").list("devices").count == count)
            }
        }
    }

    @Test("G12 a customer of more accounts than a list may have is refused")
    func tooMany() async throws {
        try await Self.run(APIConfiguration(port: 0, maximumUnpagedRows: 1)) { harness, client in
            #expect(try await client.get("/devices/list?customer_key=c-2").status == 200)
            var account = Samples.account(51, in: APIHarness.workspace)
            account.customerKey = "c-2"
            try await harness.store.add(account, devices: [], events: [])
            let answer = try await client.get("/devices/list?customer_key=c-2")
            #expect((answer.status, answer.errorType) == (400, "too_many_results"))
        }
    }

    @Test("Events are found by customer and by Connect Webview")
    func events() async throws {
        try await Self.run { harness, client in
            let id = APIHarness.secondAccountID
            for accountID in [APIHarness.account.id, id] {
                let body = #"{"connected_account_id":"\#(accountID)"}"#
                #expect(try await client.post("/connected_accounts/simulate/disconnect", body).status == 200)
            }
            let ofCustomer = try await client.get("/events/list?customer_key=c-2")
            #expect(Set(ofCustomer.column("events", "connected_account_id")) == [id.description])
            #expect(ofCustomer.list("events").count == 3)
            #expect(try await client.get("/events/list?customer_key=c-3").list("events").isEmpty)
            let both = "customer_key=c-2&connected_account_id=\(APIHarness.account.id)"
            #expect(try await client.get("/events/list?\(both)").list("events").isEmpty)

            let event = Event(
                id: Samples.id(90),
                type: .connectWebviewLoginFailed,
                workspaceID: APIHarness.workspace.id,
                createdAt: Samples.start,
                occurredAt: Samples.start,
                connectWebviewID: Self.webview
            )
            _ = try await harness.store.update(Self.webview, in: APIHarness.workspace.id) {
                (_: inout ConnectWebview) throws(Never) in [event]
            }
            let ofWebview = try await client.get("/events/list?connect_webview_id=\(Self.webview)")
            #expect(ofWebview.column("events", "event_id") == [event.id.description])
            let other = Samples.id(81, of: ConnectWebview.self)
            #expect(try await client.get("/events/list?connect_webview_id=\(other)").list("events").isEmpty)
        }
    }
}

import HTTPTypes
import HummingbirdTesting
import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore
import KeywayTestKit
import Synchronization
import Testing

@testable import KeywayAPI

@Suite("Connected accounts, wire contract 3.7 and 4.7")
struct ConnectedAccountEndpointTests {
    private static let id = APIHarness.secondAccountID
    private static let body = #"{"connected_account_id":"\#(id)"}"#

    /// Runs a harness with a second account of two locks.
    private static func run(
        _ configuration: APIConfiguration = APIConfiguration(port: 0),
        _ body: @escaping @Sendable (APIHarness, APIClient, _ locks: [Device]) async throws -> Void
    ) async throws {
        let harness = try await APIHarness(configuration: configuration)
        let locks = try await harness.addSecondAccount()
        try await harness.run { client in try await body(harness, client, locks) }
    }

    private static func shown(_ client: APIClient) async throws -> Answer {
        try await client.get("/connected_accounts/get?connected_account_id=\(id)")
    }

    private static func types(_ client: APIClient) async throws -> [String] {
        try await client.get("/events/list?connected_account_id=\(id)").column("events", "event_type")
    }

    // MARK: Reading

    @Test("An account has what the contract gives it, and none of its secrets")
    func shape() async throws {
        try await Self.run { harness, client, _ in
            _ = try await harness.store.updateConnectedAccount(Self.id, in: nil) { account throws(Never) in
                account.settings = .object(["token": .string("hush")])
                return []
            }
            for answer in [
                try await Self.shown(client), try await client.post("/connected_accounts/get", Self.body),
            ] {
                #expect(
                    try answer["connected_account"]
                        == JSONValue(
                            #"""
                            {"connected_account_id":"\#(Self.id)","display_name":"Connected Sandbox",
                             "account_type":"sandbox","account_type_display_name":"Sandbox",
                             "automatically_manage_new_devices":true,"accepted_capabilities":["lock"],
                             "custom_metadata":{},"created_at":"2026-01-01T00:00:00.000Z","errors":[],"warnings":[]}
                            """#
                        )
                )
            }
        }
    }

    @Test("get takes an id or an e-mail address, and no account has one of these")
    func lookup() async throws {
        try await Self.run { harness, client, _ in
            let byEmail = try await client.get("/connected_accounts/get?email=jane%40example.com")
            #expect((byEmail.status, byEmail.errorType) == (404, "connected_account_not_found"))
            let both = "?connected_account_id=\(Self.id)&email=jane%40example.com"
            for (query, type) in [("", "invalid_input"), (both, "invalid_options"), ("?email=jane", "invalid_input")] {
                let answer = try await client.get("/connected_accounts/get\(query)")
                #expect((answer.status, answer.errorType) == (400, type))
            }
            let stranger = client.presenting(harness.foreignToken.text)
            for (client, id) in [(stranger, Self.id), (client, Samples.id(99))] {
                let answer = try await client.get("/connected_accounts/get?connected_account_id=\(id)")
                #expect((answer.status, answer.errorType) == (404, "connected_account_not_found"))
                #expect(answer["error", "data", "connected_account_id"] == .string(id.description))
            }
        }
    }

    @Test(
        "list filters, joined by AND",
        arguments: [
            ("", 2), ("customer_key=c-2", 1), ("customer_key=c-3", 0), ("custom_metadata_has.a=b", 1),
            ("custom_metadata_has.a=c", 0), ("custom_metadata_has.a=", 1), ("search=CONNECTED", 1), ("search=box", 2),
            ("user_identifier_key=ann", 1), ("user_identifier_key=bob", 0),
            ("user_identifier_key=ann&customer_key=c-3", 0), ("space_id=00000000-0000-8000-8000-0000000000ff", 0),
        ]
    )
    func list(query: String, count: Int) async throws {
        try await Self.run { harness, client, _ in
            _ = try await harness.addSession(of: "ann", accounts: [Self.id])
            let changed = try await client.post(
                "/connected_accounts/update",
                #"{"connected_account_id":"\#(Self.id)","customer_key":"c-2","custom_metadata":{"a":"b"}}"#
            )
            #expect(changed.status == 200)
            let answer = try await client.get(
                "/connected_accounts/list?\(query.isEmpty ? "" : query + "&_strict=true")"
            )
            #expect(answer.status == 200)
            #expect(answer.list("connected_accounts").count == count)
            #expect(answer["pagination", "has_next_page"] == .bool(false))
            let stranger = try await client.presenting(harness.foreignToken.text).get("/connected_accounts/list")
            #expect(stranger.list("connected_accounts").count == 1)
        }
    }

    @Test("G12 list comes in pages, whatever the contract's default limit")
    func pages() async throws {
        try await Self.run(APIConfiguration(port: 0, maximumPageSize: 1)) { _, client, _ in
            let first = try await client.get("/connected_accounts/list")
            #expect(first.list("connected_accounts").count == 1)
            let cursor = FormText.encode(try #require(first.text("pagination", "next_page_cursor")))
            let second = try await client.get("/connected_accounts/list?limit=11000&page_cursor=\(cursor)")
            let ids = [first, second].flatMap { $0.column("connected_accounts", "connected_account_id") }
            #expect(Set(ids) == [APIHarness.account.id.description, Self.id.description])
            #expect(second["pagination", "has_next_page"] == .bool(false))
        }
    }

    // MARK: Changing

    @Test("update changes what it is given and answers with the account; metadata takes the place of what was there")
    func update() async throws {
        try await Self.run { _, client, _ in
            let path = "/connected_accounts/update"
            let id = #""connected_account_id":"\#(Self.id)""#
            let first = try await client.with("content-type", "application/json")
                .send(
                    .patch,
                    path,
                    body: #"""
                        {\#(id),"display_name":"Home","customer_key":"c","custom_metadata":{"a":"b","c":true,"d":null},
                         "automatically_manage_new_devices":false,"accepted_capabilities":["lock","camera"]}
                        """#
                )
            #expect(first.text("connected_account", "display_name") == "Home")
            #expect(first.text("connected_account", "customer_key") == "c")
            #expect(try first["connected_account", "custom_metadata"] == JSONValue(#"{"a":"b","c":true}"#))
            #expect(first["connected_account", "automatically_manage_new_devices"] == .bool(false))
            #expect(first["connected_account", "accepted_capabilities", "1"] == .string("camera"))
            let second = try await client.post(path, #"{\#(id),"custom_metadata":{"e":"f"},"customer_key":"c"}"#)
            #expect(try second["connected_account", "custom_metadata"] == JSONValue(#"{"e":"f"}"#))
            let other = try await client.post(path, #"{\#(id),"display_name":"X","customer_key":"other"}"#)
            #expect((other.status, other.errorType) == (400, "invalid_input"))
            #expect(other["error", "validation_errors", "customer_key"] != nil)
            #expect(try await Self.shown(client)["connected_account"] == second["connected_account"])
        }
    }

    @Test(
        "What cannot be is refused by name",
        arguments: [
            (#""display_name":"""#, "display_name"),
            (#""display_name":"\#(String(repeating: "n", count: 256))""#, "display_name"),
            (#""customer_key":"""#, "customer_key"), (#""accepted_capabilities":["door"]"#, "accepted_capabilities"),
            (#""custom_metadata":{"a.b":"c"}"#, "custom_metadata"),
            (
                #""custom_metadata":{\#((0...50).map { #""k\#($0)":"x""# }.joined(separator: ","))}"#,
                "custom_metadata"
            ),
        ]
    )
    func badUpdate(members: String, name: String) async throws {
        try await Self.run { _, client, _ in
            let answer = try await client.post(
                "/connected_accounts/update",
                #"{"connected_account_id":"\#(Self.id)",\#(members)}"#
            )
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", name] != nil)
        }
    }

    @Test("G11 another workspace's account is not found, whatever is done to it")
    func foreign() async throws {
        try await Self.run { harness, client, _ in
            let body = #"{"connected_account_id":"\#(Samples.id(2, of: ConnectedAccount.self))","display_name":"X"}"#
            for path in ["get", "update", "delete", "sync", "simulate/disconnect"] {
                let answer = try await client.post("/connected_accounts/\(path)", body)
                #expect((answer.status, answer.errorType) == (404, "connected_account_not_found"))
            }
            let owner = client.presenting(harness.foreignToken.text)
            let theirs = try await owner.post("/connected_accounts/get", body)
            #expect(theirs.text("connected_account", "display_name") == "Account 2")
        }
    }

    // MARK: Deletion

    @Test("A deleted account is gone with its devices, its secrets and its place in client sessions")
    func delete() async throws {
        try await Self.run { harness, client, locks in
            let token = try await harness.addSession(accounts: [Self.id, APIHarness.account.id]).token
            let named = #"{"connected_account_id":"\#(Self.id)","customer_key":"c","custom_metadata":{"a":"b"}}"#
            #expect(try await client.post("/connected_accounts/update", named).status == 200)
            let deleted = try await client.send(
                .delete,
                "/connected_accounts/delete?connected_account_id=\(Self.id)&sync=true&_strict=true"
            )
            #expect(deleted.body == .object(["ok": .bool(true)]))
            for path in ["get", "update", "delete", "sync", "simulate/disconnect"] {
                #expect(try await client.post("/connected_accounts/\(path)", Self.body).status == 404)
            }
            for lock in locks { #expect(try await client.get("/devices/get?device_id=\(lock.id)").status == 404) }
            #expect(try await client.get("/connected_accounts/list").list("connected_accounts").count == 1)
            #expect(
                try await Self.types(client).sorted() == [
                    "connected_account.deleted", "device.deleted", "device.deleted",
                ]
            )
            let event = try await client.get("/events/get?event_type=connected_account.deleted")
            #expect(event.text("event", "customer_key") == "c")
            #expect(try event["event", "connected_account_custom_metadata"] == JSONValue(#"{"a":"b"}"#))
            let stored = try await harness.store.connectedAccount(Self.id)
            #expect(stored?.settings == .null)
            let session = try await harness.store.record(ClientSession.self, globalKey: token)
            #expect(session?.connectedAccountIDs == [APIHarness.account.id])
            #expect(
                try await client.presenting(token).get("/devices/list").list("devices").count
                    == APIHarness.locks.count
            )
        }
    }

    @Test("A deletion that was interrupted goes on with the next request, and tells everything once")
    func interrupted() async throws {
        try await Self.run { harness, client, locks in
            // What a deletion leaves that was stopped after the first device.
            try await harness.engine.delete(locks[0])
            harness.store.become(.failing)
            let refused = Task { try await client.post("/connected_accounts/delete", Self.body) }
            // The engine tries the write again and again, and the caller waits for it 5 seconds at most.
            await harness.clock.waitForSleeper(at: harness.clock.now().monotonic + .seconds(5))
            harness.clock.advance(by: .seconds(5))
            let answer = try await refused.value
            #expect((answer.status, answer.errorType) == (503, "service_unavailable"))
            await harness.clock.waitForSleeper(until: harness.clock.now().monotonic + .seconds(1))
            harness.store.become(.working)
            harness.clock.advance(by: .seconds(1))
            #expect(try await Self.shown(client).status == 200)
            #expect(try await client.post("/connected_accounts/delete", Self.body).status == 200)
            #expect(
                try await Self.types(client).sorted() == [
                    "connected_account.deleted", "device.deleted", "device.deleted",
                ]
            )
        }
    }

    @Test("An account with more devices than are dealt with at one time loses them all")
    func many() async throws {
        try await Self.run { harness, client, _ in
            let more = (1000..<1250)
                .map { number in
                    Samples.lock(number, in: APIHarness.workspace, account: Self.id)
                }
            try await harness.store.add(APIHarness.workspace, accounts: [], devices: more)
            #expect(try await client.post("/connected_accounts/delete", Self.body).status == 200)
            let left = try await client.get("/devices/list?connected_account_id=\(Self.id)")
            #expect(left.list("devices").isEmpty)
            #expect(try await client.get("/devices/list").list("devices").count == APIHarness.locks.count)
        }
    }

    // MARK: The connection

    @Test("A virtual account is cut off with its devices, and connected again, each told once")
    func connection() async throws {
        try await Self.run { harness, client, locks in
            for _ in 1...2 {
                let cut = try await client.post("/connected_accounts/simulate/disconnect", Self.body)
                #expect(cut.body == .object(["ok": .bool(true)]))
            }
            var account = try await Self.shown(client)
            #expect(
                try account["connected_account", "errors"]
                    == JSONValue(
                        #"""
                        [{"error_code":"account_disconnected","message":"The connection to the provider is gone.",
                          "created_at":"2026-01-01T00:00:00.000Z","is_connected_account_error":true,
                          "is_bridge_error":false}]
                        """#
                    )
            )
            for lock in locks {
                let device = try await client.get("/devices/get?device_id=\(lock.id)")
                #expect(device["device", "properties", "online"] == .bool(false))
                #expect(device["device", "errors", "0", "error_code"] == .string("account_disconnected"))
                #expect(try await harness.store.device(lock.id, in: nil)?.state.offlineCause == .account)
            }
            let failed = try await client.post("/locks/unlock_door", #"{"device_id":"\#(locks[0].id)","sync":true}"#)
            #expect(failed.text("action_attempt", "error", "type") == "device_disconnected")
            let health = try await client.get("/events/get?event_type=connected_account.disconnected")
            #expect(health["event", "connected_account_errors"] != nil)
            #expect(health["event", "connected_account_warnings"] == .array([]))
            let before = try await Self.types(client).filter { !$0.hasPrefix("action_attempt.") }
            #expect(before == ["connected_account.disconnected", "device.disconnected", "device.disconnected"])

            for _ in 1...2 {
                let restored = try await client.post("/connected_accounts/sync", Self.body)
                #expect(restored.body == .object(["ok": .bool(true)]))
            }
            account = try await Self.shown(client)
            #expect(account["connected_account", "errors"] == .array([]))
            for lock in locks {
                let device = try await client.get("/devices/get?device_id=\(lock.id)")
                #expect(device["device", "properties", "online"] == .bool(true))
            }
            let after = try await Self.types(client).suffix(3)
            #expect(after == ["connected_account.connected", "device.connected", "device.connected"])
            // The other account of the workspace has nothing to do with all this.
            let others = try await client.get("/events/list?connected_account_id=\(APIHarness.account.id)")
            #expect(others.list("events").isEmpty)
        }
    }

    @Test("Only a virtual account of a sandbox can be cut off")
    func notVirtual() async throws {
        try await Self.run { harness, client, _ in
            let owner = client.presenting(harness.foreignToken.text)
            let path = "/connected_accounts/simulate/disconnect"
            let live = try await owner.post(
                path,
                #"{"connected_account_id":"\#(Samples.id(2, of: ConnectedAccount.self))"}"#
            )
            #expect((live.status, live.errorType) == (400, "workspace_not_sandbox"))
            try await harness.store.add(Self.cloudAccount)
            let real = try await client.post(path, #"{"connected_account_id":"\#(Self.cloudAccount.id)"}"#)
            #expect((real.status, real.errorType) == (400, "device_type_not_supported"))
            // There is nobody to look at it, which is no mistake of the caller.
            let synced = try await client.post(
                "/connected_accounts/sync",
                #"{"connected_account_id":"\#(Self.cloudAccount.id)"}"#
            )
            #expect(synced.status == 200)
            let shown = try await client.post(
                "/connected_accounts/get",
                #"{"connected_account_id":"\#(Self.cloudAccount.id)"}"#
            )
            #expect(shown.text("connected_account", "account_type_display_name") == "Device cloud")
        }
    }

    private static let cloudAccount = ConnectedAccount(
        id: Samples.id(52),
        workspaceID: APIHarness.workspace.id,
        provider: .deviceCloud,
        displayName: "Maker",
        createdAt: Samples.start
    )

    @Test("Another account is looked at by its driver")
    func synchronize() async throws {
        let harness = try await APIHarness()
        let synchronizer = NotedSynchronizer()
        let services = APIServices(
            store: harness.store,
            engine: harness.engine,
            simulators: [.sandbox: harness.sandbox],
            synchronizers: [.deviceCloud: synchronizer],
            time: harness.clock,
            ids: CountingIdentifiers(),
            logger: .silent
        )
        try await harness.store.add(Self.cloudAccount)
        let token = harness.token.text
        try await APIServer.makeApplication(services)
            .test(.router) { client in
                let client = APIClient(client: client, token: token)
                let answer = try await client.post(
                    "/connected_accounts/sync",
                    #"{"connected_account_id":"\#(Self.cloudAccount.id)"}"#
                )
                #expect(answer.status == 200)
            }
        #expect(synchronizer.asked.withLock { $0 } == [Self.cloudAccount.id])
    }

    private final class NotedSynchronizer: AccountSynchronizer {
        let asked = Mutex<[Identifier<ConnectedAccount>]>([])

        func synchronize(_ accountID: Identifier<ConnectedAccount>) async {
            asked.withLock { $0.append(accountID) }
        }
    }
}

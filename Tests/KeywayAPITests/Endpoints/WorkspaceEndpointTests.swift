import HTTPTypes
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Workspaces, wire contract 3.7 and 4.6")
struct WorkspaceEndpointTests {
    private static let path = "/workspaces/create"

    // MARK: Reading

    @Test("get shows every key of the contract, to each kind of credential that has a workspace")
    func get() async throws {
        try await APIHarness.run { harness, client in
            let token = try await harness.addToken()
            let session = try await harness.addSession()
            let clients = [
                client, client.presenting(session.token),
                client.presenting(token.text).with("seam-workspace", APIHarness.workspace.id.description),
            ]
            for client in clients {
                for answer in [try await client.get("/workspaces/get"), try await client.post("/workspaces/get")] {
                    #expect(
                        try answer.body
                            == JSONValue(
                                #"""
                                {"ok":true,"workspace":{"workspace_id":"\#(APIHarness.workspace.id)","name":"Sandbox",
                                 "company_name":"Sandbox","connect_partner_name":null,"organization_id":null,
                                 "is_sandbox":true,"is_suspended":false,"is_publishable_key_auth_enabled":true,
                                 "connect_webview_customization":{},"created_at":"2026-01-01T00:00:00.000Z"}}
                                """#
                            )
                    )
                }
            }
        }
    }

    @Test("G11 list shows a key, a session and a token with a workspace that one, and a token alone those it reaches")
    func list() async throws {
        try await APIHarness.run { harness, client in
            let all = try await harness.addToken()
            let one = try await harness.addToken(.workspaces([APIHarness.foreignWorkspace.id]), number: 2)
            let none = try await harness.addToken(.workspaces([]), number: 3)
            let session = try await harness.addSession()
            let (own, foreign) = (APIHarness.workspace.id.description, APIHarness.foreignWorkspace.id.description)
            let cases = [
                (client, [own]), (client.presenting(harness.foreignToken.text), [foreign]),
                (client.presenting(session.token), [own]), (client.presenting(all.text), [own, foreign]),
                (client.presenting(all.text).with("seam-workspace", foreign), [foreign]),
                (client.presenting(one.text), [foreign]), (client.presenting(none.text), []),
            ]
            for (client, expected) in cases {
                let answer = try await client.get("/workspaces/list")
                #expect(answer.status == 200)
                #expect(answer.column("workspaces", "workspace_id") == expected)
            }
        }
    }

    @Test("G12 list refuses to show more than the server's bound")
    func tooMany() async throws {
        let harness = try await APIHarness(configuration: APIConfiguration(port: 0, maximumUnpagedRows: 1))
        let token = try await harness.addToken()
        try await harness.run { client in
            let answer = try await client.presenting(token.text).get("/workspaces/list")
            #expect((answer.status, answer.errorType) == (400, "too_many_results"))
        }
    }

    // MARK: Making

    @Test("create makes a workspace that the token reaches from now on")
    func create() async throws {
        try await APIHarness.run { harness, client in
            let token = try await harness.addToken(.workspaces([]))
            let client = client.presenting(token.text)
            let answer = try await client.post(
                Self.path,
                #"{"name":"House","connect_partner_name":"Acme","organization_id":"00000000-0000-8000-8000-00000000000a"}"#
            )
            #expect(answer.status == 200)
            let id = try #require(answer.text("workspace", "workspace_id"))
            #expect(answer["workspace", "is_sandbox"] == .bool(false))
            #expect(answer["workspace", "company_name"] == .string("Acme"))
            #expect(answer.text("workspace", "organization_id") == "00000000-0000-8000-8000-00000000000a")
            let inside = client.with("seam-workspace", id)
            #expect(try await inside.get("/workspaces/get").text("workspace", "name") == "House")
            #expect(try await inside.get("/devices/list").list("devices").isEmpty)
            #expect(try await client.get("/workspaces/list").column("workspaces", "workspace_id") == [id])
        }
    }

    @Test("create gives a sandbox its virtual locks, and every workspace a publishable key that works")
    func createSandbox() async throws {
        try await APIHarness.run { harness, client in
            let token = try await harness.addToken()
            let tokenClient = client.presenting(token.text)
            let answer = try await tokenClient.post(Self.path, #"{"name":"Trial","is_sandbox":true}"#)
            let id = try #require(answer.text("workspace", "workspace_id"))
            let inside = tokenClient.with("seam-workspace", id)
            let locks = try await inside.get("/locks/list").list("locks")
            #expect(locks.count == APIHarness.locks.count)
            let lock = try #require(locks.last?["device_id"]?.stringValue)
            let unlocked = try await inside.post("/locks/unlock_door", #"{"device_id":"\#(lock)","sync":true}"#)
            #expect(unlocked.text("action_attempt", "status") == "success")
            let key = try #require(answer.text("workspace", "publishable_key"))
            #expect(key.hasPrefix("seam_pk1"))
            let session = try await client.presenting(publishableKey: key)
                .post("/client_sessions/create", #"{"user_identifier_key":"jo"}"#)
            #expect(session.text("client_session", "workspace_id") == id)
        }
    }

    @Test("create takes the older names of parameters, where the newer ones are not given")
    func olderNames() async throws {
        try await APIHarness.run { harness, client in
            let client = client.presenting(try await harness.addToken().text)
            let answer = try await client.post(
                Self.path,
                #"""
                {"name":"House","company_name":"Acme","webview_logo_shape":"circle","webview_primary_button_color":"red",
                 "webview_primary_button_text_color":"#fff","webview_success_message":"Done",
                 "connect_webview_customization":{"primary_button_color":"teal","success_message":null}}
                """#
            )
            #expect(answer.text("workspace", "connect_partner_name") == "Acme")
            #expect(
                try answer["workspace", "connect_webview_customization"]
                    == JSONValue(
                        ##"{"logo_shape":"circle","primary_button_color":"teal","primary_button_text_color":"#fff"}"##
                    )
            )
        }
    }

    @Test("create is for personal access tokens alone, and needs a name")
    func createRefusals() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession()
            let refused = [client, client.presenting(session.token), client.presenting(nil)]
            for client in refused {
                let answer = try await client.post(Self.path, #"{"name":"House"}"#)
                #expect((answer.status, answer.errorType) == (401, "unauthorized"))
            }
            let token = client.presenting(try await harness.addToken().text)
            for (body, name) in [
                ("{}", "name"), (#"{"name":""}"#, "name"),
                (#"{"name":"a","webview_primary_button_color":"red;x"}"#, "webview_primary_button_color"),
            ] {
                let answer = try await token.post(Self.path, body)
                #expect((answer.status, answer.errorType) == (400, "invalid_input"))
                #expect(answer["error", "validation_errors", name] != nil)
            }
        }
    }

    @Test("G9 create with an idempotency key makes one workspace, whatever the retries")
    func createOnce() async throws {
        try await APIHarness.run { harness, client in
            let client = client.presenting(try await harness.addToken(.workspaces([])).text)
                .with("idempotency-key", "k")
            let first = try await client.post(Self.path, #"{"name":"House"}"#)
            let again = try await client.post(Self.path, #"{"name":"House"}"#)
            #expect(first.status == 200)
            #expect(first.body == again.body)
            let other = try await client.post(Self.path, #"{"name":"Hut"}"#)
            #expect((other.status, other.errorType) == (422, "idempotency_key_reused"))
            #expect(try await client.get("/workspaces/list").list("workspaces").count == 1)
        }
    }

    // MARK: Changing

    @Test("update changes what is given, clears what is null inside the customization, and leaves the rest")
    func update() async throws {
        try await APIHarness.run { _, client in
            let all = try await client.send(
                .patch,
                "/workspaces/update",
                json: #"""
                    {"name":"House","connect_partner_name":"Acme","is_publishable_key_auth_enabled":false,
                     "organization_id":"00000000-0000-8000-8000-00000000000a",
                     "connect_webview_customization":{"logo_shape":"square","primary_button_color":"#123456",
                      "primary_button_text_color":"white","success_message":"Done"}}
                    """#
            )
            #expect(try all.body == JSONValue(#"{"ok":true}"#))
            _ = try await client.post(
                "/workspaces/update",
                #"{"connect_webview_customization":{"logo_shape":null,"success_message":"Well done"}}"#
            )
            #expect(try await client.post("/workspaces/update").status == 200)
            let workspace = try await client.get("/workspaces/get")
            #expect(workspace.text("workspace", "name") == "House")
            #expect(workspace.text("workspace", "connect_partner_name") == "Acme")
            #expect(workspace.text("workspace", "organization_id") == "00000000-0000-8000-8000-00000000000a")
            #expect(workspace["workspace", "is_publishable_key_auth_enabled"] == .bool(false))
            #expect(
                try workspace["workspace", "connect_webview_customization"]
                    == JSONValue(
                        #"""
                        {"primary_button_color":"#123456","primary_button_text_color":"white",
                         "success_message":"Well done"}
                        """#
                    )
            )
        }
    }

    @Test(
        "update refuses what cannot be shown",
        arguments: [
            (#"{"name":""}"#, "name"), (#"{"name":null}"#, "name"),
            (#"{"connect_webview_customization":{"logo_shape":"star"}}"#, "connect_webview_customization"),
            (#"{"connect_webview_customization":{"primary_button_color":"x}"}}"#, "connect_webview_customization"),
            (#"{"organization_id":"x"}"#, "organization_id"), (#"{"is_suspended":"x"}"#, "is_suspended"),
        ]
    )
    func updateRefusals(body: String, name: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post("/workspaces/update", body)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", name] != nil)
        }
    }

    @Test("Suspending holds at once: nobody acts, everybody reads, and it can be taken back")
    func suspend() async throws {
        try await APIHarness.run { _, client in
            let unlock = #"{"device_id":"\#(APIHarness.lock("fast-lock-1").id)"}"#
            #expect(try await client.get("/locks/list").status == 200)
            _ = try await client.post("/workspaces/update", #"{"is_suspended":true}"#)
            let refused = try await client.post("/locks/unlock_door", unlock)
            #expect((refused.status, refused.errorType) == (403, "workspace_suspended"))
            #expect(try await client.post("/workspaces/reset_sandbox").errorType == "workspace_suspended")
            #expect(try await client.get("/locks/list").status == 200)
            #expect(try await client.get("/workspaces/get")["workspace", "is_suspended"] == .bool(true))
            _ = try await client.post("/workspaces/update", #"{"is_suspended":false}"#)
            #expect(try await client.post("/locks/unlock_door", unlock).status == 200)
        }
    }

    @Test("G11 update reaches the workspace of the credential and no other")
    func updateForeign() async throws {
        try await APIHarness.run { harness, client in
            let stranger = client.presenting(harness.foreignToken.text)
            _ = try await stranger.post("/workspaces/update", #"{"name":"Mine"}"#)
            #expect(try await stranger.get("/workspaces/get").text("workspace", "name") == "Mine")
            #expect(try await client.get("/workspaces/get").text("workspace", "name") == "Sandbox")
            let session = try await harness.addSession()
            let refused = try await client.presenting(session.token).post("/workspaces/update", #"{"name":"Mine"}"#)
            #expect(refused.status == 401)
        }
    }

    // MARK: Starting anew

    @Test("reset_sandbox brings the beginning back and ends what was made since")
    func reset() async throws {
        try await APIHarness.run { harness, client in
            let added = try await harness.addAccount()
            let session = try await harness.addSession(accounts: [added.id])
            let lock = APIHarness.lock("fast-lock-1").id
            _ = try await client.post("/locks/unlock_door", #"{"device_id":"\#(lock)","sync":true}"#)
            _ = try await client.post("/webhooks/create", #"{"url":"https://example.com"}"#)
            #expect(try await client.presenting(session.token).get("/locks/list").list("locks").count == 1)
            let answer = try await client.post("/workspaces/reset_sandbox")
            #expect(answer.text("action_attempt", "action_type") == "RESET_SANDBOX_WORKSPACE")
            #expect(answer.text("action_attempt", "status") == "success")
            let id = try #require(answer.text("action_attempt", "action_attempt_id"))
            #expect(try await client.get("/action_attempts/get?action_attempt_id=\(id)").status == 200)
            let locks = try await client.get("/locks/list").list("locks")
            #expect(locks.count == APIHarness.locks.count)
            #expect(locks.allSatisfy { $0["properties"]?["locked"] == .bool(true) })
            #expect(try await client.get("/webhooks/list").list("webhooks").isEmpty)
            let gone = try await client.presenting(session.token).get("/locks/list")
            #expect((gone.status, gone.errorType) == (401, "client_session_not_found"))
        }
    }

    @Test("G9 reset_sandbox with an idempotency key happens once")
    func resetOnce() async throws {
        try await APIHarness.run { _, client in
            let keyed = client.with("idempotency-key", "k")
            let first = try await keyed.post("/workspaces/reset_sandbox")
            _ = try await client.post("/webhooks/create", #"{"url":"https://example.com"}"#)
            let again = try await keyed.post("/workspaces/reset_sandbox")
            #expect(first.text("action_attempt", "action_attempt_id") != nil)
            #expect(first.body == again.body)
            #expect(try await client.get("/webhooks/list").list("webhooks").count == 1)
        }
    }

    @Test("G11 reset_sandbox is refused in a workspace that is no sandbox, and leaves it alone")
    func resetForeign() async throws {
        try await APIHarness.run { harness, client in
            let stranger = client.presenting(harness.foreignToken.text)
            let answer = try await stranger.post("/workspaces/reset_sandbox")
            #expect((answer.status, answer.errorType) == (400, "workspace_not_sandbox"))
            _ = try await client.post("/workspaces/reset_sandbox")
            #expect(try await stranger.get("/devices/list").list("devices").count == 1)
        }
    }
}

import HTTPTypes
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Client sessions, wire contract 3.7 and 4.6")
struct ClientSessionEndpointTests {
    private static let create = "/client_sessions/create"
    private static let getOrCreate = "/client_sessions/get_or_create"
    private static let unknownID = "00000000-0000-8000-8000-0000000000ff"
    private static let account = APIHarness.account.id.description

    // MARK: Making

    @Test("create shows every key of the contract, with both verbs", arguments: [HTTPRequest.Method.post, .put])
    func create(method: HTTPRequest.Method) async throws {
        try await APIHarness.run { harness, client in
            let webview = try await harness.addWebview()
            let answer = try await client.send(
                method,
                Self.create,
                json: #"""
                    {"user_identifier_key":"jo","connected_account_ids":["\#(Self.account)","\#(Self.account)"],
                     "connect_webview_ids":["\#(webview.id)"],"customer_key":"c1","customer_id":"x",
                     "user_identity_ids":["\#(Self.unknownID)"],"expires_at":"2026-01-02T00:00:00Z"}
                    """#
            )
            #expect(answer.status == 200)
            let token = try #require(answer.text("client_session", "token"))
            #expect(token.hasPrefix("seam_cst1"))
            let id = try #require(answer.text("client_session", "client_session_id"))
            #expect(
                try answer["client_session"]
                    == JSONValue(
                        #"""
                        {"client_session_id":"\#(id)","workspace_id":"\#(APIHarness.workspace.id)","token":"\#(token)",
                         "created_at":"2026-01-01T00:00:00.000Z","expires_at":"2026-01-02T00:00:00.000Z",
                         "device_count":\#(APIHarness.locks.count),"user_identifier_key":"jo","customer_key":"c1",
                         "connected_account_ids":["\#(Self.account)"],"connect_webview_ids":["\#(webview.id)"],
                         "user_identity_ids":["\#(Self.unknownID)"],"user_identity_id":"\#(Self.unknownID)"}
                        """#
                    )
            )
            let app = client.presenting(token)
            #expect(try await app.get("/devices/list").list("devices").count == APIHarness.locks.count)
        }
    }

    @Test("create without anything makes an anonymous session that sees nothing and lasts a year")
    func anonymous() async throws {
        try await APIHarness.run { _, client in
            let first = try await client.post(Self.create)
            #expect(first["client_session", "user_identifier_key"] == .null)
            #expect(first["client_session", "user_identity_ids"] == .array([]))
            #expect(first["client_session", "user_identity_id"] == nil)
            #expect(first.text("client_session", "expires_at") == "2027-01-01T00:00:00.000Z")
            #expect(first["client_session", "device_count"] == .number(0))
            let token = try #require(first.text("client_session", "token"))
            #expect(try await client.presenting(token).get("/devices/list").list("devices").isEmpty)
            let second = try await client.post(Self.create)
            #expect(second.text("client_session", "token") != token)
        }
    }

    @Test("For a user who has a session, POST is refused and PUT returns it as it is")
    func existing() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"user_identifier_key":"jo"}"#
            let first = try await client.post(Self.create, body)
            let refused = try await client.post(Self.create, body)
            #expect((refused.status, refused.errorType) == (400, "client_session_token_already_exists"))
            let put = try await client.send(
                .put,
                Self.create,
                json: #"{"user_identifier_key":"jo","connected_account_ids":["\#(Self.account)"]}"#
            )
            #expect(put.status == 200)
            #expect(put["client_session"] == first["client_session"])
        }
    }

    @Test("PUT gives a session whose time is over a new one, and after a revocation makes another session")
    func existingUnusable() async throws {
        try await APIHarness.run { harness, client in
            let old = try await harness.addSession(of: "jo")
            harness.clock.advance(by: .seconds(3600))
            let renewed = try await client.send(.put, Self.create, json: #"{"user_identifier_key":"jo"}"#)
            #expect(renewed.text("client_session", "token") == old.token)
            #expect(try await client.presenting(old.token).get("/workspaces/get").status == 200)
            _ = try await client.post("/client_sessions/revoke", #"{"client_session_id":"\#(old.id)"}"#)
            let other = try await client.send(.put, Self.create, json: #"{"user_identifier_key":"jo"}"#)
            #expect(other.status == 200)
            #expect(other.text("client_session", "token") != old.token)
        }
    }

    @Test(
        "create and get_or_create refuse what makes no sense",
        arguments: [
            (#"{"user_identifier_key":""}"#, "user_identifier_key"),
            (#"{"expires_at":"2026-01-01T00:00:00Z"}"#, "expires_at"), (#"{"expires_at":"soon"}"#, "expires_at"),
            (#"{"user_identity_id":"x"}"#, "user_identity_id"), (#"{"user_identity_ids":[]}"#, "user_identity_ids"),
            (#"{"connected_account_ids":"x"}"#, "connected_account_ids"),
        ]
    )
    func badInput(body: String, name: String) async throws {
        try await APIHarness.run { _, client in
            for path in [Self.create, Self.getOrCreate] {
                let answer = try await client.post(path, body)
                #expect((answer.status, answer.errorType) == (400, "invalid_input"))
                #expect(answer["error", "validation_errors", name] != nil)
            }
        }
    }

    @Test("Two names of the user that differ are refused")
    func twoIdentities() async throws {
        try await APIHarness.run { _, client in
            let other = Self.unknownID.dropLast() + "e"
            let answer = try await client.post(
                Self.create,
                #"{"user_identity_id":"\#(Self.unknownID)","user_identity_ids":["\#(other)"]}"#
            )
            #expect((answer.status, answer.errorType) == (400, "invalid_options"))
        }
    }

    @Test("G11 accounts and Connect Webviews that the workspace does not have are not found, wherever they are named")
    func unknownResources() async throws {
        try await APIHarness.run { harness, client in
            let foreignWebview = try await harness.addWebview(9, in: APIHarness.foreignWorkspace)
            let removed = try await harness.addAccount()
            _ = try await harness.store.removeConnectedAccount(removed.id, at: Samples.start)
            _ = try await harness.addSession(of: "jo")
            let accounts = [
                "x", Self.unknownID, Samples.id(2, of: ConnectedAccount.self).description, removed.id.description,
            ]
            for path in [Self.create, Self.getOrCreate, "/client_sessions/grant_access"] {
                for id in accounts {
                    let answer = try await client.post(
                        path,
                        #"{"user_identifier_key":"jo","connected_account_ids":["\#(Self.account)","\#(id)"]}"#
                    )
                    #expect((answer.status, answer.errorType) == (404, "connected_account_not_found"))
                    #expect(answer.text("error", "data", "connected_account_id") == id)
                }
                for id in ["x", Self.unknownID, foreignWebview.id.description] {
                    let answer = try await client.post(
                        path,
                        #"{"user_identifier_key":"jo","connect_webview_ids":["\#(id)"]}"#
                    )
                    #expect((answer.status, answer.errorType) == (404, "connect_webview_not_found"))
                }
            }
        }
    }

    @Test("get_or_create makes a session once, and then adds to what it sees")
    func getOrCreate() async throws {
        try await APIHarness.run { harness, client in
            let first = try await client.post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#)
            let token = try #require(first.text("client_session", "token"))
            let app = client.presenting(token)
            #expect(try await app.get("/devices/list").list("devices").isEmpty)
            let added = try await harness.addAccount()
            for id in [APIHarness.account.id, added.id] {
                _ = try await client.post(
                    Self.getOrCreate,
                    #"{"user_identifier_key":"jo","connected_account_ids":["\#(id)"]}"#
                )
            }
            let last = try await client.post(
                Self.getOrCreate,
                #"{"user_identifier_key":"jo","expires_at":"2030-01-01T00:00:00Z"}"#
            )
            #expect(last.text("client_session", "token") == token)
            #expect(last.text("client_session", "expires_at") == "2030-01-01T00:00:00.000Z")
            #expect(
                last["client_session", "connected_account_ids"]
                    == .array([.string(Self.account), .string(added.id.description)])
            )
            // The new account's second lock is not managed.
            #expect(last["client_session", "device_count"] == .number(Double(APIHarness.locks.count + 1)))
            #expect(try await app.get("/devices/list").list("devices").count == APIHarness.locks.count + 1)
        }
    }

    @Test("get_or_create lets a session whose time is over work again for a year")
    func expired() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(of: "jo")
            harness.clock.advance(by: .seconds(7200))
            let refused = try await client.presenting(session.token).get("/workspaces/get")
            #expect((refused.status, refused.errorType) == (401, "client_session_expired"))
            let answer = try await client.post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#)
            #expect(answer.text("client_session", "token") == session.token)
            #expect(answer.text("client_session", "expires_at") == "2027-01-01T02:00:00.000Z")
            #expect(try await client.presenting(session.token).get("/workspaces/get").status == 200)
        }
    }

    @Test("get_or_create finds a session by its user identity, and without a user makes another one each time")
    func byIdentity() async throws {
        try await APIHarness.run { _, client in
            let body = #"{"user_identity_id":"\#(Self.unknownID)"}"#
            let first = try await client.post(Self.getOrCreate, body)
            #expect(try await client.post(Self.getOrCreate, body).body == first.body)
            let anonymous = try await client.post(Self.getOrCreate)
            let another = try await client.post(Self.getOrCreate)
            let tokens = [first, anonymous, another].compactMap { $0.text("client_session", "token") }
            #expect(Set(tokens).count == 3)
        }
    }

    @Test("Many get_or_create for one user at the same time end with one session")
    func atOnce() async throws {
        try await APIHarness.run { _, client in
            let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let answer = try await client.post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#)
                        #expect(answer.status == 200)
                        return answer.text("client_session", "token")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(tokens.count == 20)
            #expect(Set(tokens).count == 1)
            #expect(try await client.get("/client_sessions/list").list("client_sessions").count == 1)
        }
    }

    @Test("G9 create with an idempotency key makes one session")
    func once() async throws {
        try await APIHarness.run { _, client in
            for body in ["{}", #"{"user_identifier_key":"jo"}"#] {
                let keyed = client.with("idempotency-key", body)
                let first = try await keyed.post(Self.create, body)
                #expect(first.status == 200)
                #expect(try await keyed.post(Self.create, body).body == first.body)
            }
            let reused = try await client.with("idempotency-key", "{}")
                .post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#)
            #expect((reused.status, reused.errorType) == (422, "idempotency_key_reused"))
            #expect(try await client.get("/client_sessions/list").list("client_sessions").count == 2)
        }
    }

    // MARK: Publishable keys

    /// Gives the sandbox a publishable key.
    private static func withPublishableKey(
        _ body: @escaping @Sendable (APIHarness, APIClient, _ app: APIClient) async throws -> Void
    ) async throws {
        try await APIHarness.run { harness, client in
            let key = harness.services.secrets.token(.publishableKey).text
            _ = try await harness.store.updateWorkspace(APIHarness.workspace.id) { $0.publishableKey = key }
            try await body(harness, client, client.presenting(publishableKey: key))
        }
    }

    @Test("A publishable key fetches the session of a user, or makes one that sees nothing")
    func publishableKey() async throws {
        try await Self.withPublishableKey { harness, client, app in
            let session = try await harness.addSession(of: "jo", accounts: [APIHarness.account.id])
            let known = try await app.post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#)
            #expect(known.text("client_session", "token") == session.token)
            let put = try await app.send(.put, Self.create, json: #"{"user_identifier_key":"jo"}"#)
            #expect(put.text("client_session", "token") == session.token)
            let post = try await app.post(Self.create, #"{"user_identifier_key":"jo"}"#)
            #expect((post.status, post.errorType) == (400, "client_session_token_already_exists"))
            let new = try await app.post(Self.create, #"{"user_identifier_key":"kim"}"#)
            #expect(new["client_session", "connected_account_ids"] == .array([]))
            let token = try #require(new.text("client_session", "token"))
            #expect(try await client.presenting(token).get("/devices/list").list("devices").isEmpty)
        }
    }

    @Test("G11 a publishable key must name a user and may give nobody access to anything")
    func publishableKeyLimits() async throws {
        try await Self.withPublishableKey { harness, client, app in
            for path in [Self.create, Self.getOrCreate] {
                for body in ["{}", #"{"user_identifier_key":"  "}"#] {
                    let answer = try await app.post(path, body)
                    #expect((answer.status, answer.errorType) == (401, "publishable_key_requires_user_identifier_key"))
                }
                for list in ["connected_account_ids", "connect_webview_ids"] {
                    let answer = try await app.post(
                        path,
                        #"{"user_identifier_key":"jo","\#(list)":["\#(Self.account)"]}"#
                    )
                    #expect(
                        (answer.status, answer.errorType)
                            == (403, "publishable_keys_must_create_empty_client_sessions")
                    )
                }
            }
            let unknown = try await client.presenting(publishableKey: "seam_pk1unknown_x")
                .post(Self.create, #"{"user_identifier_key":"jo"}"#)
            #expect((unknown.status, unknown.errorType) == (401, "workspace_not_found"))
            for path in ["get", "list", "grant_access", "revoke", "delete"] {
                #expect(try await app.post("/client_sessions/\(path)").errorType == "unauthorized")
            }
            #expect(try await client.get("/client_sessions/list").list("client_sessions").isEmpty)
        }
    }

    @Test("G11 a publishable key gives a session neither more time nor a user")
    func publishableKeyChangesNothing() async throws {
        try await Self.withPublishableKey { harness, client, app in
            let session = try await harness.addSession(of: "jo", accounts: [APIHarness.account.id])
            let wish = """
                {"user_identifier_key":"jo","expires_at":"2099-01-01T00:00:00Z","user_identity_id":"\(Self.unknownID)"}
                """
            #expect(try await app.post(Self.getOrCreate, wish).text("client_session", "token") == session.token)
            let stored = try await harness.store.record(session.id, in: APIHarness.workspace.id)
            #expect(stored?.expiresAt == session.expiresAt)
            #expect(stored?.userIdentityID == nil)
            harness.clock.advance(by: .seconds(3601))
            for answer in [
                try await app.post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#),
                try await app.send(.put, Self.create, json: #"{"user_identifier_key":"jo"}"#),
            ] {
                #expect((answer.status, answer.errorType) == (401, "client_session_expired"))
            }
            let renewed = try await client.post(Self.getOrCreate, #"{"user_identifier_key":"jo"}"#)
            #expect(renewed.text("client_session", "token") == session.token)
        }
    }

    @Test("G11 a client session is not shown the publishable key, with which it could get another's")
    func publishableKeyIsNotShown() async throws {
        try await Self.withPublishableKey { harness, client, _ in
            let session = try await harness.addSession(of: "jo")
            let user = client.presenting(session.token)
            #expect(try await client.get("/workspaces/get").text("workspace", "publishable_key") != nil)
            #expect(try await user.get("/workspaces/get").text("workspace", "publishable_key") == nil)
            let listed = try await user.get("/workspaces/list").list("workspaces")
            #expect(listed.count == 1)
            #expect(listed.allSatisfy { $0["publishable_key"] == nil })
        }
    }

    @Test("A workspace can turn its publishable key off, at once")
    func publishableKeyOff() async throws {
        try await Self.withPublishableKey { _, client, app in
            let body = #"{"user_identifier_key":"jo"}"#
            #expect(try await app.post(Self.getOrCreate, body).status == 200)
            _ = try await client.post("/workspaces/update", #"{"is_publishable_key_auth_enabled":false}"#)
            let answer = try await app.post(Self.getOrCreate, body)
            #expect((answer.status, answer.errorType) == (401, "unauthorized"))
        }
    }

    // MARK: Reading

    @Test("get finds a session by its id or its user's key")
    func get() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(of: "jo")
            for query in ["client_session_id=\(session.id)", "user_identifier_key=jo"] {
                let answer = try await client.get("/client_sessions/get?\(query)&_strict=true")
                #expect(answer.text("client_session", "token") == session.token)
            }
            for query in ["client_session_id=\(Self.unknownID)", "user_identifier_key=kim"] {
                let answer = try await client.get("/client_sessions/get?\(query)&_strict=true")
                #expect((answer.status, answer.errorType) == (404, "client_session_not_found"))
            }
            let both = try await client.get(
                "/client_sessions/get?client_session_id=\(session.id)&user_identifier_key=jo"
            )
            #expect((both.status, both.errorType) == (400, "invalid_options"))
            let neither = try await client.get("/client_sessions/get")
            #expect((neither.status, neither.errorType) == (400, "invalid_input"))
        }
    }

    @Test("G11 a client session gets itself, whatever it asks for")
    func getOwn() async throws {
        try await APIHarness.run { harness, client in
            let own = try await harness.addSession(1, of: "jo")
            let other = try await harness.addSession(2, of: "kim")
            let app = client.presenting(own.token)
            for query in ["", "client_session_id=\(other.id)", "user_identifier_key=kim"] {
                let answer = try await app.get("/client_sessions/get?\(query)")
                #expect(answer.text("client_session", "token") == own.token)
            }
            let both = try await app.get("/client_sessions/get?client_session_id=\(own.id)&user_identifier_key=jo")
            #expect((both.status, both.errorType) == (400, "invalid_options"))
        }
    }

    @Test(
        "list filters, joined by AND, and null asks for sessions without",
        arguments: [
            ("", [1, 2, 3, 4]), ("client_session_id=00000000-0000-8000-8000-000000000002", [2]),
            ("client_session_id=x", []), ("user_identifier_key=jo", [1]), ("user_identifier_key=none", []),
            ("without_user_identifier_key=true", [3, 4]), ("without_user_identifier_key=false", [1, 2, 3, 4]),
            ("connect_webview_id=00000000-0000-8000-8000-000000000007", [2, 3]), ("connect_webview_id=", [1, 4]),
            ("connect_webview_id=x", []), ("user_identity_id=", [1, 2, 3]),
            ("user_identity_id=00000000-0000-8000-8000-0000000000ff", [4]), ("user_identity_id=x", []),
            ("connect_webview_id=&user_identity_id=", [1]),
            ("connect_webview_id=00000000-0000-8000-8000-000000000007&without_user_identifier_key=true", [3]),
        ]
    )
    func list(query: String, expected: [UInt64]) async throws {
        try await APIHarness.run { harness, client in
            let webview: Identifier<ConnectWebview> = Samples.id(7)
            _ = try await harness.addSession(1, of: "jo")
            _ = try await harness.addSession(2, of: "kim", webviews: [webview])
            _ = try await harness.addSession(3, webviews: [webview])
            var identified = try await harness.addSession(4)
            identified.userIdentityID = Identifier(Self.unknownID)
            let changed = identified
            _ = try await harness.store.update(identified.id, in: APIHarness.workspace.id) { session throws(Never) in
                session = changed
                return []
            }
            _ = try await harness.addSession(5, of: "jo", in: APIHarness.foreignWorkspace)
            let answer = try await client.get("/client_sessions/list?\(query.isEmpty ? "" : query + "&_strict=true")")
            #expect(answer.status == 200)
            #expect(
                answer.column("client_sessions", "client_session_id")
                    == expected.map { Samples.id($0, of: ClientSession.self).description }
            )
        }
    }

    @Test("G12 list refuses to show more than the server's bound")
    func tooMany() async throws {
        let harness = try await APIHarness(configuration: APIConfiguration(port: 0, maximumUnpagedRows: 2))
        for number in 1...3 { _ = try await harness.addSession(UInt64(number), of: "user \(number)") }
        try await harness.run { client in
            let answer = try await client.get("/client_sessions/list")
            #expect((answer.status, answer.errorType) == (400, "too_many_results"))
            let one = try await client.get("/client_sessions/list?user_identifier_key=user+2")
            #expect(one.list("client_sessions").count == 1)
        }
    }

    @Test("Accounts that were removed are not shown, and their devices not counted")
    func removedAccounts() async throws {
        try await APIHarness.run { harness, client in
            let removed = try await harness.addAccount()
            let session = try await harness.addSession(accounts: [removed.id, APIHarness.account.id])
            _ = try await harness.store.removeConnectedAccount(removed.id, at: Samples.start)
            let answer = try await client.get("/client_sessions/get?client_session_id=\(session.id)")
            #expect(answer["client_session", "connected_account_ids"] == .array([.string(Self.account)]))
            #expect(answer["client_session", "device_count"] == .number(Double(APIHarness.locks.count)))
        }
    }

    // MARK: Changing

    @Test("grant_access finds its session by id, key or identity, and adds at once")
    func grantAccess() async throws {
        try await APIHarness.run { harness, client in
            let webview = try await harness.addWebview()
            let made = try await client.post(
                Self.create,
                #"{"user_identifier_key":"jo","user_identity_id":"\#(Self.unknownID)"}"#
            )
            let id = try #require(made.text("client_session", "client_session_id"))
            let app = client.presenting(made.text("client_session", "token"))
            #expect(try await app.get("/devices/list").list("devices").isEmpty)
            let targets = [
                #""client_session_id":"\#(id)""#, #""user_identifier_key":"jo""#,
                #""user_identity_id":"\#(Self.unknownID)""#, #""user_identity_ids":["\#(Self.unknownID)"]"#,
                #""client_session_id":"\#(id)","user_identifier_key":"jo""#,
            ]
            for target in targets {
                let answer = try await client.send(
                    .patch,
                    "/client_sessions/grant_access",
                    json: #"""
                        {\#(target),"connected_account_ids":["\#(Self.account)"],
                         "connect_webview_ids":["\#(webview.id)"]}
                        """#
                )
                #expect(answer.text("client_session", "client_session_id") == id)
                #expect(answer["client_session", "connected_account_ids"] == .array([.string(Self.account)]))
                #expect(
                    answer["client_session", "connect_webview_ids"] == .array([.string(webview.id.description)])
                )
            }
            #expect(try await app.get("/devices/list").list("devices").count == APIHarness.locks.count)
        }
    }

    @Test("G11 grant_access finds no session that does not fit everything given, and none of another workspace")
    func grantRefusals() async throws {
        try await APIHarness.run { harness, client in
            let own = try await harness.addSession(1, of: "jo")
            let foreign = try await harness.addSession(2, of: "kim", in: APIHarness.foreignWorkspace)
            let targets = [
                #""client_session_id":"x""#, #""client_session_id":"\#(Self.unknownID)""#,
                #""client_session_id":"\#(foreign.id)""#, #""user_identifier_key":"kim""#,
                #""user_identity_id":"\#(Self.unknownID)""#, #""user_identity_id":"x""#,
                #""client_session_id":"\#(own.id)","user_identifier_key":"kim""#,
                #""client_session_id":"\#(own.id)","user_identity_id":"\#(Self.unknownID)""#,
                #""user_identifier_key":"jo","user_identity_id":"x""#,
            ]
            for target in targets {
                let answer = try await client.post(
                    "/client_sessions/grant_access",
                    #"{\#(target),"connected_account_ids":["\#(Self.account)"]}"#
                )
                #expect((answer.status, answer.errorType) == (404, "client_session_not_found"))
            }
            let nobody = try await client.post(
                "/client_sessions/grant_access",
                #"{"connected_account_ids":["\#(Self.account)"]}"#
            )
            #expect((nobody.status, nobody.errorType) == (400, "invalid_input"))
        }
    }

    @Test("revoke stops a token at once and for good, keeps the session, and frees the user's key")
    func revoke() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(of: "jo")
            let app = client.presenting(session.token)
            #expect(try await app.get("/workspaces/get").status == 200)
            let body = #"{"client_session_id":"\#(session.id)"}"#
            #expect(try await client.post("/client_sessions/revoke", body).body == JSONValue(#"{"ok":true}"#))
            harness.clock.advance(by: .seconds(5))
            #expect(try await client.post("/client_sessions/revoke", body).status == 200)
            let refused = try await app.get("/workspaces/get")
            #expect((refused.status, refused.errorType) == (401, "client_session_revoked"))
            let kept = try await client.get("/client_sessions/get?client_session_id=\(session.id)")
            #expect(kept.text("client_session", "revoked_at") == "2026-01-01T00:00:00.000Z")
            #expect(try await client.get("/client_sessions/get?user_identifier_key=jo").status == 404)
            #expect(try await client.post(Self.create, #"{"user_identifier_key":"jo"}"#).status == 200)
        }
    }

    @Test("delete removes a session with the event that says so, once")
    func delete() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession()
            let app = client.presenting(session.token)
            #expect(try await app.get("/workspaces/get").status == 200)
            let uri = "/client_sessions/delete?client_session_id=\(session.id)&_strict=true"
            #expect(try await client.send(.delete, uri).status == 200)
            let refused = try await app.get("/workspaces/get")
            #expect((refused.status, refused.errorType) == (401, "client_session_not_found"))
            #expect(try await client.send(.delete, uri).errorType == "client_session_not_found")
            let events = try await client.get("/events/list").list("events")
            #expect(events.map { $0["event_type"] } == [.string("client_session.deleted")])
            #expect(events.first?["client_session_id"] == .string(session.id.description))
        }
    }

    @Test("G11 the sessions of another workspace do not exist", arguments: ["revoke", "delete", "get"])
    func foreign(verb: String) async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(of: "jo", in: APIHarness.foreignWorkspace)
            let body = #"{"client_session_id":"\#(session.id)"}"#
            let answer = try await client.post("/client_sessions/\(verb)", body)
            #expect((answer.status, answer.errorType) == (404, "client_session_not_found"))
            #expect(try await client.presenting(session.token).get("/workspaces/get").status == 200)
            #expect(try await harness.eventTypes().isEmpty)
            #expect(try await client.get("/client_sessions/get?user_identifier_key=jo").status == 404)
        }
    }

    @Test("G11 a client session can neither make, list, change nor end sessions")
    func sessionLimits() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession()
            let body = #"{"client_session_id":"\#(session.id)","connected_account_ids":["\#(Self.account)"]}"#
            for path in ["create", "get_or_create", "list", "grant_access", "revoke", "delete"] {
                let answer = try await client.presenting(session.token).post("/client_sessions/\(path)", body)
                #expect((answer.status, answer.errorType) == (401, "unauthorized"))
            }
            #expect(try await client.presenting(session.token).get("/devices/list").list("devices").isEmpty)
        }
    }
}

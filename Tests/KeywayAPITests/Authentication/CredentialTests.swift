import HTTPTypes
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("What each credential opens, wire contract 2.2 and 2.3")
struct CredentialTests {
    private static let (own, foreign) = (
        APIHarness.workspace.id.description, APIHarness.foreignWorkspace.id.description
    )

    // MARK: Personal access tokens

    @Test("G11 a personal access token works in the workspace that the header names, if it reaches that")
    func token() async throws {
        try await APIHarness.run { harness, client in
            let everywhere = client.presenting(try await harness.addToken().text)
            let here = client.presenting(
                try await harness.addToken(.workspaces([APIHarness.workspace.id]), number: 2).text
            )
            for client in [everywhere, here] {
                let locks = try await client.with("seam-workspace", Self.own).get("/locks/list").list("locks")
                #expect(locks.count == APIHarness.locks.count)
            }
            let other = try await everywhere.with("seam-workspace", Self.foreign).get("/devices/list")
            #expect(other.column("devices", "device_id") == [APIHarness.foreignLock.id.description])
            let refused = [
                here.with("seam-workspace", Self.foreign), everywhere.with("seam-workspace", "x"),
                everywhere.with("seam-workspace", "00000000-0000-8000-8000-0000000000ff"), everywhere,
                everywhere.with("seam-workspace", ""),
            ]
            for client in refused {
                let answer = try await client.get("/devices/list")
                #expect((answer.status, answer.errorType) == (401, "unauthorized"))
            }
        }
    }

    @Test("A wrong, unknown or revoked token is refused, with a workspace and without")
    func wrongToken() async throws {
        try await APIHarness.run { harness, client in
            let revoked = try await harness.addToken()
            let valid = try await harness.addToken(number: 2)
            _ = try await harness.store.revokePersonalAccessToken(Samples.id(1), at: Samples.start)
            let texts = [
                revoked.text, "seam_\(valid.shortToken)_AAAAAAAAAAAAAAAAAAAAAAAA",
                "seam_at1unknown_AAAAAAAAAAAAAAAAAAAAAAAA", "seam_at", "seam_at1",
            ]
            for text in texts {
                for client in [client, client.with("seam-workspace", Self.own)] {
                    let answer = try await client.presenting(text).get("/workspaces/list")
                    #expect((answer.status, answer.errorType) == (401, "unauthorized"))
                    #expect(answer.header("www-authenticate") == "Bearer")
                }
            }
            #expect(try await client.presenting(valid.text).get("/workspaces/list").status == 200)
        }
    }

    @Test("A token that another process revokes works for a second at most")
    func revokedToken() async throws {
        try await APIHarness.run { harness, client in
            let token = try await harness.addToken()
            let client = client.presenting(token.text)
            #expect(try await client.get("/workspaces/list").status == 200)
            _ = try await harness.store.revokePersonalAccessToken(Samples.id(1), at: Samples.start)
            harness.clock.advance(by: .seconds(1))
            #expect(try await client.get("/workspaces/list").status == 401)
        }
    }

    @Test("Attempts say that a token asked for them")
    func requester() async throws {
        try await APIHarness.run { harness, client in
            let client = client.presenting(try await harness.addToken().text).with("seam-workspace", Self.own)
            let answer = try await client.post(
                "/locks/unlock_door",
                #"{"device_id":"\#(APIHarness.lock("fast-lock-1").id)"}"#
            )
            let id = Samples.id(1, of: PersonalAccessToken.self)
            #expect(answer.text("action_attempt", "requested_by") == "personal_access_token:\(id)")
        }
    }

    // MARK: Client sessions

    @Test(
        "A client session token counts in each of its headers, and before any other credential",
        arguments: ["authorization", "client-session-token", "seam-client-session-token", "both", "besides"]
    )
    func session(form: String) async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(accounts: [APIHarness.account.id])
            let anonymous = client.presenting(nil)
            let app =
                switch form {
                case "authorization": client.presenting(session.token)
                case "both": client.presenting(session.token).with("client-session-token", session.token)
                case "besides": client.presenting(harness.foreignToken.text).with("client-session-token", session.token)
                default: anonymous.with(form, session.token)
                }
            #expect(try await app.get("/workspaces/get").text("workspace", "workspace_id") == Self.own)
            #expect(try await app.get("/locks/list").list("locks").count == APIHarness.locks.count)
        }
    }

    @Test("The newer header of the two wins")
    func twoHeaders() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession()
            let app = client.presenting(nil).with("client-session-token", "seam_cst1_other")
                .with("seam-client-session-token", session.token)
            #expect(try await app.get("/workspaces/get").status == 200)
        }
    }

    @Test("An unknown, revoked or expired session is told apart, in every header", arguments: [true, false])
    func wrongSession(inHeader: Bool) async throws {
        try await APIHarness.run { harness, client in
            let (revoked, expired) = (try await harness.addSession(1), try await harness.addSession(2))
            _ = try await harness.store.update(revoked.id, in: APIHarness.workspace.id) { session throws(Never) in
                session.revokedAt = Samples.start
                return []
            }
            harness.clock.advance(by: .seconds(3600))
            let cases = [
                ("seam_cst1_123", "client_session_not_found"), ("seam_cst", "client_session_not_found"),
                (revoked.token, "client_session_revoked"), (expired.token, "client_session_expired"),
            ]
            for (token, type) in cases {
                let app =
                    inHeader
                    ? client.presenting(nil).with("seam-client-session-token", token) : client.presenting(token)
                let answer = try await app.get("/devices/list")
                #expect((answer.status, answer.errorType) == (401, type))
                #expect(answer.header("www-authenticate") == "Bearer")
            }
        }
    }

    @Test("A session ends when its time is over, although its token is remembered for a second")
    func expiry() async throws {
        try await APIHarness.run { harness, client in
            let app = client.presenting(try await harness.addSession().token)
            harness.clock.advance(by: .milliseconds(3_599_500))
            #expect(try await app.get("/workspaces/get").status == 200)
            harness.clock.advance(by: .milliseconds(499))
            #expect(try await app.get("/workspaces/get").status == 200)
            harness.clock.advance(by: .milliseconds(1))
            #expect(try await app.get("/workspaces/get").errorType == "client_session_expired")
        }
    }

    @Test("G11 a session of another workspace acts in that, whatever the workspace header says")
    func foreignSession() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession(in: APIHarness.foreignWorkspace)
            let app = client.presenting(session.token).with("seam-workspace", Self.own)
            #expect(try await app.get("/workspaces/get").text("workspace", "workspace_id") == Self.foreign)
            #expect(try await app.get("/devices/list").list("devices").isEmpty)
        }
    }

    // MARK: Publishable keys

    @Test("A publishable key opens nothing but the making of sessions, and only without another credential")
    func publishableKey() async throws {
        try await APIHarness.run { harness, client in
            let key = harness.services.secrets.token(.publishableKey).text
            _ = try await harness.store.updateWorkspace(APIHarness.workspace.id) { $0.publishableKey = key }
            let app = client.presenting(publishableKey: key)
            let making: Set = ["/client_sessions/create", "/client_sessions/get_or_create"]
            for endpoint in EndpointTable.all.endpoints where endpoint.accepts != nil {
                let answer = try await app.post(endpoint.path, #"{"user_identifier_key":"jo"}"#)
                if making.contains(endpoint.path) {
                    // The second of the two finds the session of the first.
                    #expect(answer.status == 200)
                } else {
                    #expect((answer.status, answer.errorType) == (401, "unauthorized"))
                }
            }
            let besides = try await client.presenting("seam_x_y").with("seam-publishable-key", key)
                .post("/client_sessions/create", #"{"user_identifier_key":"kim"}"#)
            #expect((besides.status, besides.errorType) == (401, "unauthorized"))
        }
    }

    // MARK: All of them

    @Test("G11 no endpoint accepts a kind of credential that its declaration does not list")
    func declared() async throws {
        try await APIHarness.run { harness, client in
            let token = try await harness.addToken()
            let session = try await harness.addSession()
            let clients: [CredentialKind: APIClient] = [
                .apiKey: client, .clientSession: client.presenting(session.token),
                .personalAccessTokenAlone: client.presenting(token.text),
            ]
            for endpoint in EndpointTable.all.endpoints {
                for (kind, client) in clients {
                    guard let accepts = endpoint.accepts, !accepts.contains(kind) else { continue }
                    let answer = try await client.post(endpoint.path)
                    #expect((answer.status, answer.errorType) == (401, "unauthorized"), "\(endpoint.path)")
                }
            }
        }
    }
}

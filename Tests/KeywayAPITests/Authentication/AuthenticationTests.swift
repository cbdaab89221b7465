import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayAPI

@Suite("Authentication")
struct AuthenticationTests {
    @Test("Wrong credentials are 401, each in the contract's words")
    func refusals() async throws {
        try await APIHarness.run { harness, client in
            let wrongSecret = "seam_\(harness.token.shortToken)_AAAAAAAAAAAAAAAAAAAAAAAA"
            let cases: [(APIClient, String)] = [
                (client.presenting(nil), "unauthorized"),
                (client.presenting("seam_invalid_api_key"), "unauthorized"),
                (client.presenting("seam_unknown1_AAAAAAAAAAAAAAAAAAAAAAAA"), "unauthorized"),
                (client.presenting(wrongSecret), "unauthorized"),
                (client.presenting("seam_at1_x").with("seam-workspace", "w"), "unauthorized"),
                (client.presenting("seam_cst1_123"), "client_session_not_found"),
                (client.presenting(nil).with("client-session-token", "seam_cst_123"), "client_session_not_found"),
                (client.presenting(nil).with("seam-publishable-key", "seam_pk1_x"), "unauthorized"),
            ]
            for (client, type) in cases {
                let answer = try await client.get("/devices/list")
                #expect(answer.status == 401)
                #expect(answer.errorType == type)
                #expect(answer["ok"] == .bool(false))
                #expect(answer.header("www-authenticate") == "Bearer")
            }
            let malformed = try await client.presenting(nil).with("client-session-token", "invalid_token")
                .get("/devices/list")
            #expect(malformed.status == 400)
            #expect(malformed.errorType == "invalid_client_session_token")
            #expect(try await client.get("/devices/list").status == 200)
        }
    }

    @Test("A client session is no credential where the contract does not list it")
    func sessionNotAccepted() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.presenting("seam_cst1_123").get("/action_attempts/list")
            #expect(answer.status == 401)
            #expect(answer.errorType == "unauthorized")
        }
    }

    @Test("A key that another process revokes works for a second at most")
    func revocation() async throws {
        try await APIHarness.run { harness, client in
            #expect(try await client.get("/workspaces/get").status == 200)
            _ = try await harness.store.revokeAPIKey(APIHarness.keyID, at: Samples.start)
            harness.clock.advance(by: .milliseconds(999))
            #expect(try await client.get("/workspaces/get").status == 200)
            harness.clock.advance(by: .milliseconds(1))
            let answer = try await client.get("/workspaces/get")
            #expect(answer.status == 401)
            #expect(answer.errorType == "unauthorized")
        }
    }

    @Test("A busy key is looked up again every second all the same")
    func revocationUnderLoad() async throws {
        try await APIHarness.run { harness, client in
            #expect(try await client.get("/workspaces/get").status == 200)
            _ = try await harness.store.revokeAPIKey(APIHarness.keyID, at: Samples.start)
            for _ in 0..<9 {
                harness.clock.advance(by: .milliseconds(100))
                #expect(try await client.get("/workspaces/get").status == 200)
            }
            harness.clock.advance(by: .milliseconds(100))
            #expect(try await client.get("/workspaces/get").status == 401)
        }
    }
}

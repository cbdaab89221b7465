import HTTPTypes
import Testing

@testable import KeywayAPI

@Suite("Which credential counts, wire contract 2.2")
struct PresentedCredentialTests {
    private static func select(_ headers: [String: String], _ kinds: [CredentialKind]) throws -> PresentedCredential {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HTTPField.Name(name) ?? .accept] = value }
        return try PresentedCredential(in: fields, accepting: kinds)
    }

    @Test(
        "The first kind that applies counts",
        arguments: [
            (["authorization": "Bearer seam_x_y"], [CredentialKind.apiKey], PresentedCredential.apiKey("seam_x_y")),
            (["authorization": "bearer seam_x_y"], [.apiKey], .apiKey("seam_x_y")),
            (["authorization": "Bearer anything"], [.apiKey], .apiKey("anything")),
            (
                ["authorization": "Bearer seam_at1_x", "seam-workspace": "w"], [.apiKey, .personalAccessToken],
                .personalAccessToken("seam_at1_x", workspace: "w")
            ),
            (
                ["authorization": "Bearer seam_at1_x"], [.personalAccessTokenAlone],
                .personalAccessToken("seam_at1_x", workspace: nil)
            ),
            (["authorization": "Bearer seam_cst1_x"], [.apiKey, .clientSession], .clientSession("seam_cst1_x")),
            (["client-session-token": "seam_cst1_x"], [.clientSession], .clientSession("seam_cst1_x")),
            (
                ["client-session-token": "seam_cst1_x", "seam-client-session-token": "seam_cst2_x"], [.clientSession],
                .clientSession("seam_cst2_x")
            ),
            (
                ["authorization": "Bearer seam_x_y", "client-session-token": "seam_cst1_x"],
                [.apiKey, .clientSession], .clientSession("seam_cst1_x")
            ),
            (["seam-publishable-key": "seam_pk1_x"], [.publishableKey], .publishableKey("seam_pk1_x")),
        ]
    )
    func selected(headers: [String: String], kinds: [CredentialKind], expected: PresentedCredential) throws {
        #expect(try Self.select(headers, kinds) == expected)
    }

    @Test(
        "Where no accepted kind applies, it is 401 unauthorized",
        arguments: [
            ([:], [CredentialKind.apiKey]),
            (["authorization": "Basic seam_x_y"], [.apiKey]),
            (["authorization": "Bearer"], [.apiKey]),
            (["authorization": "Bearer seam_cst1_x"], [.apiKey, .personalAccessToken]),
            (["authorization": "Bearer seam_at1_x"], [.apiKey, .personalAccessToken]),
            (["authorization": "Bearer seam_at1_x", "seam-workspace": ""], [.apiKey, .personalAccessToken]),
            (["authorization": "Bearer eyJhbGciOi.x.y"], [.apiKey]),
            (["authorization": "Bearer seam_x_y"], [.personalAccessToken, .personalAccessTokenAlone]),
            (["seam-publishable-key": "seam_pk1_x"], [.apiKey]),
            (["seam-publishable-key": "seam_pk1_x", "authorization": "Bearer x"], [.publishableKey]),
        ]
    )
    func refused(headers: [String: String], kinds: [CredentialKind]) {
        #expect(throws: APIError.unauthorized) { try Self.select(headers, kinds) }
    }

    @Test("A client session header with something else in it is 400")
    func wrongSession() {
        let error = #expect(throws: APIError.self) {
            try Self.select(["client-session-token": "invalid_token"], [.clientSession])
        }
        #expect(error?.status.code == 400)
        #expect(error?.type == "invalid_client_session_token")
    }
}

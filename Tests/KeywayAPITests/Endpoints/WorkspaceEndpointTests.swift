import KeywayModel
import Testing

@testable import KeywayAPI

@Suite("Workspaces, wire contract 3.7")
struct WorkspaceEndpointTests {
    @Test("The workspace of the key has every key of the contract")
    func get() async throws {
        try await APIHarness.run { _, client in
            for answer in [try await client.get("/workspaces/get"), try await client.post("/workspaces/get")] {
                #expect(
                    try answer.body
                        == JSONValue(
                            #"""
                            {"ok":true,"workspace":{"workspace_id":"\#(APIHarness.workspace.id)","name":"Sandbox",
                             "company_name":"Sandbox","connect_partner_name":null,"organization_id":null,
                             "is_sandbox":true,"is_suspended":false,"is_publishable_key_auth_enabled":false,
                             "connect_webview_customization":{},"created_at":"2026-01-01T00:00:00.000Z"}}
                            """#
                        )
                )
            }
        }
    }
}

import KeywayModel
import KeywayStore

/// `/workspaces/*` (wire contract, section 4.6).
enum WorkspaceEndpoints {
    static let all = [get]

    private static let get = Endpoint(
        "/workspaces/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns the workspace of the credential.",
        responseKeys: ["workspace"]
    ) { call, caller in
        guard let workspace = try await call.services.store.workspace(caller.workspaceID) else {
            throw APIError.notFound("workspace", ["workspace_id": caller.workspaceID.description])
        }
        return ["workspace": WorkspaceBody(workspace: workspace)]
    }
}

package import KeywayModel

/// Who makes a request, and for which tenant: everything a handler reads or does stays inside that workspace (G11).
package struct Caller: Hashable, Sendable {
    /// The tenant.
    package let workspaceID: Identifier<Workspace>
    /// Who it is, as written into attempts.
    package let requester: Requester
}

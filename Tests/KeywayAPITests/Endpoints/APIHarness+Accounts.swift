import KeywayModel
import KeywaySandbox
import KeywayStore
import KeywayTestKit

extension APIHarness {
    /// The account that ``addSecondAccount(customerKey:)`` adds.
    static let secondAccountID: Identifier<ConnectedAccount> = Samples.id(50)

    /// Adds a second virtual account to the sandbox; returns its two locks, a front door and a back door.
    @discardableResult
    func addSecondAccount(customerKey: String? = nil) async throws -> [Device] {
        var (account, devices) = sandbox.newAccount(Self.secondAccountID, in: Self.workspace, at: Samples.start)
        account.customerKey = customerKey
        try await store.add(account, devices: devices, events: [])
        return devices
    }

    /// Adds a Connect Webview through which an account was connected.
    func addWebview(
        _ number: UInt64,
        connecting accountID: Identifier<ConnectedAccount>,
        in workspace: Workspace = workspace
    ) async throws {
        let webview = ConnectWebview(
            id: Samples.id(number),
            workspaceID: workspace.id,
            createdAt: Samples.start,
            wishes: ConnectWebview.Wishes(),
            progress: .authorized(accountID, at: Samples.start)
        )
        try await store.add(webview, events: [])
    }
}

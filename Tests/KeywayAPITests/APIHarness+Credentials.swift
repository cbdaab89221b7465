import HTTPTypes
import KeywayModel
import KeywayStore
import KeywayTestKit

@testable import KeywayAPI

/// Random numbers that are the same on every run (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension APIHarness {
    /// Adds a personal access token.
    func addToken(
        _ reach: PersonalAccessToken.Reach = .everyWorkspace,
        number: UInt64 = 1
    ) async throws -> BearerToken {
        let token = services.secrets.token(.personalAccessToken)
        try await store.add(
            PersonalAccessToken(
                id: Samples.id(number),
                name: "test",
                shortToken: token.shortToken,
                secretHash: token.secretHash,
                reach: reach,
                createdAt: Samples.start
            )
        )
        return token
    }

    /// Adds a client session that sees some accounts, and lasts an hour.
    func addSession(
        _ number: UInt64 = 1,
        of userKey: String? = nil,
        accounts: [Identifier<ConnectedAccount>] = [],
        webviews: [Identifier<ConnectWebview>] = [],
        in workspace: Workspace = APIHarness.workspace
    ) async throws -> ClientSession {
        let session = ClientSession(
            id: Samples.id(number),
            workspaceID: workspace.id,
            token: services.secrets.token(.clientSession).text,
            userIdentifierKey: userKey,
            connectedAccountIDs: accounts,
            connectWebviewIDs: webviews,
            createdAt: Samples.start,
            expiresAt: Samples.start + .seconds(3600)
        )
        try await store.add(session, events: [])
        return session
    }

    /// Adds a second account to the sandbox, with two locks one of which is not managed.
    func addAccount(_ number: UInt64 = 50) async throws -> ConnectedAccount {
        let account = Samples.account(number, in: Self.workspace)
        var unmanaged = Samples.lock(number * 100 + 1, in: Self.workspace, account: account.id)
        unmanaged.isManaged = false
        let managed = Samples.lock(number * 100, in: Self.workspace, account: account.id)
        try await store.add(account, devices: [managed, unmanaged], events: [])
        return account
    }

    /// The types of a workspace's events, the oldest first.
    func eventTypes(in workspace: Workspace = APIHarness.workspace) async throws -> [String] {
        try await store.events(EventQuery(workspaceID: workspace.id, keeps: .oldest)).map(\.type.rawValue)
    }
}

extension APIClient {
    /// Sends a JSON body.
    func send(_ method: HTTPRequest.Method, _ uri: String, json: String) async throws -> Answer {
        try await with("content-type", "application/json").send(method, uri, body: json)
    }

    /// Presents a publishable key and nothing else.
    func presenting(publishableKey: String) -> APIClient {
        presenting(nil).with("seam-publishable-key", publishableKey)
    }
}

extension APIHarness {
    /// Adds a Connect Webview.
    func addWebview(
        _ number: UInt64 = 1,
        _ wishes: ConnectWebview.Wishes = ConnectWebview.Wishes(),
        in workspace: Workspace = APIHarness.workspace
    ) async throws -> ConnectWebview {
        let webview = ConnectWebview(
            id: Samples.id(number),
            workspaceID: workspace.id,
            createdAt: Samples.start,
            wishes: wishes
        )
        try await store.add(webview, events: [])
        return webview
    }
}

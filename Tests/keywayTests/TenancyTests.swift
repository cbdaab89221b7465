import ArgumentParser
import KeywayAPI
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import keyway

@Suite("Tenancy")
struct TenancyTests {
    private let store = MemoryStore()

    private func tenancy(fastLocks: Int = 0) -> Tenancy {
        Tenancy(
            store: store,
            time: ManualTimeSource(),
            ids: CountingIdentifiers(),
            fastLocks: fastLocks,
            emptyLog: {},
            close: {}
        )
    }

    private func locks(of workspace: Workspace) async throws -> Int {
        try await store.devices(DeviceQuery(workspaceID: workspace.id)).elements.count
    }

    @Test("A new data directory gets one sandbox, with locks and a publishable key, once")
    func first() async throws {
        try await tenancy().seed()
        let workspaces = try await store.workspaces()
        #expect(workspaces.map(\.name) == ["Sandbox"])
        let workspace = try #require(workspaces.first)
        #expect(workspace.isSandbox)
        #expect(workspace.publishableKey.flatMap { BearerToken($0) }?.kind == .publishableKey)
        #expect(try await locks(of: workspace) == 11)
        try await tenancy(fastLocks: 3).seed()
        #expect(try await store.workspaces() == workspaces)
        #expect(try await locks(of: workspace) == 14)
    }

    @Test("Every workspace without a publishable key gets one, and others keep theirs")
    func publishableKeys() async throws {
        try await store.add(Samples.workspace(1, isSandbox: false), accounts: [], devices: [])
        var known = Samples.workspace(2, isSandbox: false)
        known.publishableKey = "seam_pk1known_x"
        try await store.add(known, accounts: [], devices: [])
        try await tenancy().seed()
        let workspaces = try await store.workspaces()
        #expect(workspaces.count == 2)
        #expect(workspaces.first?.publishableKey?.hasPrefix("seam_pk1") == true)
        #expect(workspaces.last?.publishableKey == "seam_pk1known_x")
        #expect(try await locks(of: known) == 0)
    }

    @Test("A workspace is made as asked for", arguments: [true, false])
    func makeWorkspace(isSandbox: Bool) async throws {
        let workspace = try await tenancy(fastLocks: 1).makeWorkspace(named: "House", isSandbox: isSandbox)
        #expect(try await store.workspace(workspace.id) == workspace)
        #expect((workspace.name, workspace.isSandbox) == ("House", isSandbox))
        #expect(workspace.publishableKey?.hasPrefix("seam_pk1") == true)
        #expect(try await locks(of: workspace) == (isSandbox ? 12 : 0))
    }

    @Test("A token works everywhere unless workspaces are named, and only its hash is kept")
    func makeToken() async throws {
        let tenancy = tenancy()
        let workspace = try await tenancy.makeWorkspace(named: "House", isSandbox: false)
        let (token, record) = try await tenancy.makeToken(named: "Jo", reaching: [])
        #expect(record.reach == .everyWorkspace)
        #expect(token.kind == .personalAccessToken)
        #expect(token.text.hasPrefix("seam_at1"))
        #expect(try await store.personalAccessToken(shortToken: token.shortToken) == record)
        #expect(token.matches(record.secretHash))
        let id = workspace.id.description
        let (other, limited) = try await tenancy.makeToken(named: "Kim", reaching: [id, id])
        #expect(limited.reach == .workspaces([workspace.id]))
        #expect(other != token)
        #expect(try await store.personalAccessTokens().map(\.name) == ["Jo", "Kim"])
    }

    @Test(
        "G11 a token for a workspace that does not exist is not made",
        arguments: ["x", "00000000-0000-8000-8000-0000000000ff"]
    )
    func unknownWorkspace(text: String) async throws {
        let tenancy = tenancy()
        try await tenancy.seed()
        await #expect(throws: ValidationError.self) { try await tenancy.makeToken(named: "Jo", reaching: [text]) }
        #expect(try await store.personalAccessTokens().isEmpty)
    }

    @Test("An id that is none is named to whoever typed it")
    func identifiers() throws {
        let id: Identifier<Workspace> = try identifier("00000000-0000-8000-8000-0000000000ff", of: "a workspace")
        #expect(id == Samples.id(255))
        let error = #expect(throws: ValidationError.self) {
            let _: Identifier<Workspace> = try identifier("here", of: "a workspace")
        }
        #expect(error?.message == "here is not the id of a workspace.")
    }

    @Test(
        "Commands are read as documented",
        arguments: [
            ["tokens", "create", "--name", "Jo"], ["tokens", "create", "--name", "Jo", "--workspace", "a", "--json"],
            ["tokens", "list", "--json"], ["tokens", "revoke", "id"], ["workspaces", "create", "--name", "x"],
            ["workspaces", "create", "--name", "x", "--sandbox", "--json"], ["workspaces", "list"],
            ["keys", "create", "--json"], ["keys", "list", "--json"], ["accounts", "list", "--json"],
        ]
    )
    func commands(arguments: [String]) throws {
        _ = try Keyway.parseAsRoot(arguments)
    }

    @Test(
        "What is needed is asked for",
        arguments: [["tokens", "create"], ["workspaces", "create"], ["tokens", "revoke"]]
    )
    func incomplete(arguments: [String]) {
        #expect(throws: (any Error).self) { try Keyway.parseAsRoot(arguments) }
    }
}

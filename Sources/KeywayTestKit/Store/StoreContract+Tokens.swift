import KeywayModel
import KeywayStore
import Testing

extension StoreContract {
    private static func token(
        _ number: UInt64,
        reach: PersonalAccessToken.Reach = .everyWorkspace,
        shortToken: String? = nil,
        createdAt: Timestamp = Samples.start
    ) -> PersonalAccessToken {
        PersonalAccessToken(
            id: Samples.id(number),
            name: "Token “\(number)”",
            shortToken: shortToken ?? "token\(number)",
            secretHash: [0, 255, 10, UInt8(number)],
            reach: reach,
            createdAt: createdAt
        )
    }

    static let tokenRules: [StoreRule] = [
        StoreRule("tokens are read back whole by their short token, and listed the oldest first") { store in
            try await addTenants(to: store)
            let tokens = [
                token(3, createdAt: Samples.start + .seconds(1)),
                token(2, reach: .workspaces([home.id, otherHome.id])),
                token(1, reach: .workspaces([])),
            ]
            for token in tokens { try await store.add(token) }
            for token in tokens { #expect(try await store.personalAccessToken(shortToken: token.shortToken) == token) }
            #expect(try await store.personalAccessToken(shortToken: "TOKEN1") == nil)
            #expect(try await store.apiKey(shortToken: "token1") == nil)
            #expect(try await store.personalAccessTokens() == [tokens[2], tokens[1], tokens[0]])
        },
        StoreRule("a token whose id or short token is taken, or that names an unknown workspace, is refused") { store in
            try await addTenants(to: store)
            try await store.add(token(1))
            try await expectConflict { try await store.add(token(1, shortToken: "fresh")) }
            try await expectConflict { try await store.add(token(2, shortToken: "token1")) }
            try await expectConflict { try await store.add(token(3, reach: .workspaces([home.id, Samples.id(99)]))) }
            #expect(try await store.personalAccessTokens() == [token(1)])
        },
        StoreRule("a token is revoked once, stays readable, and its neighbours keep working") { store in
            try await addTenants(to: store)
            try await store.add(token(1, reach: .workspaces([home.id])))
            try await store.add(token(2))
            var revoked = token(1, reach: .workspaces([home.id]))
            revoked.revokedAt = Samples.start + .seconds(5)
            for seconds in [5, 9] {
                let time = Samples.start + .seconds(seconds)
                #expect(try await store.revokePersonalAccessToken(revoked.id, at: time) == revoked)
            }
            #expect(try await store.revokePersonalAccessToken(Samples.id(99), at: Samples.start) == nil)
            #expect(try await store.personalAccessTokens() == [revoked, token(2)])
        },
        StoreRule("G11 a new workspace is reached by the token it is made with and those that reach all") { store in
            try await addTenants(to: store)
            let tokens = [
                token(1, reach: .workspaces([home.id])), token(2, reach: .workspaces([home.id])), token(3),
            ]
            for token in tokens { try await store.add(token) }
            let new = Samples.workspace(7)
            try await store.add(new, accounts: [], devices: [], reachedBy: tokens[0].id)
            let reached = token(1, reach: .workspaces([home.id, new.id]))
            #expect(try await store.personalAccessTokens() == [reached, tokens[1], tokens[2]])
            try await store.add(Samples.workspace(8), accounts: [], devices: [], reachedBy: tokens[2].id)
            #expect(try await store.personalAccessToken(shortToken: "token3") == tokens[2])
        },
        StoreRule("G11 no token reaches a workspace that was there before by adding it again") { store in
            try await addTenants(to: store)
            try await store.add(token(1, reach: .workspaces([home.id])))
            try await store.add(otherHome, accounts: [], devices: [], reachedBy: token(1).id)
            #expect(try await store.personalAccessToken(shortToken: "token1")?.reaches(otherHome.id) == false)
            try await expectConflict {
                try await store.add(Samples.workspace(7), accounts: [], devices: [], reachedBy: Samples.id(99))
            }
            #expect(try await store.workspace(Samples.id(7)) == nil)
        },
    ]
}

#if MQTT
import FoundationEssentials
import KeywayMQTT
import KeywayModel
import KeywayStore
import KeywayTestKit
import Logging
import Testing

@testable import keyway

@Suite("The accounts file")
struct AccountsFileTests {
    private let store = MemoryStore()
    private let time = ManualTimeSource()

    private var tenancy: Tenancy {
        Tenancy(
            store: store,
            time: time,
            ids: CountingIdentifiers(),
            fastLocks: 0,
            emptyLog: {},
            close: {}
        )
    }

    /// Reads a file with this text, beside one that holds a password.
    private func file(_ text: String) throws -> AccountsFile {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keyway-accounts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("s e cret\n".utf8).write(to: folder.appending(path: "password"))
        try Data(text.utf8).write(to: folder.appending(path: "accounts.json"))
        return try AccountsFile(path: folder.appending(path: "accounts.json").path)
    }

    private func keep(_ text: String) async throws {
        try await tenancy.keep(try file(text), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func stored() async throws -> [ConnectedAccount] {
        try await store.connectedAccounts(of: .mqtt).sorted { $0.displayName < $1.displayName }
    }

    private func account(_ members: String, key: String = "house") -> String {
        #"{"provider": "mqtt", "key": "\#(key)"\#(members.isEmpty ? "" : ", " + members)}"#
    }

    private func list(_ accounts: String...) -> String {
        #"{"accounts": [\#(accounts.joined(separator: ", "))]}"#
    }

    @Test("lists accounts with everything that the command takes")
    func everything() throws {
        let full = account(
            """
            "name": "House", "workspace_id": "w", "host": "broker.local", "port": 8884, "user": "keyway",
            "password_file": "password", "client_id": "k-1", "discovery_prefix": "ha", "zigbee2mqtt_base": "z2m",
            "tls": {"ca_file": "/ca.pem", "certificate_file": "/own.pem", "key_file": "/own.key"}
            """
        )
        let accounts = try file(list(full, account(#""host": "b", "tls": true"#, key: "other"))).accounts
        let settings = try MQTTSettings(
            host: "broker.local",
            port: 8884,
            tls: MQTTSettings.TLS(authorities: "/ca.pem", certificate: "/own.pem", key: "/own.key"),
            user: "keyway",
            password: "s e cret",
            clientID: "k-1",
            discoveryPrefix: "ha",
            zigbeeBase: "z2m"
        )
        let other = try MQTTSettings(host: "b", tls: MQTTSettings.TLS())
        #expect(
            accounts == [
                AccountsFile.Account(key: "house", workspace: "w", name: "House", settings: settings),
                AccountsFile.Account(key: "other", workspace: nil, name: "b", settings: other),
            ]
        )
    }

    @Test("finds files beside itself")
    func relativePaths() throws {
        let tls = try file(list(account(#""host": "b", "tls": {"ca_file": "ca.pem"}"#))).accounts.first?.settings.tls
        #expect(tls?.authorities?.hasPrefix("/") == true)
        #expect(tls?.authorities?.hasSuffix("/ca.pem") == true)
    }

    @Test(
        "is refused as a whole, and says why",
        arguments: [
            ("nonsense", "JSON"), ("[]", "the document"), (#"{"accounts": {}}"#, "list"),
            (#"{"accounts": [], "more": 1}"#, "more"), (#"{"accounts": ["x"]}"#, "accounts[0]"),
            (#"{"accounts": [{"key": "a", "host": "b"}]}"#, "provider"),
            (#"{"accounts": [{"provider": "zigbee", "key": "a", "host": "b"}]}"#, "provider"),
            (#"{"accounts": [{"provider": "mqtt", "host": "b"}]}"#, "key"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a"}]}"#, "host"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "prot": 1}]}"#, "prot"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "port": "1"}]}"#, "port"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "port": 70000}]}"#, "port"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "user": 1}]}"#, "user"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "tls": {"ca": "x"}}]}"#, "tls"),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "tls": "yes"}]}"#, "tls"),
            (
                #"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "user": "u", "password_file": "none"}]}"#,
                "none"
            ),
            (
                """
                {"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "user": "u", "password_file": "password",
                 "password": "pw-1"}]}
                """, "password_file"
            ),
            (#"{"accounts": [{"provider": "mqtt", "key": "a", "host": "b", "password": "pw-1"}]}"#, "user"),
            (
                """
                {"accounts": [{"provider": "mqtt", "key": "a", "host": "b"},
                 {"provider": "mqtt", "key": "a", "host": "c"}]}
                """, "twice"
            ),
        ]
    )
    func refused(_ text: String, _ reason: String) throws {
        let error = #expect(throws: SettingsError.self) { try self.file(text) }
        #expect(error?.message.contains(reason) == true)
        #expect(error?.message.contains("pw-1") == false)
    }

    @Test("makes its accounts once, and gives them what it says later")
    func keeping() async throws {
        try await tenancy.seed()
        try await keep(list(account(#""host": "b""#), account(#""host": "c""#, key: "other")))
        let first = try await stored()
        #expect(first.map(\.displayName) == ["b", "c"])
        try await keep(list(account(#""host": "b""#), account(#""host": "d", "name": "D""#, key: "other")))
        let second = try await stored()
        #expect(second.map(\.displayName) == ["D", "b"])
        #expect(Set(second.map(\.id)) == Set(first.map(\.id)))
        #expect(try second.map { try MQTTSettings($0.settings).host } == ["d", "b"])
    }

    @Test("removes nothing, and brings nothing back")
    func removal() async throws {
        try await tenancy.seed()
        try await keep(list(account(#""host": "b""#), account(#""host": "c""#, key: "other")))
        let removed = try #require(try await stored().first)
        _ = try await store.removeConnectedAccount(removed.id, at: Timestamp(microseconds: 1))
        try await keep(list(account(#""host": "b""#)))
        let accounts = try await stored()
        #expect(accounts.map(\.displayName) == ["b", "c"])
        #expect(accounts.first?.removedAt != nil)
        #expect(accounts.first?.settings == .null)
        #expect(accounts.last?.removedAt == nil)
    }

    @Test("G11 the same key in two workspaces is two accounts, and an unknown workspace stops the server")
    func workspaces() async throws {
        try await tenancy.seed()
        time.advance(by: .seconds(1))
        let house = try await tenancy.makeWorkspace(named: "House", isSandbox: false)
        let text = list(account(#""host": "b""#), account(#""host": "b", "workspace_id": "\#(house.id)""#))
        try await keep(text)
        #expect(Set(try await stored().map(\.workspaceID)).count == 2)
        #expect(Set(try await stored().map(\.id)).count == 2)
        await #expect(throws: CommandFailure.self) {
            try await self.keep(self.list(self.account(#""host": "b", "workspace_id": "nobody""#)))
        }
        let oldest = try #require(try await store.workspaces().first)
        await #expect(throws: CommandFailure.self) {
            let twice = self.account(#""host": "b", "workspace_id": "\#(oldest.id)""#)
            try await self.keep(self.list(self.account(#""host": "b""#), twice))
        }
    }
}
#endif

import FoundationEssentials
import KeywayModel
import KeywayStore
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("Secrets at rest")
struct SecretBoxTests {
    private static func key(_ byte: UInt8) throws -> SecretKey {
        try #require(SecretKey(Data(repeating: byte, count: 32).base64EncodedString()))
    }

    private static let id: Identifier<Webhook> = Samples.id(1)

    @Test("a sealed secret shows nothing, differs each time, and opens again")
    func roundTrip() throws {
        let box = SecretBox(key: try Self.key(1))
        let sealed = try box.seal("whsec_abc", of: Self.id)
        #expect(sealed.hasPrefix("enc:v1:"))
        #expect(!sealed.contains("abc"))
        #expect(try box.seal("whsec_abc", of: Self.id) != sealed)
        #expect(try box.open(sealed, of: Self.id) == "whsec_abc")
    }

    @Test("without a key secrets are stored as they are, and a key does not lock out what was stored before")
    func plain() throws {
        #expect(try SecretBox().seal("whsec_abc", of: Self.id) == "whsec_abc")
        #expect(try SecretBox(key: try Self.key(1)).open("whsec_abc", of: Self.id) == "whsec_abc")
    }

    @Test("a missing key, a wrong key, a changed secret and another webhook's secret are errors, not other secrets")
    func failures() throws {
        let box = SecretBox(key: try Self.key(1))
        let sealed = try box.seal("whsec_abc", of: Self.id)
        #expect(throws: SecretBox.Failure.keyMissing) { try SecretBox().open(sealed, of: Self.id) }
        let other = SecretBox(key: try Self.key(2))
        #expect(throws: SecretBox.Failure.keyWrong) { try other.open(sealed, of: Self.id) }
        #expect(throws: SecretBox.Failure.keyWrong) { try box.open(sealed, of: Samples.id(2)) }
        #expect(throws: SecretBox.Failure.keyWrong) { try box.open("enc:v1:AAAA", of: Self.id) }
        #expect(throws: SecretBox.Failure.keyWrong) { try box.open(String(sealed.dropLast(4)), of: Self.id) }
    }

    @Test(
        "a key is the base64 of 32 bytes and does not show itself",
        arguments: [
            (32, true), (31, false), (33, false), (0, false),
        ]
    )
    func keys(length: Int, isOne: Bool) {
        let key = SecretKey(Data(repeating: 7, count: length).base64EncodedString())
        #expect((key != nil) == isOne)
        if let key { #expect("\(key)" == "(secret)") }
        #expect(SecretKey("not base64!") == nil)
    }

    @Test("the way to a key, to another one, and back to none: every secret is rewritten, retired ones too")
    func reseal() async throws {
        let store = MemoryStore()
        for number in 1...2 as ClosedRange<UInt64> {
            let workspace = Samples.workspace(number)
            try await store.add(workspace, accounts: [], devices: [])
            var webhook = Samples.webhook(number, in: workspace, secret: "whsec_old")
            webhook.rotateSecret(to: "whsec_new", keepingOldUntil: Samples.start + .seconds(1))
            try await store.add(webhook, events: [])
        }
        func secrets() async throws -> [String] {
            let webhook: Webhook? = try await store.record(Self.id, in: Samples.id(1))
            return [webhook?.secret, webhook?.previousSecret?.secret].compactMap { $0 }
        }
        let boxes = [
            SecretBox(key: try Self.key(1)), SecretBox(key: try Self.key(2), previousKeys: [try Self.key(1)]),
            SecretBox(previousKeys: [try Self.key(2)]),
        ]
        for (index, box) in boxes.enumerated() {
            #expect(try await box.resealAll(in: store, at: Samples.start) == 2)
            #expect(try await box.resealAll(in: store, at: Samples.start) == 0)
            let stored = try await secrets()
            #expect(stored.allSatisfy { $0.hasPrefix("enc:v1:") } == (index < 2))
            #expect(try stored.map { try box.open($0, of: Self.id) } == ["whsec_new", "whsec_old"])
        }
        #expect(try await secrets() == ["whsec_new", "whsec_old"])
    }

    @Test("with a wrong key nothing is rewritten")
    func wrongKey() async throws {
        let store = MemoryStore()
        try await store.add(Samples.workspace(), accounts: [], devices: [])
        let sealed = try SecretBox(key: try Self.key(1)).seal("whsec_a", of: Self.id)
        try await store.add(Samples.webhook(secret: sealed), events: [])
        let box = SecretBox(key: try Self.key(2))
        await #expect(throws: SecretBox.Failure.keyWrong) { try await box.resealAll(in: store, at: Samples.start) }
        await #expect(throws: SecretBox.Failure.keyMissing) {
            try await SecretBox().resealAll(in: store, at: Samples.start)
        }
        let webhook: Webhook? = try await store.record(Self.id, in: Samples.id(1))
        #expect(webhook?.secret == sealed)
    }

    @Test("a retired secret whose time is over is forgotten unread, so that its key is not needed")
    func ended() async throws {
        let store = MemoryStore()
        try await store.add(Samples.workspace(), accounts: [], devices: [])
        let old = SecretBox(key: try Self.key(1))
        let box = SecretBox(key: try Self.key(2))
        var webhook = Samples.webhook(secret: try old.seal("whsec_old", of: Self.id))
        let end = Samples.start + .seconds(60)
        webhook.rotateSecret(to: try box.seal("whsec_new", of: Self.id), keepingOldUntil: end)
        try await store.add(webhook, events: [])
        await #expect(throws: SecretBox.Failure.keyWrong) { try await box.resealAll(in: store, at: Samples.start) }
        #expect(try await box.resealAll(in: store, at: end) == 1)
        let stored: Webhook? = try await store.record(Self.id, in: Samples.id(1))
        #expect(stored?.secret == webhook.secret)
        #expect(stored?.previousSecret == nil)
        #expect(try await box.resealAll(in: store, at: end) == 0)
    }
}

import FoundationEssentials
import HTTPTypes
import KeywayModel
import KeywayTestKit
import KeywayWebhooks
import Testing

@testable import KeywayAPI

@Suite("Webhooks, wire contract 3.7 and 4.5")
struct WebhookEndpointTests {
    private static let create = "/webhooks/create"
    private static let unknownID = "00000000-0000-8000-8000-0000000000ff"

    private static func make(_ client: APIClient, _ body: String = #"{"url":"https://example.com/in"}"#) async throws
        -> String
    {
        let answer = try await client.post(create, body)
        return try #require(answer.text("webhook", "webhook_id"))
    }

    @Test("create shows the webhook with a secret of 24 random bytes, for all events unless told otherwise")
    func create() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(Self.create, #"{"url":"https://example.com/in?a=b"}"#)
            #expect(answer.status == 200)
            #expect(answer.text("webhook", "url") == "https://example.com/in?a=b")
            #expect(answer["webhook", "event_types"] == .array([.string("*")]))
            #expect(answer.text("webhook", "created_at") == "2026-01-01T00:00:00.000Z")
            let secret = try #require(answer.text("webhook", "secret"))
            #expect(secret.hasPrefix("whsec_"))
            #expect(Data(base64Encoded: String(secret.dropFirst(6)))?.count == 24)
            let other = try await client.post(Self.create, #"{"url":"https://example.com/in?a=b"}"#)
            #expect(other.text("webhook", "secret") != secret)
            #expect(other.text("webhook", "webhook_id") != answer.text("webhook", "webhook_id"))
        }
    }

    @Test(
        "create keeps the event types as given, each once",
        arguments: [
            (#"["lock.locked"]"#, #"["lock.locked"]"#), (#"["*"]"#, #"["*"]"#),
            (#"["lock.unlocked","lock.locked","lock.unlocked"]"#, #"["lock.unlocked","lock.locked"]"#),
            (#"["access_code.created","*"]"#, #"["access_code.created","*"]"#),
        ]
    )
    func eventTypes(given: String, kept: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(Self.create, #"{"url":"http://example.com","event_types":\#(given)}"#)
            #expect(try answer["webhook", "event_types"] == JSONValue(kept))
        }
    }

    @Test("An unknown event type is named, and no event type at all is refused, by create and update")
    func badEventTypes() async throws {
        try await APIHarness.run { _, client in
            let id = try await Self.make(client)
            for (types, names) in [
                (#"["lock.locked","lock.melted","x"]"#, "lock.melted, x"), (#"["**"]"#, "**"), (#"[""]"#, ""),
            ] {
                let created = try await client.post(Self.create, #"{"url":"http://a.b","event_types":\#(types)}"#)
                let updated = try await client.post(
                    "/webhooks/update",
                    #"{"webhook_id":"\#(id)","event_types":\#(types)}"#
                )
                for answer in [created, updated] {
                    #expect((answer.status, answer.errorType) == (400, "invalid_event_types"))
                    #expect(answer.text("error", "data", "event_types") == names)
                }
            }
            let none = try await client.post(Self.create, #"{"url":"http://a.b","event_types":[]}"#)
            #expect((none.status, none.errorType) == (400, "invalid_input"))
            #expect(try await client.get("/webhooks/list").list("webhooks").count == 1)
        }
    }

    @Test(
        "create needs an absolute URL of the web",
        arguments: [
            "{}", #"{"url":""}"#, #"{"url":"example.com"}"#, #"{"url":"/in"}"#, #"{"url":"ftp://example.com"}"#,
            #"{"url":"https://"}"#, #"{"url":7}"#,
            #"{"url":"https://example.com/\#(String(repeating: "a", count: 2048))"}"#,
        ]
    )
    func badURL(body: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(Self.create, body)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", "url"] != nil)
        }
    }

    @Test(
        "create refuses what only the server can reach, in every form, and says so",
        arguments: [
            "http://127.0.0.1:9/", "http://localhost/in", "https://10.1.2.3/in", "http://169.254.169.254/latest",
            "http://[::1]/", "http://[fe80::1]/", "http://[::ffff:192.168.0.1]/", "http://0x7f.1/",
            "http://2130706433/",
            "https://user:password@example.com/",
        ]
    )
    func refusedAddress(url: String) async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.post(Self.create, #"{"url":"\#(url)"}"#)
            #expect((answer.status, answer.errorType) == (400, "invalid_input"))
            #expect(answer["error", "validation_errors", "url"] != nil)
            #expect(try await client.get("/webhooks/list").list("webhooks").isEmpty)
        }
    }

    @Test("create takes an address that the operator allows")
    func allowedAddress() async throws {
        let network = try #require(Network("127.0.0.0/8"))
        let harness = try await APIHarness(webhooks: WebhookSafety(addresses: AddressPolicy(allowing: [network])))
        try await harness.run { client in
            let allowed = try await client.post(Self.create, #"{"url":"http://127.0.0.1:9/"}"#)
            #expect(allowed.status == 200)
            let other = try await client.post(Self.create, #"{"url":"http://10.0.0.1/"}"#)
            #expect(other.status == 400)
        }
    }

    @Test("With an operator's key the store holds no secret in the clear, and its owner sees it all the same")
    func sealed() async throws {
        let key = try #require(SecretKey(String(repeating: "A", count: 43) + "="))
        let harness = try await APIHarness(webhooks: WebhookSafety(secrets: SecretBox(key: key)))
        try await harness.run { client in
            let made = try await client.post(Self.create, #"{"url":"https://example.com/in"}"#)
            let secret = try #require(made.text("webhook", "secret"))
            let id = try #require(Identifier<Webhook>(made.text("webhook", "webhook_id") ?? ""))
            let stored = try await harness.store.record(id, in: APIHarness.workspace.id)
            #expect(stored?.secret.hasPrefix("enc:v1:") == true)
            #expect(secret.hasPrefix("whsec_"))
            #expect(try await client.get("/webhooks/get?webhook_id=\(id)").text("webhook", "secret") == secret)
            let rotated = try await client.post("/webhooks/rotate_secret", #"{"webhook_id":"\#(id)"}"#)
            #expect(rotated.text("webhook", "secret")?.hasPrefix("whsec_") == true)
            let now = try await harness.store.record(id, in: APIHarness.workspace.id)
            #expect(now?.secret.hasPrefix("enc:v1:") == true)
            #expect(now?.previousSecret?.secret == stored?.secret)
        }
    }

    @Test("update enables a webhook again that was disabled, and leaves the health of others alone")
    func enabledAgain() async throws {
        try await APIHarness.run { harness, client in
            for number in 1...2 as ClosedRange<UInt64> {
                var health = EndpointHealth()
                _ = number == 1 ? health.gone(at: Samples.start) : health.failed(at: Samples.start)
                let webhook = Webhook(
                    id: Samples.id(number),
                    workspaceID: APIHarness.workspace.id,
                    url: "https://example.com",
                    secret: "whsec_x",
                    eventTypes: ["*"],
                    createdAt: Samples.start,
                    health: health
                )
                try await harness.store.add(webhook, events: [])
                let body = #"{"webhook_id":"\#(webhook.id)","event_types":["lock.locked"]}"#
                #expect(try await client.post("/webhooks/update", body).status == 200)
                let updated = try await harness.store.record(webhook.id, in: APIHarness.workspace.id)
                #expect(updated?.health == (number == 1 ? EndpointHealth() : health))
            }
        }
    }

    @Test("get shows the secret, and list does not")
    func reading() async throws {
        try await APIHarness.run { _, client in
            let first = try await client.post(Self.create, #"{"url":"https://example.com/1"}"#)
            let id = try #require(first.text("webhook", "webhook_id"))
            let second = try await Self.make(client)
            let got = try await client.get("/webhooks/get?webhook_id=\(id)&_strict=true")
            #expect(got["webhook"] == first["webhook"])
            let list = try await client.get("/webhooks/list")
            #expect(list.column("webhooks", "webhook_id") == [id, second])
            #expect(list.column("webhooks", "secret").isEmpty)
        }
    }

    @Test("update replaces the event types, with PUT and with POST, and nothing else")
    func update() async throws {
        try await APIHarness.run { _, client in
            let made = try await client.post(Self.create, #"{"url":"https://example.com/1"}"#)
            let id = try #require(made.text("webhook", "webhook_id"))
            for (method, type) in [(HTTPRequest.Method.put, "lock.locked"), (.post, "lock.unlocked")] {
                let answer = try await client.send(
                    method,
                    "/webhooks/update",
                    json: #"{"webhook_id":"\#(id)","event_types":["\#(type)"]}"#
                )
                #expect(try answer.body == JSONValue(#"{"ok":true}"#))
                let got = try await client.get("/webhooks/get?webhook_id=\(id)")
                #expect(got["webhook", "event_types"] == .array([.string(type)]))
                #expect(got["webhook", "secret"] == made["webhook", "secret"])
                #expect(got["webhook", "url"] == made["webhook", "url"])
            }
            let incomplete = try await client.post("/webhooks/update", #"{"webhook_id":"\#(id)"}"#)
            #expect(incomplete.errorMessage == "event_types is required")
        }
    }

    @Test("delete works with the query and with a body, and a second time there is nothing left")
    func delete() async throws {
        try await APIHarness.run { _, client in
            let first = try await Self.make(client)
            let second = try await Self.make(client)
            #expect(try await client.send(.delete, "/webhooks/delete?webhook_id=\(first)&_strict=true").status == 200)
            let body = #"{"webhook_id":"\#(second)"}"#
            #expect(try await client.send(.delete, "/webhooks/delete", json: body).status == 200)
            let again = try await client.send(.delete, "/webhooks/delete", json: body)
            #expect((again.status, again.errorType) == (404, "webhook_not_found"))
            #expect(try await client.get("/webhooks/get?webhook_id=\(first)").status == 404)
        }
    }

    @Test("G11 the webhooks of another workspace do not exist, and neither do unknown ones", arguments: [true, false])
    func foreign(isForeign: Bool) async throws {
        try await APIHarness.run { harness, client in
            let id = isForeign ? try await Self.make(client.presenting(harness.foreignToken.text)) : Self.unknownID
            let answers = [
                try await client.get("/webhooks/get?webhook_id=\(id)"),
                try await client.post("/webhooks/update", #"{"webhook_id":"\#(id)","event_types":["*"]}"#),
                try await client.post("/webhooks/delete", #"{"webhook_id":"\#(id)"}"#),
            ]
            for answer in answers {
                #expect((answer.status, answer.errorType) == (404, "webhook_not_found"))
                #expect(answer.text("error", "data", "webhook_id") == id)
            }
            #expect(try await client.get("/webhooks/list").list("webhooks").isEmpty)
            if isForeign {
                let own = try await client.presenting(harness.foreignToken.text).get("/webhooks/list")
                #expect(own.column("webhooks", "webhook_id") == [id])
            }
        }
    }

    @Test("An id that is no UUID is not found either, as the contract has it")
    func anyID() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.get("/webhooks/get?webhook_id=webhook1")
            #expect((answer.status, answer.errorType) == (404, "webhook_not_found"))
        }
    }

    @Test("a webhook says whether it is enabled, and if not, since when and why; an update enables it")
    func enabled() async throws {
        try await APIHarness.run { harness, client in
            let id = try await Self.make(client)
            let made = try await client.get("/webhooks/get?webhook_id=\(id)")
            #expect(made["webhook", "is_enabled"] == .bool(true))
            #expect(made["webhook", "disabled_at"] == nil)
            let webhookID: Identifier<Webhook> = try #require(Identifier(id))
            _ = try await harness.store.update(webhookID, in: APIHarness.workspace.id) { webhook throws(Never) in
                _ = webhook.health.gone(at: Samples.start)
                return []
            }
            for path in ["/webhooks/get?webhook_id=\(id)", "/webhooks/list"] {
                let answer = try await client.get(path)
                let webhook = try #require(answer["webhook"] ?? answer.list("webhooks").first)
                #expect(webhook["is_enabled"] == .bool(false))
                #expect(webhook["disabled_at"] == .string("2026-01-01T00:00:00.000Z"))
                #expect(webhook["disabled_reason"] == .string("gone"))
            }
            _ = try await client.post("/webhooks/update", #"{"webhook_id":"\#(id)","event_types":["*"]}"#)
            let again = try await client.get("/webhooks/get?webhook_id=\(id)")
            #expect(again["webhook", "is_enabled"] == .bool(true))
            #expect(again["webhook", "disabled_reason"] == nil)
        }
    }

    @Test("an update forgets a retired secret whose time is over", arguments: [(0, true), (1, false)])
    func retiredSecret(seconds: Int, isForgotten: Bool) async throws {
        try await APIHarness.run { harness, client in
            let id: Identifier<Webhook> = try #require(Identifier(try await Self.make(client)))
            _ = try await harness.store.update(id, in: APIHarness.workspace.id) { webhook throws(Never) in
                webhook.rotateSecret(to: "whsec_new", keepingOldUntil: Samples.start + .seconds(seconds))
                return []
            }
            _ = try await client.post("/webhooks/update", #"{"webhook_id":"\#(id)","event_types":["*"]}"#)
            let stored: Webhook? = try await harness.store.record(id, in: APIHarness.workspace.id)
            #expect((stored?.previousSecret == nil) == isForgotten)
        }
    }

    @Test("G12 a workspace has at most 100 webhooks")
    func tooMany() async throws {
        try await APIHarness.run { harness, client in
            for number in 1...100 {
                let webhook = Webhook(
                    id: Samples.id(UInt64(number)),
                    workspaceID: APIHarness.workspace.id,
                    url: "https://example.com",
                    secret: "whsec_x",
                    eventTypes: ["*"],
                    createdAt: Samples.start
                )
                try await harness.store.add(webhook, events: [])
            }
            let answer = try await client.post(Self.create, #"{"url":"https://example.com"}"#)
            #expect((answer.status, answer.errorType) == (400, "too_many_webhooks"))
            let stranger = client.presenting(harness.foreignToken.text)
            #expect(try await stranger.post(Self.create, #"{"url":"https://example.com"}"#).status == 200)
            _ = try await client.post("/webhooks/delete", #"{"webhook_id":"\#(Samples.id(1, of: Webhook.self))"}"#)
            #expect(try await client.post(Self.create, #"{"url":"https://example.com"}"#).status == 200)
        }
    }

    @Test("G9 create with an idempotency key makes one webhook, and does not bring a deleted one back")
    func once() async throws {
        try await APIHarness.run { harness, client in
            let keyed = client.with("idempotency-key", "k")
            let body = #"{"url":"https://example.com"}"#
            let first = try await keyed.post(Self.create, body)
            #expect(first.status == 200)
            #expect(try await keyed.post(Self.create, body).body == first.body)
            let other = try await keyed.post(Self.create, #"{"url":"https://example.org"}"#)
            #expect((other.status, other.errorType) == (422, "idempotency_key_reused"))
            #expect(try await client.get("/webhooks/list").list("webhooks").count == 1)
            let id = try #require(first.text("webhook", "webhook_id"))
            _ = try await client.post("/webhooks/delete", #"{"webhook_id":"\#(id)"}"#)
            let gone = try await keyed.post(Self.create, body)
            #expect((gone.status, gone.errorType) == (404, "webhook_not_found"))
            #expect(try await client.get("/webhooks/list").list("webhooks").isEmpty)
            let stranger = keyed.presenting(harness.foreignToken.text)
            #expect(try await stranger.post(Self.create, body).text("webhook", "webhook_id") != id)
        }
    }

    @Test("G9 a webhook whose key could not be written down is found again by a retry")
    func onceAcrossCrash() async throws {
        try await APIHarness.run { harness, client in
            let keyed = client.with("idempotency-key", "k")
            let body = #"{"url":"https://example.com"}"#
            harness.store.become(.failingAfterwards)
            let lost = try await keyed.post(Self.create, body)
            #expect(lost.status == 503)
            harness.store.become(.working)
            let retry = try await keyed.post(Self.create, body)
            #expect(retry.status == 200)
            #expect(try await client.get("/webhooks/list").list("webhooks").count == 1)
        }
    }

    @Test("Nobody but the holders of keys and tokens sees webhooks")
    func credentials() async throws {
        try await APIHarness.run { harness, client in
            let session = try await harness.addSession()
            for path in ["create", "get", "list", "update", "delete"] {
                let answer = try await client.presenting(session.token).post("/webhooks/\(path)")
                #expect((answer.status, answer.errorType) == (401, "unauthorized"))
            }
        }
    }

    @Test("G9 G11 a token's idempotency keys are of each workspace by itself")
    func keysOfWorkspaces() async throws {
        try await APIHarness.run { harness, client in
            let client = client.presenting(try await harness.addToken().text).with("idempotency-key", "k")
            var made: [String?] = []
            for workspace in [APIHarness.workspace, APIHarness.foreignWorkspace] {
                for _ in 1...2 {
                    let answer = try await client.with("seam-workspace", workspace.id.description)
                        .post("/webhooks/create", #"{"url":"https://a.example/hook"}"#)
                    #expect(answer.status == 200)
                    made.append(answer.text("webhook", "webhook_id"))
                }
            }
            #expect(made[0] == made[1])
            #expect(made[2] == made[3])
            #expect(made[0] != made[2])
        }
    }
}

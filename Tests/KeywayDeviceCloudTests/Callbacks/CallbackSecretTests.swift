import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayDeviceCloud

/// The signatures were computed with Python's `hmac`, `hashlib` and `base64`.
@Suite("The callback secret")
struct CallbackSecretTests {
    static let short = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    static let long = "whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGiow=="
    static let body = Array(
        #"{"event_type":"device.online","device_id":"lock-1","timestamp":"2026-01-01T00:00:00Z"}"#.utf8
    )
    static let bytes: [UInt8] = Array("{\"t\":\"Tür ↔ \\u0000\"}".utf8) + [0xFF, 0x00, 0x0A]
    static let good = "v1,7ytDFlhxEnAD1sS0Y+SGO8U3RlTlBRubmJuqfFAWAPA="

    struct Vector: Sendable {
        var secret = short
        var id = "msg_1"
        var timestamp = "1767225600"
        var body = CallbackSecretTests.body
        var signature = good
        var now: Duration = .zero
    }

    static let vectors = [
        Vector(),
        Vector(secret: long, signature: "v1,nmu9SOwgPDjGq7XggfEMXFTJRwsnx6cfUFWSnzooulA="),
        Vector(
            secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGA==",
            signature: "v1,tbmUz8InsuaSznsSURnhwhUHGLDh1GSrj6qym9lSG2o="
        ),
        // Without the padding of the secret.
        Vector(
            secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGA",
            signature: "v1,tbmUz8InsuaSznsSURnhwhUHGLDh1GSrj6qym9lSG2o="
        ),
        // Bytes that are no text, from five minutes ahead, which is as far as it may be.
        Vector(
            id: "msg 2.ü",
            timestamp: "1767225900",
            body: bytes,
            signature: "v1,uOhG3EJcn8xvx06j8Haa3WdM9Q7us3VZRY3NmuDvzMQ="
        ),
        // Nothing at all, from five minutes ago.
        Vector(
            id: "",
            timestamp: "1767225300",
            body: [],
            signature: "v1,ROmZa0cPxkHppCKlXzjrpkkko4PfGZL8FlEmNhkWt34="
        ),
        // Several signatures, as while a secret is changed, and of other versions.
        Vector(signature: "v1a,AAAA v1,AAAA v2,AAAA \(good) v1,???"),
        Vector(now: .seconds(300)),
        Vector(now: .seconds(-300)),
    ]

    static let refused = [
        Vector(secret: long),
        Vector(id: "msg_2"),
        Vector(timestamp: "1767225601"),
        Vector(body: body + [0x20]),
        Vector(signature: ""),
        Vector(signature: "v1"),
        Vector(signature: "v1,"),
        Vector(signature: String(good.dropFirst(3))),
        Vector(signature: "v2,\(good.dropFirst(3))"),
        Vector(signature: String(good.dropLast(1))),
        // Past the most that are looked at.
        Vector(signature: String(repeating: "v1,AAAA ", count: 8) + good),
        // Too old and too new, by a microsecond.
        Vector(now: .seconds(300) + .microseconds(1)),
        Vector(now: .seconds(-300) - .microseconds(1)),
        Vector(timestamp: "1767225600.0"), Vector(timestamp: "+1767225600"), Vector(timestamp: ""),
        Vector(timestamp: "1767225600000000"), Vector(timestamp: " 1767225600"),
    ]

    private func verify(_ vector: Vector, prefix: String = "webhook") throws -> CallbackSecret.Finding? {
        try #require(CallbackSecret(vector.secret))
            .verify(
                headers: [
                    "\(prefix)-id": vector.id, "\(prefix)-timestamp": vector.timestamp,
                    "\(prefix)-signature": vector.signature,
                ],
                body: vector.body,
                now: Samples.start + vector.now
            )
    }

    @Test("a true signature is found, under either name", arguments: vectors, ["webhook", "svix"])
    func accepts(vector: Vector, prefix: String) throws {
        let finding = try #require(try verify(vector, prefix: prefix))
        #expect(finding.messageID == vector.id)
        #expect(finding.signedAt.microseconds / 1_000_000 == Int64(vector.timestamp))
    }

    @Test("whatever is changed, it is no longer true", arguments: refused)
    func refuses(vector: Vector) throws {
        #expect(try verify(vector) == nil)
    }

    @Test("a header that is missing makes no signature", arguments: ["id", "timestamp", "signature"])
    func missing(name: String) throws {
        var headers = ["webhook-id": "msg_1", "webhook-timestamp": "1767225600", "webhook-signature": Self.good]
        headers["webhook-\(name)"] = nil
        let secret = try #require(CallbackSecret(Self.short))
        #expect(secret.verify(headers: headers, body: Self.body, now: Samples.start) == nil)
    }

    @Test(
        "what is no secret is none",
        arguments: [
            "", "whsec_", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "whsec_!!!!", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY",
            "whsec_" + String(repeating: "AAAA", count: 22),
        ]
    )
    func noSecret(text: String) {
        #expect(CallbackSecret(text) == nil)
    }

    @Test("a secret that is made can be used, and is another each time")
    func made() {
        var generator = SystemRandomNumberGenerator()
        let secrets = (0..<10).map { _ in DeviceCloudSettings.makeCallbackSecret(using: &generator) }
        #expect(secrets.allSatisfy { CallbackSecret($0) != nil })
        #expect(Set(secrets).count == 10)
    }
}

import Crypto
import FoundationEssentials
import KeywayModel
import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("Signatures")
struct SignerTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test("the signature is the one that Svix gives for its published example")
    func svixExample() throws {
        // https://docs.svix.com/receiving/verifying-payloads/how-manual
        let key = try #require(SigningKey(Self.secret))
        let content = #"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#
        #expect(key.signature(of: content) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("both families of headers say the same, with the time in whole seconds")
    func headers() throws {
        let key = try #require(SigningKey(Self.secret))
        let id: Identifier<Delivery> = Samples.id(7)
        let time = Samples.start + .milliseconds(1999)
        let headers = Dictionary(
            uniqueKeysWithValues: Signer.headers(of: id, body: "{}", at: time, keys: [key]).map { ($0.name, $0.value) }
        )
        #expect(headers.count == 6)
        for family in ["svix", "webhook"] {
            #expect(headers["\(family)-id"] == id.description)
            #expect(headers["\(family)-timestamp"] == "1767225601")
            #expect(headers["\(family)-signature"] == key.signature(of: "\(id).1767225601.{}"))
        }
    }

    @Test("while a secret is being replaced there are two signatures, the new one first")
    func overlap() throws {
        let keys = try ["whsec_bmV3", "whsec_b2xk"].map { try #require(SigningKey($0)) }
        let headers = Signer.headers(of: Samples.id(7), body: "{}", at: Samples.start, keys: keys)
        let value = try #require(headers.first { $0.name == "svix-signature" }?.value)
        #expect(value.split(separator: " ").count == 2)
        #expect(value.hasPrefix(keys[0].signature(of: "\(Samples.id(7, of: Delivery.self)).1767225600.{}") + " "))
    }

    @Test(
        "a secret may lack its prefix or its padding, and nothing else is one",
        arguments: [
            ("whsec_YWJj", true), ("YWJj", true), ("whsec_YWI=", true), ("whsec_YWI", true), ("whsec_", false),
            ("", false),
            ("whsec_???", false), ("whsec_Y", false),
        ]
    )
    func secrets(text: String, isUsable: Bool) {
        #expect((SigningKey(text) != nil) == isUsable)
        if let key = SigningKey(text) { #expect("\(key)" == "(secret)") }
    }
}

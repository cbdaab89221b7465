import FoundationEssentials
import Testing

@testable import KeywayAPI

@Suite("New secrets")
struct SecretSourceTests {
    @Test("are what they say, and never the same twice")
    func secrets() throws {
        let source = SecretSource(SeededRandom(state: 7))
        for kind in [BearerToken.Kind.clientSession, .personalAccessToken, .publishableKey] {
            let (first, second) = (source.token(kind), source.token(kind))
            #expect(BearerToken(first.text) == first)
            #expect(first.kind == kind)
            #expect(first != second)
        }
        let (first, second) = (source.webhookSecret(), source.webhookSecret())
        #expect(first != second)
        #expect(first.hasPrefix("whsec_"))
        #expect(Data(base64Encoded: String(first.dropFirst(6)))?.count == 24)
    }

    @Test("follow from the randomness they are given")
    func seeded() {
        let (one, same) = (SecretSource(SeededRandom(state: 7)), SecretSource(SeededRandom(state: 7)))
        #expect(one.token(.clientSession) == same.token(.clientSession))
        #expect(one.webhookSecret() == same.webhookSecret())
    }
}

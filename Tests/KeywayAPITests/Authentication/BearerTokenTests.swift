import Testing

@testable import KeywayAPI

@Suite("API key tokens, wire contract 2.1")
struct BearerTokenTests {
    @Test("A generated token parses back, and matches only its own hash", arguments: [true, false])
    func generated(isSandbox: Bool) {
        var generator = SystemRandomNumberGenerator()
        var shorts: Set<String> = []
        for _ in 0..<500 {
            let token = BearerToken.generate(forSandbox: isSandbox, using: &generator)
            #expect(BearerToken(token.text) == token)
            #expect(token.matches(token.secretHash))
            #expect(token.secretHash.count == 32)
            #expect(token.shortToken.hasPrefix("test") == isSandbox)
            #expect(isSandbox || !token.shortToken.lowercased().contains("test"))
            #expect(!["at", "cst", "pk"].contains { token.shortToken.lowercased().hasPrefix($0) })
            let long = token.text.split(separator: "_")[2]
            #expect(long.count >= 24)
            #expect(!long.contains { "0OIl".contains($0) })
            shorts.insert(token.shortToken)
        }
        #expect(shorts.count == 500)
    }

    @Test("The same randomness makes the same token, so it is all injected")
    func deterministic() {
        var (first, second) = (CountingGenerator(), CountingGenerator())
        #expect(
            BearerToken.generate(forSandbox: true, using: &first)
                == BearerToken.generate(forSandbox: true, using: &second)
        )
    }

    @Test(
        "Texts that are no credentials do not parse",
        arguments: [
            "", "seam", "seam_", "seam_a", "seam_a_", "seam__b", "seam_a_b_c", "SEAM_a_b", "xeam_a_b", "seam_AT1_b",
            "seam_Cst1_b", "seam_pK1_b", "seam_a-b_c", "seam_a_b c", "seam_é_b", "eyJ.a.b",
            "seam_" + String(repeating: "a", count: 65) + "_b", "seam_a_" + String(repeating: "b", count: 65),
        ]
    )
    func foreign(text: String) {
        #expect(BearerToken(text) == nil)
    }

    @Test(
        "The beginning of the short part tells the kind",
        arguments: [
            ("seam_x1_b", .apiKey), ("seam_testat_b", .apiKey), ("seam_at1_b", .personalAccessToken),
            ("seam_cst1_b", .clientSession), ("seam_pk1_b", .publishableKey),
        ] as [(String, BearerToken.Kind)]
    )
    func kinds(text: String, kind: BearerToken.Kind) {
        #expect(BearerToken(text)?.kind == kind)
    }

    @Test("What is made is of the kind that was asked for", arguments: BearerToken.Kind.allCases)
    func made(kind: BearerToken.Kind) {
        var random = SystemRandomNumberGenerator()
        let token =
            kind == .apiKey
            ? BearerToken.generate(forSandbox: false, using: &random) : BearerToken.generate(kind, using: &random)
        #expect(BearerToken(token.text) == token)
        #expect(token.kind == kind)
    }

    @Test("Another secret with the same short part does not match")
    func otherSecret() throws {
        let one = try #require(BearerToken("seam_x1_aaaa"))
        let other = try #require(BearerToken("seam_x1_aaab"))
        #expect(!one.matches(other.secretHash))
        #expect(!one.matches([]))
        #expect(!one.matches(Array(one.secretHash.dropLast())))
    }

    @Test("Nothing but `text` shows the secret")
    func hidden() throws {
        let token = try #require(BearerToken("seam_short_verysecret"))
        var dumped = ""
        dump(token, to: &dumped)
        for shown in ["\(token)", String(reflecting: token), dumped] { #expect(!shown.contains("verysecret")) }
        #expect(token.text == "seam_short_verysecret")
    }
}

private struct CountingGenerator: RandomNumberGenerator {
    var state: UInt64 = 1

    mutating func next() -> UInt64 {
        // A multiplier from Knuth's MMIX; any will do here.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

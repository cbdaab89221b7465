import HTTPTypes
import KeywayModel
import Synchronization
import Testing

@testable import KeywayAPI

@Suite("The description of the API for people")
struct DocumentationPageTests {
    private static let html = DocumentationPage(table: .all, baseURL: "https://locks.example.com").html

    @Test(
        "It has every endpoint with its parameters, and every object",
        arguments: EndpointTable.all.endpoints.map(\.path)
    )
    func endpoints(path: String) throws {
        let endpoint = try #require(EndpointTable.all[path])
        let start = try #require(Self.html.firstRange(of: "<code>\(path)</code></h3>")).upperBound
        let rest = Self.html[start...]
        let article = rest[..<(try #require(rest.firstRange(of: "</article>")).lowerBound)]
        for parameter in endpoint.parameters { #expect(article.contains("<code>\(parameter.name)</code>")) }
        for key in endpoint.answer { #expect(article.contains("<code>\(key.name)</code>")) }
        for named in endpoint.answer.flatMap(\.schema.namedSchemas) {
            #expect(Self.html.contains("id=\"object-\(named.name)\""))
        }
        #expect(article.contains("https://locks.example.com\(path)"))
    }

    @Test("What is not meant as HTML is none")
    func escaping() {
        let endpoint = Endpoint(
            "/nouns/get",
            .read,
            accepts: [.apiKey],
            "Says <script> & `a < b`.",
            parameters: [Parameter.required("quote", .oneOf(["'\""]), "<b>.")]
        ) { _, _ in .done }
        let html = DocumentationPage(table: EndpointTable([endpoint]), baseURL: "http://localhost").html
        #expect(html.contains("Says &lt;script&gt; &amp; <code>a &lt; b</code>."))
        #expect(!html.contains("<script>") && !html.contains("<b>"))
    }

    @Test("Every example is a request that its endpoint takes", arguments: EndpointTable.all.endpoints.map(\.path))
    func examples(path: String) throws {
        let endpoint = try #require(EndpointTable.all[path])
        _ = try Validator.validate(
            .object(Example(endpoint: endpoint, baseURL: "http://localhost").values),
            endpoint.parameters,
            needsOneOf: endpoint.needsOneOf,
            rules: endpoint.rules
        )
    }

    @Test("An example names the method, the credential and the parameters")
    func example() {
        let endpoint = Endpoint(
            "/nouns/update",
            .update,
            accepts: [.personalAccessToken],
            "Updates.",
            parameters: [
                Parameter.required("text", .oneOf(["it's"]), "."), Parameter.optional("more", .boolean(), "."),
            ]
        ) { _, _ in .done }
        #expect(
            Example(endpoint: endpoint, baseURL: "http://localhost").command == #"""
                curl -H "Authorization: Bearer $PERSONAL_ACCESS_TOKEN" \
                  -H "seam-workspace: $SEAM_WORKSPACE" \
                  -X PATCH \
                  -H "Content-Type: application/json" \
                  -d '{"text":"it'\''s"}' \
                  'http://localhost/nouns/update'
                """#
        )
    }

    @Test("A browser may use nothing but the page and its own style")
    func policy() async throws {
        try await APIHarness.run { _, client in
            let answer = try await client.presenting(nil).get("/docs")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/html; charset=utf-8")
            let policy = try #require(answer.header("content-security-policy"))
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            #expect(!policy.contains("unsafe"))
        }
    }

    @Test("G12 however many addresses a server seems to have, only some documents are kept")
    func cache() throws {
        let made = Atomic(0)
        let cache = DocumentCache { baseURL in
            made.add(1, ordering: .relaxed)
            return Array(baseURL.utf8)
        }
        for _ in 0..<2 { #expect(try cache.document(at: "a") == Array("a".utf8)) }
        #expect(made.load(ordering: .relaxed) == 1)
        for number in 0..<DocumentCache.capacity { _ = try cache.document(at: "\(number)") }
        _ = try cache.document(at: "a")
        #expect(made.load(ordering: .relaxed) == DocumentCache.capacity + 2)
    }

    @Test(
        "Types are told in words",
        arguments: [
            (Schema.string(length: 1 ... .max), "text, not empty"),
            (.string(length: 0...40), "text, at most 40 characters"),
            (.integer(1 ... .max), "whole number, from 1"), (.number(0...1), "number, 0 to 1"),
            (.list(of: .uuid), "list of UUID"), (.array(of: .dateTime, count: 2...2), "list of time, 2 elements"),
            (.record(of: .nullable(.anyOf([.text, .boolean]))), "object of text or truth value or null"),
            (.nullable(.email), "e-mail address or null"), (.anything, "anything"),
        ]
    )
    func words(schema: Schema, expected: String) {
        let words = TypeInWords(schema)
        #expect(words.text + words.rest == expected)
    }
}

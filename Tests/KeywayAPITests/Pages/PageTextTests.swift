import Testing

@testable import KeywayAPI

@Suite("What owners write, on pages")
struct PageTextTests {
    @Test("Text is nothing but text in HTML")
    func escape() {
        #expect(
            HTMLText.escape(#"<a href="x" id='y'>&</a>"#)
                == "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;"
        )
        #expect(HTMLText.escape("Zoë 👋🏽 7") == "Zoë 👋🏽 7")
    }

    @Test(
        "A colour can be a colour only",
        arguments: [
            ("#2b6cb0", true), ("teal", true), ("rgb(0 128 128 / 50%)", true), ("hsl(120, 100%, 25.5%)", true),
            ("", false), ("red;", false), ("red}", false), ("red{", false), ("url(x)", false), ("URL(//a)", false),
            ("a//b", false), ("/*", false), ("rgb(0", false), (")(", false), ("red\n", false), ("\"red\"", false),
            ("a:b", false), ("\\3b", false), ("<b>", false), ("röt", false),
        ]
    )
    func color(text: String, isPlausible: Bool) {
        #expect(CSSColor.isPlausible(text) == isPlausible)
    }

    @Test(
        "A place to go to is absolute, and no program",
        arguments: [
            ("https://a.example", true), ("http://localhost:3000/x?y#z", true), ("myapp://done", true),
            ("com.example.app:/done", true), ("https://a.example/x y", true), ("", false), ("/x", false),
            ("a.example", false), ("https:", false), ("https:///x", false), ("javascript:alert(1)", false),
            ("JavaScript:alert(1)", false), ("data:text/html,x", false), ("file:///etc/passwd", false),
            ("https://a.example/" + String(repeating: "x", count: 2048), false),
        ]
    )
    func target(text: String, isPlace: Bool) {
        #expect((RedirectTarget(text) != nil) == isPlace)
    }

    @Test(
        "Pairs are added to the query, and nothing else changes",
        arguments: [
            ("https://a.example", "https://a.example?a=1&b=2"), ("https://a.example/?", "https://a.example/?a=1&b=2"),
            ("https://a.example/x?c=d%26e+f#g", "https://a.example/x?c=d%26e+f&a=1&b=2#g"),
            ("myapp://done", "myapp://done?a=1&b=2"), ("https://a.example/x y", "https://a.example/x%20y?a=1&b=2"),
            ("https://a.example/\r\nx: y", "https://a.example/%0D%0Ax:%20y?a=1&b=2"),
        ]
    )
    func adding(text: String, expected: String) throws {
        let target = try #require(RedirectTarget(text))
        #expect(target.url(adding: [("a", "1"), ("b", "2")]) == expected)
    }

    @Test(
        "A policy names the place, or its scheme where the place could mean something else",
        arguments: [
            ("https://a.example/x", "https://a.example"), ("http://localhost:3000", "http://localhost:3000"),
            ("myapp://done", "myapp:"), ("https://a;script-src:8/x", "https:"),
            ("HTTPS://A.example", "https://A.example"),
            ("https://[::1]:8/x", "https:"),
        ]
    )
    func source(text: String, expected: String) throws {
        #expect(try #require(RedirectTarget(text)).policySource == expected)
    }
}

import Testing

@testable import KeywayAPI

@Suite("Page cursors, wire contract 1.8")
struct PageCursorTests {
    @Test("A cursor reads back, and knows its question", arguments: [0, 1, -1, Int64.max, .min, 12345])
    func roundTrip(position: Int64) throws {
        let cursor = PageCursor(position: position, question: "/a?b=1")
        let read = try #require(PageCursor(cursor.text))
        #expect(read == cursor)
        #expect(read.position == position)
        #expect(read.belongs(to: "/a?b=1"))
        #expect(!read.belongs(to: "/a?b=2"))
    }

    @Test(
        "Texts that are no cursors do not read",
        arguments: ["", "x", "AAAA", "!!!", String(repeating: "A", count: 52)]
    )
    func garbage(text: String) {
        #expect(PageCursor(text) == nil)
    }
}

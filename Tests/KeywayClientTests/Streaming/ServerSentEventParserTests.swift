import Testing

@testable import KeywayClient

@Suite("Reading server-sent events")
struct ServerSentEventParserTests {
    private typealias Element = ServerSentEventParser.Element

    private static let stream = """
        \u{FEFF}: hello
        retry: 1500

        id: 1
        event: lock.locked
        data: {"a":
        data:  1}

        data
        data

        id: 2

        event: dropped, as it has no data

        id:3
        data:ä
        unknown: field
        no colon


        """
    private static let elements: [Element] = [
        .retry(.milliseconds(1500)),
        .position("1"), .event(type: "lock.locked", data: "{\"a\":\n 1}"),
        .event(type: "message", data: "\n"),
        .position("2"),
        .position("3"), .event(type: "message", data: "ä"),
    ]

    @Test("any kind of line end, cut anywhere, reads the same", arguments: ["\n", "\r\n", "\r"], [1, 2, 3, 7, 1000])
    func chunks(lineEnd: String, size: Int) throws {
        let bytes = Array(Self.stream.replacing("\n", with: lineEnd).utf8)
        var parser = ServerSentEventParser(maximumBytes: 1000)
        var elements: [Element] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            elements += try parser.read(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(elements == Self.elements)
    }

    @Test("an event is there as soon as its empty line has ended, even if a return may be half of it")
    func promptness() throws {
        var parser = ServerSentEventParser(maximumBytes: 1000)
        #expect(try parser.read(Array("data: 1\r\n\r".utf8)) == [.event(type: "message", data: "1")])
        #expect(try parser.read(Array("\ndata: 2\r\n\r\n".utf8)) == [.event(type: "message", data: "2")])
    }

    @Test("an event that is not complete is none")
    func incomplete() throws {
        var parser = ServerSentEventParser(maximumBytes: 1000)
        #expect(try parser.read(Array("id: 1\ndata: 1\n".utf8)).isEmpty)
    }

    @Test(
        "what the standard says to pass over is passed over",
        arguments: [
            "id: a\0b\n\n", "retry: 1s\n\n", "retry: -1\n\n", "retry: 99999999999\n\n", "retry:\n\n", ":\n\n", "\n\n\n",
        ]
    )
    func ignored(text: String) throws {
        var parser = ServerSentEventParser(maximumBytes: 1000)
        #expect(try parser.read(Array(text.utf8)).isEmpty)
    }

    @Test("bytes that are no text are replaced, not refused")
    func invalidText() throws {
        var parser = ServerSentEventParser(maximumBytes: 1000)
        let bytes = Array("data: ".utf8) + [0xFF] + Array("\n\n".utf8)
        #expect(try parser.read(bytes) == [.event(type: "message", data: "\u{FFFD}")])
    }

    @Test("a line or an event over the bound is refused, one at it is not")
    func bounds() throws {
        var parser = ServerSentEventParser(maximumBytes: 10)
        #expect(try parser.read(Array("data: 1234\n\n".utf8)).count == 1)
        var long = ServerSentEventParser(maximumBytes: 10)
        #expect(throws: ServerSentEventParser.TooLarge.self) { try long.read(Array("data: 12345\n\n".utf8)) }
        var many = ServerSentEventParser(maximumBytes: 10)
        #expect(throws: ServerSentEventParser.TooLarge.self) {
            try many.read(Array("data:1234\ndata:1234\ndata:1234\n\n".utf8))
        }
    }
}

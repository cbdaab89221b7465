import KeywayModel
import Testing

@testable import KeywayMQTT

@Suite("What an operator is told")
struct NoteBookTests {
    private var book = NoteBook()
    private let start = MonotonicInstant(nanoseconds: 0)

    @Test("the same is told once an hour")
    mutating func once() {
        #expect(book.take("a", at: start) == ["a"])
        #expect(book.take("a", at: start + .seconds(3599)).isEmpty)
        #expect(book.take("b", at: start + .seconds(3599)) == ["b"])
        #expect(book.take("a", at: start + .seconds(3600)) == ["a"])
    }

    @Test("G12 a flood of different things is told of with a few lines in a minute, and counted")
    mutating func flood() {
        let first = (0..<5000).flatMap { book.take("\($0)", at: start) }
        #expect(first == (0..<20).map { "\($0)" })
        #expect(
            book.take("new", at: start + .seconds(60)) == [
                "There were 4980 more before, which are not written down.", "new",
            ]
        )
        #expect(book.take("newer", at: start + .seconds(61)) == ["newer"])
    }

    @Test("G12 it remembers no more than so much")
    mutating func forgets() {
        for number in 0..<(NoteBook.capacity + 1) {
            #expect(book.take("\(number)", at: start + .seconds(60 * number / 20)).last == "\(number)")
        }
        let later = start + .seconds(1000)
        #expect(book.take("\(NoteBook.capacity)", at: later).isEmpty)
        #expect(book.take("0", at: later) == ["0"], "the oldest is forgotten")
    }
}

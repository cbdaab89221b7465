import Testing

@testable import KeywayClient

@Suite("What a stream remembers")
struct StreamStateTests {
    @Test("a position moves forwards only, and what is at or before it is old")
    func position() {
        var position = StreamPosition("9")
        let news = ["9", "8", "10", "10", "a", "a", "b"].map { position.advance(to: $0) }
        #expect(news == [false, false, true, false, true, false, true])
        #expect(position.last == "b")
    }

    @Test("a connection is dead after the silence, counted from the last sound")
    func silence() {
        var liveness = Liveness(silence: .seconds(45), at: .seconds(1))
        #expect(liveness.rest(at: .seconds(1)) == .seconds(45))
        liveness.hear(at: .seconds(31))
        #expect(liveness.rest(at: .seconds(46)) == .seconds(30))
        #expect(liveness.rest(at: .seconds(76)) == nil)
    }

    @Test("while nobody listens, silence means nothing")
    func busy() {
        var liveness = Liveness(silence: .seconds(45), at: .zero)
        liveness.lookAway()
        #expect(liveness.rest(at: .seconds(1000)) == .seconds(45))
        liveness.hear(at: .seconds(1000))
        #expect(liveness.rest(at: .seconds(1001)) == .seconds(44))
    }
}
